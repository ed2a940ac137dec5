"""What a backup is on the disk: a folder that appears whole, and shows by itself if it still is.

It holds a manifest, one compressed file for each table in PostgreSQL's own text form, and their
hashes in a file that `sha256sum --check SHA256SUMS` reads as well.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
MOMENT = "%Y%m%dT%H%M%S.%fZ"
# So much of a moment says its day.
DAY = len("20260901")
FORM: TypeAlias = Literal["binome-backup-1"]


class BadBackup(Exception):
    """This backup cannot be used, for the reason that is told."""


class Columns(BaseModel):
    """What a file of rows holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...]
    rows: int


class Manifest(BaseModel):
    """What a backup is of; its tables in an order in which they can be filled again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: FORM = "binome-backup-1"
    part: str
    taken_at: AwareDatetime
    revision: str
    tables: dict[str, Columns]


def file_of(folder: Path, table: str) -> Path:
    return folder / f"{table}.copy.gz"


def folder_of(place: Path, part: str, taken_at: datetime) -> Path:
    return place / part / taken_at.strftime(MOMENT)


@contextmanager
def appearing(place: Path, part: str, taken_at: datetime) -> Iterator[Path]:
    """Give a folder to fill, which gets its name once everything in it is on the disk."""
    whole = folder_of(place, part, taken_at)
    whole.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = whole.with_name(f".{whole.name}.{os.getpid()}")
    new.mkdir(mode=0o700)
    try:
        yield new
        _write_sums(new)
        for each in (*new.iterdir(), new):
            _sync(each)
        new.rename(whole)
        _sync(whole.parent)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def kept(place: Path, part: str) -> list[Path]:
    """List the backups of one part, oldest first; what never was finished does not count."""
    return sorted(each for each in (place / part).glob("[!.]*") if each.is_dir())


def newest(place: Path, part: str) -> Path:
    """Find the backup that is meant: the newest in a place of many, or the place itself."""
    found = kept(place, part)
    return found[-1] if found else place


def drop_all_but_newest(place: Path, part: str) -> None:
    """Remove every older backup, and what a backup that was killed left behind."""
    _drop(place, part, set(kept(place, part)[-1:]))


def drop_all_but_days(place: Path, part: str, days: int) -> None:
    """Keep the last backup of each of the newest days, all of the very newest, and no other."""
    by_day = {each.name[:DAY]: each for each in kept(place, part)}
    newest_day = max(by_day, default="")
    of_newest_day = {each for each in kept(place, part) if each.name[:DAY] == newest_day}
    _drop(place, part, of_newest_day | {by_day[day] for day in sorted(by_day)[-days:]})


def _drop(place: Path, part: str, keep: set[Path]) -> None:
    unfinished = (place / part).glob(".*")
    for each in (*kept(place, part), *unfinished):
        if each not in keep:
            shutil.rmtree(each, ignore_errors=True)


def verified(folder: Path, part: str) -> Manifest:
    """Read the manifest of a backup in which every byte is as it was written."""
    sums = _sums_of(folder)
    for name, expected in sums.items():
        with suppress(FileNotFoundError):
            if sum_of(folder / name) == expected:
                continue
        raise BadBackup(f"{folder / name} is damaged or gone: take another backup")
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError):
        raise BadBackup(
            f"{folder / MANIFEST} is none of ours: name a folder with a backup"
        ) from None
    if manifest.part != part:
        raise BadBackup(f"{folder} is a backup of {manifest.part}, not of {part}")
    if lost := {MANIFEST, *(file_of(folder, each).name for each in manifest.tables)} - sums.keys():
        raise BadBackup(f"{folder} lacks {', '.join(sorted(lost))}: take another backup")
    return manifest


def _sums_of(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / SUMS).read_text().splitlines()
        return {name: expected for expected, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError):
        raise BadBackup(
            f"{folder} is no whole backup, it has no list of hashes: take another"
        ) from None


def _write_sums(folder: Path) -> None:
    lines = [f"{sum_of(each)}  {each.name}\n" for each in sorted(folder.iterdir())]
    (folder / SUMS).write_text("".join(lines))


def sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """Wait until the disk has it: a file, or the names in a folder."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
