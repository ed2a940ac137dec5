"""Write down what a service holds: `python -m common.backup intake DIR`, `… keys DIR`.

Needs DATABASE_URL of the service; the service may go on. The keys of people are a part of their
own, to be kept in a place of their own: `keys` takes them out of the database of the service at
home, and the backup of keys before that is removed, so that no key outlives its erasure there.
"""

import argparse
import asyncio
import gzip
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import asyncpg

from common import archive
from common.archive import Columns, Manifest
from common.database import plain
from common.keys import person_keys
from common.migrate import revisions
from common.revisions import served_revisions
from common.server import USERS
from common.settings import setting, stop

KEYS = "keys"
HOME_OF_KEYS = next(name for name, rights in USERS.items() if rights.keys == "write")
REVISION = "alembic_version"
# What the migrations themselves write, here as anywhere.
OF_MIGRATIONS = (REVISION, served_revisions.name)
# Text compresses well at once; more effort costs time and gains little.
EFFORT = 1

COLUMNS = """
    select c.relname, array_agg(a.attname::text order by a.attnum)
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid
        and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    group by c.relname order by c.relname
"""
REFERENCES = """
    select mine.relname, other.relname from pg_constraint
    join pg_class mine on mine.oid = conrelid join pg_class other on other.oid = confrelid
    where contype = 'f' and conrelid <> confrelid
"""


class NotBackedUp(Exception):
    """This database is not the one that was meant."""


async def back_up(url: str, part: str, place: Path) -> Path:
    """Write all tables of one part down as they are at one instant; return the verified folder."""
    async with one_instant(url) as database:
        taken_at = await database.fetchval("select now()")
        revision = await revision_of(database, part)
        with archive.appearing(place, part, taken_at) as folder:
            tables = {
                name: await _write(database, name, columns, folder)
                for name, columns in (await tables_of(database, part)).items()
            }
            told = Manifest(part=part, taken_at=taken_at, revision=revision, tables=tables)
            (folder / archive.MANIFEST).write_text(told.model_dump_json(indent=1))
    whole = archive.folder_of(place, part, taken_at)
    archive.verified(whole, part)
    return whole


@asynccontextmanager
async def one_instant(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Open a database as it is now, whatever is written to it meanwhile."""
    database = await asyncpg.connect(plain(url), server_settings={"timezone": "UTC"})
    try:
        async with database.transaction(isolation="repeatable_read", readonly=True):
            yield database
    finally:
        database.terminate()


async def tables_of(database: asyncpg.Connection, part: str) -> Mapping[str, list[str]]:
    """Name the tables of a part with their columns, each after those that it refers to."""
    found = dict(await database.fetch(COLUMNS))
    if part == KEYS:
        return {name: found[name] for name in found if name == person_keys.name}
    order = TopologicalSorter({name: set[str]() for name in found})
    for referring, referred in await database.fetch(REFERENCES):
        order.add(referring, referred)
    passing = getattr(import_module(f"{part}.store"), "PASSING", ())
    left_out = {person_keys.name, *OF_MIGRATIONS, *(table.name for table in passing)}
    return {name: found[name] for name in order.static_order() if name not in left_out}


async def revision_of(database: asyncpg.Connection, part: str) -> str:
    """Tell the revision of the database of this very service."""
    service = HOME_OF_KEYS if part == KEYS else part
    revision = await revision_in(database)
    if revision is None or revision not in revisions(service):
        raise NotBackedUp(
            f"DATABASE_URL leads to a database at revision {revision}, which {service} does not "
            f"know: name the database of {service}"
        )
    return revision


async def revision_in(database: asyncpg.Connection) -> str | None:
    if not await database.fetchval("select to_regclass($1)", REVISION):
        return None
    revision: str | None = await database.fetchval("select version_num from alembic_version")
    return revision


async def _write(
    database: asyncpg.Connection, table: str, columns: list[str], folder: Path
) -> Columns:
    with gzip.open(archive.file_of(folder, table), "wb", compresslevel=EFFORT) as file:
        told = await database.copy_from_table(table, columns=columns, output=file)
    return Columns(names=tuple(columns), rows=int(told.split()[-1]))


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m common.backup", description=__doc__)
    parser.add_argument("part", choices=[*USERS, KEYS], metavar="SERVICE|keys")
    parser.add_argument("place", type=Path, metavar="DIR")
    kept = "remove all but the last of each of the newest N days, and all of the newest day"
    parser.add_argument("--keep", type=int, metavar="N", help=kept)
    asked = parser.parse_args(arguments)
    try:
        folder = asyncio.run(back_up(setting("DATABASE_URL"), asked.part, asked.place))
    except (NotBackedUp, OSError, asyncpg.PostgresError) as error:
        stop(f"{asked.part} is not backed up: {error}")
    drop_older(asked.place, asked.part, asked.keep)
    sys.stdout.write(f"{told(folder, asked.part)}\n")


def drop_older(place: Path, part: str, days: int | None) -> None:
    """Keep backups of so many days; of keys the newest alone, as an older one has erased ones."""
    if part == KEYS:
        archive.drop_all_but_newest(place, part)
    elif days:
        archive.drop_all_but_days(place, part, days)


def told(folder: Path, part: str) -> str:
    tables = archive.verified(folder, part).tables
    rows = sum(each.rows for each in tables.values())
    return f"{part}: {rows} rows of {len(tables)} tables are in {folder}"


if __name__ == "__main__":
    main(sys.argv[1:])
