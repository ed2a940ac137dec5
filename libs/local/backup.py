"""`make backup`: all that a running platform holds, in two places that are to be kept apart.

The data of the services goes to one, sealed; the keys of people go to the other, where each
backup takes the place of the one before. To read a name takes both, and secrets.json.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from common.backup import HOME_OF_KEYS, KEYS, back_up, drop_older, told
from local.arguments import main_of, read
from local.lock import holder
from local.platform import LOCK, ROOT, Platform
from local.trouble import Trouble

DATA_PLACE, KEYS_PLACE = ROOT / ".backups" / "data", ROOT / ".backups" / "keys"
KEPT_DAYS = 14
# Where the platform notes for the doctor where it was backed up to.
NOTE = "last_backup.json"


def backup() -> None:
    asked = read(__doc__, to=DATA_PLACE, keys=KEYS_PLACE)
    platform = Platform.found_in(asked.home)
    if holder(asked.home / LOCK) is None:
        raise Trouble(f"no platform runs on {asked.home}", mend="start it with `make up`")
    for line in backed_up(platform, asked.places["to"], asked.places["keys"]):
        sys.stdout.write(f"ok   {line}\n")


def backed_up(platform: Platform, data: Path, keys: Path) -> Iterator[str]:
    """Write everything down; the keys last, so that nobody in the data is without one."""
    refuse_together(data, keys)
    for service in platform.services:
        yield _part(platform, service, service, data)
    if HOME_OF_KEYS in platform.services:
        yield _part(platform, HOME_OF_KEYS, KEYS, keys)
    places = {"data": str(data.absolute()), "keys": str(keys.absolute())}
    (platform.home / NOTE).write_text(json.dumps(places))


def _part(platform: Platform, service: str, part: str, place: Path) -> str:
    url = platform.surroundings.database_url(service)
    folder = asyncio.run(back_up(url, part, place))
    drop_older(place, part, KEPT_DAYS)
    return told(folder, part)


def refuse_together(data: Path, keys: Path) -> None:
    if are_together(data, keys):
        raise Trouble(
            f"{keys} is no place apart from {data}: whoever copied one would have both",
            mend="name two folders, neither inside the other: to=DIR keys=DIR",
        )


def are_together(data: Path, keys: Path) -> bool:
    one, other = data.resolve(), keys.resolve()
    return one.is_relative_to(other) or other.is_relative_to(one)


if __name__ == "__main__":
    main_of(backup)
