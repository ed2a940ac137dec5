"""Machine code is kept where it can be, forgotten when any module changes, and never needed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from matching.domain import assignment

HERE = Path(assignment.__file__).parent
SMALL = """
from {package}.compiled import compiled
from {package}.inner import inner
@compiled
def outer(number):
    return inner(number)
"""
INNER = """
from {package}.compiled import compiled
@compiled
def inner(number):
    return number + {added}
"""


def write(folder, added):
    package = folder / "small"
    package.mkdir(exist_ok=True)
    shutil.copy(HERE / "compiled.py", package)
    (package / "__init__.py").touch()
    (package / "inner.py").write_text(INNER.format(package="small", added=added))
    outer = package / "outer.py"
    if not outer.exists():
        outer.write_text(SMALL.format(package="small"))


def called(folder, **told):
    code = "from small.outer import outer; print(outer(1), outer.stats.cache_hits)"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code],
        env={
            "PYTHONPATH": str(folder),
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "small" / "outer.py"),
        }
        | told,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    # How often machine code was found, by signature, stands behind the answer.
    number, hits = done.stdout.split(maxsplit=1)
    return int(number), not hits.startswith("Counter()")


def test_code_is_kept_until_another_module_of_the_package_changes(tmp_path):
    write(tmp_path, added=1)
    kept = str(tmp_path / "kept")

    first = called(tmp_path, NUMBA_CACHE_DIR=kept)
    again = called(tmp_path, NUMBA_CACHE_DIR=kept)
    write(tmp_path, added=10)
    changed = called(tmp_path, NUMBA_CACHE_DIR=kept)

    assert first == (2, False)
    assert again == (2, True)
    assert changed == (11, False)


def test_where_nothing_can_be_kept_it_is_compiled_each_time(tmp_path):
    write(tmp_path, added=1)
    # A file where a folder would have to be stops even root; so it is with the home.
    (tmp_path / "small" / "__pycache__").touch()

    assert called(tmp_path) == (2, False)
    assert called(tmp_path) == (2, False)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_package_keeps_its_code_elsewhere(tmp_path):
    write(tmp_path, added=1)
    (tmp_path / "small").chmod(0o555)
    kept = str(tmp_path / "kept")

    assert called(tmp_path, NUMBA_CACHE_DIR=kept) == (2, False)
    assert called(tmp_path, NUMBA_CACHE_DIR=kept) == (2, True)
