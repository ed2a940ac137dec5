"""Both ends of the corridor: a database, a stream, and a relay between them."""

from functools import partial

import pytest

from common.broker import connect, publish_batch
from common.contracts.intake.referrals import ReferralQualified
from common.database import connect as connect_database
from common.database import metadata
from common.relay import Relay
from common.server import OPERATOR
from common.topology import declare
from tests.common.corridor.numbers import seen


@pytest.fixture
async def engine(postgres):
    """Some service's database, with the tables that every service has, empty."""
    engine = connect_database(postgres.url("intake"))
    async with engine.begin() as tx:
        await tx.run_sync(metadata.create_all)
        names = ", ".join(table.name for table in metadata.sorted_tables)
        await tx.exec_driver_sql(f"truncate {names} restart identity")
    yield engine
    await engine.dispose()


@pytest.fixture
async def stored(engine):
    """A table that listeners write to, empty."""
    async with engine.begin() as tx:
        await tx.run_sync(seen.metadata.drop_all)
        await tx.run_sync(seen.metadata.create_all)
    yield seen
    async with engine.begin() as tx:
        await tx.run_sync(seen.metadata.drop_all)


@pytest.fixture
async def connection(fresh_nats):
    await declare(fresh_nats.url(OPERATOR), {"intake": [ReferralQualified.subject]})
    connection = await connect(fresh_nats.url("intake"), "intake")
    yield connection
    await connection.close()


@pytest.fixture
def relay(engine, connection):
    return Relay(engine, partial(publish_batch, connection), None)
