"""The real servers that tests talk to: each test worker starts its own, in a folder of its own.

They come out of Python packages, or as containers with TEST_BACKEND=containers.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common import database
from common.migrate import COMMON_TABLES
from local.nats import Nats
from local.ports import free_ports
from local.postgres import Postgres
from local.secrets import Secrets

# The same images as in docker-compose.yml.
POSTGRES_IMAGE, NATS_IMAGE = "postgres:18", "nats:2.15"
EMBEDDED, CONTAINERS = "embedded", "containers"
BACKEND = os.environ.get("TEST_BACKEND") or EMBEDDED
if BACKEND not in {EMBEDDED, CONTAINERS}:
    raise ValueError(f"TEST_BACKEND is {EMBEDDED} or {CONTAINERS}, and not {BACKEND}")

_with_tables: set[str] = set()


@contextmanager
def open_folder() -> Iterator[Path]:
    """Make a folder that PostgreSQL can reach although root's tests start it as nobody."""
    folder = Path(tempfile.mkdtemp(prefix="binome-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def postgres_in(folder: Path, secrets: Secrets) -> Postgres:
    return _kinds()[0](
        home=folder / "postgres",
        port=free_ports(1)[0],
        passwords=secrets.postgres,
        log=folder / "postgres.log",
    )


def nats_in(folder: Path, secrets: Secrets) -> Nats:
    return nats_of(_kinds()[1], folder, secrets)


def nats_of(kind: type[Nats], folder: Path, secrets: Secrets) -> Nats:
    port, monitoring_port = free_ports(2)
    return kind(
        home=folder / "nats",
        port=port,
        monitoring_port=monitoring_port,
        passwords=secrets.nats,
        log=folder / "nats.log",
    )


def _kinds() -> tuple[type[Postgres], type[Nats]]:
    if BACKEND == EMBEDDED:
        return Postgres, Nats
    # Asked for only then: it looks for an engine of containers at once.
    from tests.containers import ContainedNats, ContainedPostgres  # noqa: PLC0415

    return ContainedPostgres, ContainedNats


def tables_of(service: str) -> list[MetaData]:
    """Name what a service keeps: the tables that every service has, and its own."""
    for module in COMMON_TABLES:
        import_module(f"common.{module}")
    return [database.metadata, import_module(f"{service}.store").metadata]


@asynccontextmanager
async def fresh_tables(
    postgres: Postgres, metadata: MetaData, *, pool_size: int = 10
) -> AsyncIterator[AsyncEngine]:
    """Open a database that no service uses, with these tables in it, new and empty."""
    engine = database.connect(postgres.url("postgres", "postgres"), pool_size=pool_size)
    try:
        async with engine.begin() as tx:
            await tx.run_sync(metadata.drop_all)
            await tx.run_sync(metadata.create_all)
        yield engine
    finally:
        await engine.dispose()


async def empty_tables(engine: AsyncEngine, service: str) -> None:
    """Make the tables for the first test that needs them, and empty them for the others."""
    kept = tables_of(service)
    async with engine.begin() as tx:
        if service not in _with_tables:
            await _make(tx, kept)
        if used := await _used(tx, kept):
            await tx.exec_driver_sql(f"truncate {', '.join(used)} restart identity cascade")
    _with_tables.add(service)


async def _used(tx: AsyncConnection, kept: list[MetaData]) -> list[str]:
    """Find the tables with rows: to ask is ten times quicker than to truncate an empty table."""
    names = [f'"{table.name}"' for metadata in kept for table in metadata.sorted_tables]
    asked = (f"select '{name}' where exists (select from {name})" for name in names)
    return [name for (name,) in await tx.exec_driver_sql(" union all ".join(asked))]


async def _make(tx: AsyncConnection, kept: list[MetaData]) -> None:
    for metadata in kept:
        await tx.run_sync(metadata.create_all)
