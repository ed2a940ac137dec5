"""What an operator sees of the pool: totals, and no id among them."""

import pytest

from common.metrics import REGISTRY, exposition
from matching.measures import count_pool
from tests.matching.cast import ASSOCIATION, NOW
from tests.matching.facts import ACCEPTED, APPROVED, PUBLISHED, READY, REGISTERED

POOL = (REGISTERED, PUBLISHED, APPROVED, READY, ACCEPTED)


@pytest.fixture
async def told(engine):
    """Count the pool, and tell what a scrape would see of it."""

    async def told():
        async with engine.connect() as tx:
            await count_pool(tx)
        names = ("referrals_waiting", "referrals_proposed", "mentors_available")
        return [REGISTRY.get_sample_value(f"binome_{name}") for name in names]

    return told


def formed():
    names = (f"binome_time_to_match_seconds_{part}" for part in ("count", "sum"))
    return [REGISTRY.get_sample_value(name) or 0 for name in names]


async def test_who_waits_is_counted_until_the_yes_and_how_long_they_waited(stage, told):
    await stage.hear(*POOL)
    waiting = await told()
    proposal_id = await stage.proposed()
    proposed = await told()
    before = formed()
    await stage.accept(proposal_id)

    assert waiting == [1, 0, 1]
    assert proposed == [1, 1, 1]
    assert await told() == [0, 0, 1]
    count, seconds = (new - old for new, old in zip(formed(), before, strict=True))
    assert count == 1
    waited = NOW - ACCEPTED.waiting_since
    assert seconds == pytest.approx(waited.total_seconds(), abs=60)
    assert str(ASSOCIATION) not in exposition().decode()


async def test_a_yes_that_is_refused_is_not_counted(stage):
    await stage.hear(*POOL)
    proposal_id = await stage.proposed()
    await stage.withdraw(proposal_id)
    before = formed()

    refused = await stage.accept(proposal_id)

    assert refused.is_client_error
    assert formed() == before
