"""`make restore`: put what was backed up into an empty platform that does not run.

The secrets.json of the platform that was backed up must stand in the data directory first.
"""

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from common.archive import BadBackup
from common.backup import HOME_OF_KEYS
from common.rejoin import rejoin
from common.restore import NotRestored, restore, restore_keys
from common.seal import KeyRing
from common.server import OPERATOR
from local.arguments import main_of, read
from local.backup import DATA_PLACE, KEYS_PLACE
from local.platform import Platform
from local.recover import put_forward

NEWEST = "select max(body::jsonb ->> 'time') from events"


def bring_back() -> None:
    asked = read(__doc__, **{"from": DATA_PLACE, "keys": KEYS_PLACE})
    if not (asked.home / "secrets.json").exists():
        sys.exit(
            f"bad  no secrets.json in {asked.home}; mend: put there the one that was backed up"
        )
    platform = Platform(asked.home, asked.ports)
    try:
        for line in restored(platform, asked.places["from"], asked.places["keys"]):
            sys.stdout.write(f"ok   {line}\n")
    except (BadBackup, NotRestored) as no:
        sys.exit(f"bad  {no}")


def restored(platform: Platform, data: Path, keys: Path, *, over: bool = False) -> Iterator[str]:
    """Fill the databases, then the stream and the bucket; leave everything stopped."""
    try:
        platform.start_servers()
        for service in platform.services:
            url = platform.surroundings.database_url(service)
            manifest = asyncio.run(restore(url, service, data, over=over))
            yield f"{service} is again what it was at {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC"
        if HOME_OF_KEYS in platform.services:
            yield _restored_keys(platform, keys)
        nats_url = platform.surroundings.nats_url(OPERATOR)
        for service in platform.services:
            url = platform.surroundings.database_url(service)
            yield from asyncio.run(rejoin(url, nats_url, service))
        asyncio.run(put_forward(nats_url, newest_moment(platform)))
    finally:
        platform.stop()


def _restored_keys(platform: Platform, place: Path) -> str:
    ring = KeyRing.parse(platform.secrets.key_encryption_key)
    url = platform.surroundings.database_url(HOME_OF_KEYS)
    manifest = asyncio.run(restore_keys(url, place, ring))
    return f"the keys of people are those of {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC"


def newest_moment(platform: Platform) -> datetime:
    """Find the simulated time until which something happened: the clock goes on from there."""
    told = [
        line for name in platform.services for line in platform.postgres.query(NEWEST, role=name)
    ]
    return max((datetime.fromisoformat(line) for line in told if line), default=datetime.now(UTC))


if __name__ == "__main__":
    main_of(bring_back)
