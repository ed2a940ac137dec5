"""Fixtures of the plumbing: a NATS server of one's own, which a test may fill, kill or wipe."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nats.js import JetStreamContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from common import keys, topology
from common.broker import Connection, connect
from common.key_bucket import KeyBucket
from common.keys import vault_at_home
from common.seal import KeyRing
from common.vault import with_vault
from local.nats import Nats
from local.postgres import Postgres
from local.secrets import Secrets
from tests import servers

HEARD = {
    "intake": ["events.followup.pair_closed.v1"],
    "matching": ["events.intake.referral_accepted.v1", "events.followup.pair_closed.v1"],
    "followup": ["events.matching.pair_formed.v1"],
    "training": ["events.intake.mentor_approved.v1"],
    "reporting": ["events.>"],
    "portal": ["events.matching.proposal_made.v1"],
}


OLD, NEW = b"o" * 32, b"n" * 32
RING = KeyRing([NEW, OLD])


@pytest.fixture
def fresh_nats(tmp_path: Path, secrets: Secrets) -> Iterator[Nats]:
    server = servers.nats_in(tmp_path, secrets)
    server.start()
    yield server
    server.stop()


@asynccontextmanager
async def connected(nats: Nats, user: str) -> AsyncIterator[Connection]:
    connection = await connect(nats.url(user), user)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def operator(fresh_nats: Nats) -> AsyncIterator[Connection]:
    async with connected(fresh_nats, "operator") as connection:
        yield connection


@pytest.fixture
async def intake(fresh_nats: Nats) -> AsyncIterator[Connection]:
    async with connected(fresh_nats, "intake") as connection:
        yield connection


@pytest.fixture
async def home(postgres: Postgres) -> AsyncIterator[AsyncEngine]:
    """The table of keys, empty, in the database of the service at home."""
    engine = create_async_engine(postgres.url("intake"))
    async with engine.begin() as tx:
        await tx.run_sync(keys.metadata.drop_all)
        await tx.run_sync(keys.metadata.create_all)
    yield with_vault(engine, vault_at_home(RING))
    async with engine.begin() as tx:
        await tx.run_sync(keys.metadata.drop_all)
    await engine.dispose()


@pytest.fixture
async def declared(fresh_nats: Nats, operator: Connection) -> JetStreamContext:
    """Everything that the topology declares, seen by the operator."""
    await topology.declare(fresh_nats.url("operator"), HEARD)
    return operator.jetstream()


@pytest.fixture
async def bucket(declared, intake):
    assert declared
    return KeyBucket(intake)


@pytest.fixture
async def elsewhere(declared, fresh_nats):
    """The bucket as a service sees it that may only read."""
    assert declared
    connection = await connect(fresh_nats.url("followup"), "followup")
    yield KeyBucket(connection)
    await connection.close()
