"""Fixtures of reporting: an event that is not done with is a failure of the test."""

import pytest

from common import database
from reporting import handlers
from tests.deliveries import Hear, surely
from tests.reporting.cast import Journey, all_of


@pytest.fixture
def hear(hear: Hear) -> Hear:
    return surely(hear)


@pytest.fixture
def tell(engine):
    async def tell(*journeys: Journey) -> None:
        async with database.transaction(engine) as tx:
            for event in all_of(*journeys):
                await handlers.keep_event(tx, event)

    return tell
