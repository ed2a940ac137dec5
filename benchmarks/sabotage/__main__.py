"""Plant bugs and see whether the tests notice: `python -m benchmarks.sabotage [word of a name]`.

Nothing here is touched: each bug is planted in a copy of the tree, one after the other.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.sabotage.bugs import BUGS, Bug

ROOT = Path(__file__).parents[2]
COPIED = ("services", "libs", "tests", "contracts", "pyproject.toml")
NOT_COPIED = shutil.ignore_patterns("__pycache__", "node_modules", ".*")
PATIENCE_SECONDS = 300
# What pytest says when tests ran and failed; anything else is no verdict.
FAILED, PASSED = 1, 0


class NotPlanted(Exception):
    """The line that a bug changes is not there any more: the list of bugs is out of date."""


def copied(tree: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=NOT_COPIED)
        else:
            shutil.copy(source, tree / name)


def verdict(tree: Path, bug: Bug) -> str:
    """Plant a bug, run the tests that should notice, and take it out again."""
    planted = tree / bug.path
    sound = planted.read_text()
    if sound.count(bug.before) != 1:
        raise NotPlanted(f"{bug.name}: {bug.path}")
    planted.write_text(sound.replace(bug.before, bug.after))
    try:
        return {FAILED: "caught", PASSED: "NOT CAUGHT"}.get(tested(tree, bug.tests), "no verdict")
    finally:
        planted.write_text(sound)


def tested(tree: Path, tests: tuple[str, ...]) -> int:
    paths = os.pathsep.join(str(tree / folder) for folder in ("services", "libs", "."))
    return subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": paths},
        stdout=subprocess.DEVNULL,
        timeout=PATIENCE_SECONDS,
        check=False,
    ).returncode


def main(word: str = "") -> int:
    chosen = [bug for bug in BUGS if word in bug.name]
    shown = Table("a bug", "where", "the tests")
    with tempfile.TemporaryDirectory(prefix="sabotage-") as folder:
        tree = Path(folder)
        # PostgreSQL, which root's tests start as nobody, reads the tree too.
        tree.chmod(0o755)
        copied(tree)
        sound = {test for bug in chosen for test in bug.tests}
        if tested(tree, tuple(sorted(sound))) != PASSED:
            Console().print("the tests fail without any bug: no verdict")
            return 1
        verdicts = [verdict(tree, bug) for bug in track(chosen, "planting")]
    for bug, found in zip(chosen, verdicts, strict=True):
        shown.add_row(bug.name, bug.path, found)
    caught = verdicts.count("caught")
    Console().print(shown, f"{caught} of {len(chosen)} caught")
    return int(caught < len(chosen))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
