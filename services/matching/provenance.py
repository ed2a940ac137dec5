"""What computes here: the text of the rules, and the packages that they stand on."""

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from matching import domain
from matching.domain.receipts import Provenance

# Those that could change a result: how floats are added up, and who solves.
DECIDING = ("numpy", "numba", "llvmlite", "pydantic")


@cache
def provenance() -> Provenance:
    return Provenance(code_version=code_version(), packages=packages())


def code_version() -> str:
    """Name the rules by their own text: whoever changes a rule changes this."""
    digest = hashlib.sha256()
    home = Path(domain.__path__[0])
    for module in sorted(home.rglob("*.py"), key=lambda each: each.relative_to(home).as_posix()):
        name = module.relative_to(home).as_posix()
        digest.update(name.encode() + b"\0" + module.read_bytes())
    return digest.hexdigest()


def packages() -> dict[str, str]:
    """Tell the versions of what is installed of them."""
    found = {"python": platform.python_version()}
    for name in DECIDING:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
