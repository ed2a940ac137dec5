"""One Alembic environment for every service; see common.migrate."""

import asyncio
import sys
from importlib import import_module

from alembic import context
from sqlalchemy import Connection

from common import database, revisions

service = context.config.attributes["service"]
url = context.config.attributes["database_url"]
tables = [database.metadata, import_module(f"{service}.store").metadata]


def run(connection: Connection) -> None:
    if revisions.is_ahead(connection, context.script):
        sys.stdout.write(f"{service}: the database is of a newer release, and serves this one\n")
        return
    context.configure(
        connection=connection,
        target_metadata=tables,
        compare_type=True,
        include_name=lambda name, *_: name != revisions.served_revisions.name,
    )
    with context.begin_transaction():
        before = revisions.standing(connection).revision
        context.run_migrations()
        after = revisions.standing(connection).revision
        if after != before:
            revisions.note_down(connection, context.script, after)


async def run_online() -> None:
    engine = database.connect(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


asyncio.run(run_online())
