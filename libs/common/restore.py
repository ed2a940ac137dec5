"""Put a backup back: `python -m common.restore intake DIR`, then `… keys DIR`.

DIR is what was backed up to, for the newest, or the folder of one backup. Needs DATABASE_URL of
the service, which must not run, and for the keys its KEY_ENCRYPTION_KEY. The tables are made by
the migrations of this release, so that a backup of an older one comes up to date. Afterwards
`python -m common.rejoin intake` takes the service back among the others.
"""

import argparse
import asyncio
import gzip
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from alembic import command
from sqlalchemy import BigInteger, column, exists, func, select, table

from common import archive
from common.archive import BadBackup, Manifest
from common.backup import COLUMNS, KEYS, OF_MIGRATIONS, revision_in
from common.database import in_full, plain
from common.keys import person_keys
from common.migrate import configuration, revisions
from common.relay import RELAY_LOCK
from common.seal import KeyRing, NotWrappedByUs
from common.server import USERS
from common.settings import setting, stop
from common.vault import ERASED

MOMENT_FOR_A_LOCK = "5s"
# Where what is replaced waits until all is back.
ASIDE = "replaced"

IDENTITIES = """
    select relname, attname from pg_attribute
    join pg_class on pg_class.oid = attrelid
    where relnamespace = 'public'::regnamespace and attidentity <> ''
"""
# What was erased stays so, whoever brings it back; what is there is newer than any backup.
MERGE_KEYS = """
    insert into person_keys as kept (person_id, wrapped, erased_at)
    select person_id, wrapped, erased_at from {}
    on conflict (person_id) do update
    set wrapped = excluded.wrapped, erased_at = excluded.erased_at, published_at = null
    where excluded.wrapped = '' and kept.wrapped <> ''
"""


class NotRestored(Exception):
    """This database is not to be written to, for the reason that is told."""


async def restore(url: str, service: str, place: Path, *, over: bool = False) -> Manifest:
    """Make a database what it was; all of it, or nothing that a service would start on."""
    folder = archive.newest(place, service)
    manifest = archive.verified(folder, service)
    if manifest.revision not in revisions(service):
        raise BadBackup(
            f"a newer release made this backup of {service}, at revision {manifest.revision}: "
            "restore it with that release"
        )
    config = configuration(service)
    config.attributes["database_url"] = url
    async with alone(url) as database:
        await refuse_another_service(database, service)
        held = [name async for name in with_rows(database)]
        if held and not over:
            raise NotRestored(
                f"the database holds rows already ({', '.join(held[:3])} …): name an empty one, "
                "or add --over to put this backup in their place"
            )
        await set_aside(database)
        await asyncio.to_thread(command.upgrade, config, manifest.revision)
        # Until all is back, no service starts on this: it is at no revision.
        await database.execute("delete from alembic_version")
        async with database.transaction():
            await fill(database, folder, manifest)
            await database.execute(
                "insert into alembic_version (version_num) values ($1)", manifest.revision
            )
            await let_go(database)
        await asyncio.to_thread(command.upgrade, config, "head")
    return manifest


@asynccontextmanager
async def alone(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Open the database of a service that does not run, and keep it from working meanwhile."""
    database = await asyncpg.connect(plain(url), server_settings={"timezone": "UTC"})
    try:
        await database.execute(f"set lock_timeout = '{MOMENT_FOR_A_LOCK}'")
        try:
            # Who runs has it, to relay its events.
            await database.execute("select pg_advisory_lock($1)", RELAY_LOCK)
        except asyncpg.LockNotAvailableError:
            raise NotRestored("the service runs on this database: stop all its replicas") from None
        yield database
    finally:
        database.terminate()


async def refuse_another_service(database: asyncpg.Connection, service: str) -> None:
    revision = await revision_in(database)
    if revision and revision not in revisions(service):
        raise NotRestored(
            f"DATABASE_URL leads to a database at revision {revision}, which {service} does not "
            f"know: name the database of {service}"
        )


async def with_rows(database: asyncpg.Connection) -> AsyncIterator[str]:
    for name, _ in await database.fetch(COLUMNS):
        held = in_full(select(exists().select_from(table(name))))
        if name not in OF_MIGRATIONS and await database.fetchval(held):
            yield name


async def set_aside(database: asyncpg.Connection) -> None:
    """Make room, and keep what was there until all is back; what a killed restore did goes."""
    if await database.fetchval("select to_regnamespace($1)", ASIDE):
        await database.execute("drop schema if exists public cascade")
    else:
        await database.execute(f"alter schema public rename to {ASIDE}")
    await database.execute("create schema public")


async def let_go(database: asyncpg.Connection) -> None:
    """Drop what was there, but for the keys of people: they are newer than any backup."""
    keys = f"{ASIDE}.{person_keys.name}"
    if await database.fetchval("select to_regclass($1)", keys):
        await database.execute(MERGE_KEYS.format(keys))
    await database.execute(f"drop schema {ASIDE} cascade")


async def fill(database: asyncpg.Connection, folder: Path, manifest: Manifest) -> None:
    """Copy every table back as it was: no trigger acts upon what was acted upon before."""
    for name, columns in manifest.tables.items():
        await database.execute(f'alter table "{name}" disable trigger user')
        with gzip.open(archive.file_of(folder, name)) as rows:
            told = await database.copy_to_table(name, source=rows, columns=columns.names)
        await database.execute(f'alter table "{name}" enable trigger user')
        if told != f"COPY {columns.rows}":
            raise BadBackup(f"{name} should hold {columns.rows} rows, and not {told.split()[-1]}")
    for name, identity in await database.fetch(IDENTITIES):
        last = func.max(column(identity, BigInteger))
        place = func.setval(func.pg_get_serial_sequence(name, identity), last)
        going_on = select(place).select_from(table(name)).having(last.is_not(None))
        await database.execute(in_full(going_on))


async def restore_keys(url: str, place: Path, ring: KeyRing) -> Manifest:
    """Bring the keys of people back, but never one that is known to be erased."""
    folder = archive.newest(place, KEYS)
    manifest = archive.verified(folder, KEYS)
    [(name, columns)] = manifest.tables.items()
    async with alone(url) as database, database.transaction():
        await database.execute(f"create temporary table brought (like {name}) on commit drop")
        with gzip.open(archive.file_of(folder, name)) as rows:
            await database.copy_to_table("brought", source=rows, columns=columns.names)
        await refuse_other_keys(database, ring)
        await database.execute(MERGE_KEYS.format("brought"))
    return manifest


async def refuse_other_keys(database: asyncpg.Connection, ring: KeyRing) -> None:
    query = "select person_id, wrapped from brought where wrapped <> $1"
    async for person_id, wrapped in database.cursor(query, ERASED):
        try:
            ring.unwrap(person_id, wrapped)
        except NotWrappedByUs:
            raise NotRestored(
                "KEY_ENCRYPTION_KEY does not open these keys: put the one that wrapped them "
                "behind it, for example: KEY_ENCRYPTION_KEY=new,old"
            ) from None


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m common.restore", description=__doc__)
    parser.add_argument("part", choices=[*USERS, KEYS], metavar="SERVICE|keys")
    parser.add_argument("place", type=Path, metavar="DIR")
    parser.add_argument("--over", action="store_true", help="replace what the database holds")
    asked = parser.parse_args(arguments)
    url = setting("DATABASE_URL")
    if asked.part == KEYS:
        ring = KeyRing.parse(setting("KEY_ENCRYPTION_KEY"))
        work = restore_keys(url, asked.place, ring)
    else:
        work = restore(url, asked.part, asked.place, over=asked.over)
    try:
        manifest = asyncio.run(work)
    except (BadBackup, NotRestored, OSError, asyncpg.PostgresError) as error:
        stop(f"{asked.part} is not restored: {error}")
    taken = manifest.taken_at.isoformat(timespec="seconds")
    sys.stdout.write(f"{asked.part}: is again what it was at {taken}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
