"""One Alembic environment for every service; see common.migrate."""

import asyncio
from importlib import import_module

from alembic import context
from sqlalchemy import Connection

from common import database

service = context.config.attributes["service"]
url = context.config.attributes["database_url"]
tables = [database.metadata, import_module(f"{service}.store").metadata]


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=tables, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


async def run_online() -> None:
    engine = database.connect(url)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


asyncio.run(run_online())
