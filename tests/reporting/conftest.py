"""Fixtures of reporting: an event that is not done with is a failure of the test."""

import pytest

from tests.deliveries import Hear


@pytest.fixture
def hear(hear: Hear) -> Hear:
    async def heard(*what, **how):
        delivery = await hear(*what, **how)
        assert delivery.is_done
        return delivery

    return heard
