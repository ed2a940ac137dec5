"""Where a platform is backed up to, what can be lost of it, and what its tables hold."""

import asyncio
import gzip
import shutil
from collections.abc import Collection
from pathlib import Path

from sqlalchemy import text

from common.restore import restore
from local.backup import backed_up
from local.platform import Platform
from local.postgres import Postgres
from local.restore import restored
from tests.faults.audit import opened

TABLES = """
    select table_name from information_schema.tables where table_schema = 'public'
    and table_name not in ('person_keys', 'pool_changes')
"""
HASH = "select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from \"{}\" t"


class Safe:
    """Two places apart, and the platform whose backups they hold."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.data = platform.home / "backups" / "data"
        self.keys = platform.home / "backups" / "keys"

    async def keep(self, name: str = "one") -> None:
        """Back everything up; under another name, the backups before are left alone."""
        await asyncio.to_thread(lambda: list(backed_up(self.platform, *self.places(name))))

    def places(self, name: str = "one") -> tuple[Path, Path]:
        return self.data / name, self.keys / name

    async def lose_everything(self) -> None:
        await asyncio.to_thread(self.platform.stop)
        lose(self.platform.postgres)
        self.platform.nats.wipe()

    async def put_back(
        self, data: str = "one", keys: str = "one", *, over: bool = False
    ) -> list[str]:
        """Restore, and start the services again."""
        places = self.places(data)[0], self.places(keys)[1]
        told = await asyncio.to_thread(lambda: list(restored(self.platform, *places, over=over)))
        await asyncio.to_thread(self.platform.start)
        return told

    async def put_back_only(self, service: str) -> None:
        """Restore one service over what it holds, and do not let it rejoin the others."""
        url = self.platform.surroundings.database_url(service)
        await restore(url, service, self.places()[0], over=True)


def signs_in(place: Path, signs: Collection[bytes]) -> set[bytes]:
    """Tell which of these signs are found in what a place holds, once unpacked."""
    files = [(file, file.read_bytes()) for file in place.rglob("*") if file.is_file()]
    texts = [gzip.decompress(each) if file.suffix == ".gz" else each for file, each in files]
    return {sign for sign in signs for text in texts if sign in text}


def lose(postgres: Postgres) -> None:
    store = postgres.home.resolve()
    shutil.rmtree(store)


async def hashes(platform: Platform, service: str) -> dict[str, str]:
    """Give one hash for each table of a service: of all its rows, in the order of their text."""
    async with opened(platform, service) as connection:
        names = list(await connection.scalars(text(TABLES)))
        return {name: str(await connection.scalar(text(HASH.format(name)))) for name in names}
