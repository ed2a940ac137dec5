"""Fixtures: direct connections to a database that no service uses."""

import pytest

from common.direct import Direct
from tests.common.direct.things import things
from tests.servers import fresh_tables


@pytest.fixture
async def engine(postgres):
    async with fresh_tables(postgres, things.metadata, pool_size=2) as engine:
        yield engine


@pytest.fixture
async def direct(engine):
    async with Direct(engine) as connection:
        yield connection
