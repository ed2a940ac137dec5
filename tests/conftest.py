"""Fixtures: the tests in `tests/<service>/` run on the real database of that service."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from local.nats import Nats
from local.ports import SERVICES
from local.postgres import Postgres
from local.secrets import Secrets
from tests import servers


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    with servers.open_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def secrets() -> Secrets:
    return Secrets.made_new()


@pytest.fixture(scope="session")
def postgres(folder: Path, secrets: Secrets) -> Iterator[Postgres]:
    """A PostgreSQL that all tests of a worker share: do not stop this one."""
    server = servers.postgres_in(folder, secrets)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def nats(folder: Path, secrets: Secrets) -> Iterator[Nats]:
    """A NATS server that all tests of a worker share: do not stop this one."""
    server = servers.nats_in(folder, secrets)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def service(request: pytest.FixtureRequest) -> str:
    """Name the service under test: the folder right under `tests/`."""
    [name] = [part.name for part in request.path.parents if part.name in SERVICES][:1]
    return name


@pytest.fixture
async def engine(service: str, postgres: Postgres) -> AsyncIterator[AsyncEngine]:
    """The service's own database, as the service's own role, with empty tables."""
    engine = create_async_engine(postgres.url(service))
    await servers.empty_tables(engine, service)
    yield engine
    await engine.dispose()


@pytest.fixture
async def tx(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that is never committed."""
    async with engine.connect() as connection:
        yield connection
