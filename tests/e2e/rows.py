"""What the services have written down: rows of their databases, and every byte on the disk."""

from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from common import database
from local.platform import Platform

TABLES = text("select table_name from information_schema.tables where table_schema = 'public'")
CHUNK = 1 << 20


@asynccontextmanager
async def database_of(platform: Platform, service: str) -> AsyncIterator[AsyncConnection]:
    engine = database.connect(platform.postgres.url(service))
    async with engine.connect() as tx:
        yield tx
    await engine.dispose()


async def tables_naming(platform: Platform, *texts: str) -> set[str]:
    """Name the tables with a row that contains all of these texts."""
    found: set[str] = set()
    for service in platform.services:
        async with database_of(platform, service) as tx:
            for table in await tx.scalars(TABLES):
                if await _names(tx, table, texts):
                    found.add(f"{service}.{table}")
    return found


async def _names(tx: AsyncConnection, table: str, texts: Collection[str]) -> bool:
    each = " and ".join(f"strpos(row_to_json(t)::text, :t{n}) > 0" for n in range(len(texts)))
    query = text(f'select exists (select from "{table}" t where {each})')
    return bool(await tx.scalar(query, {f"t{n}": each for n, each in enumerate(texts)}))


def files_with(signs: Collection[bytes], *folders: Path) -> Iterator[tuple[Path, bytes]]:
    """Look for signs byte by byte in every file, and say which file holds which."""
    for folder in folders:
        for file in filter(Path.is_file, folder.rglob("*")):
            for sign in _signs_in(file, signs):
                yield file, sign


def _signs_in(file: Path, signs: Collection[bytes]) -> set[bytes]:
    found: set[bytes] = set()
    longest = max(map(len, signs))
    with file.open("rb") as opened:
        rest = b""
        while chunk := opened.read(CHUNK):
            window = rest + chunk
            found |= {sign for sign in signs if sign in window}
            # A sign may lie across two chunks.
            rest = window[-longest:]
    return found
