"""The clock in: readiness that nobody's click announces, and dates that become public."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from common.contracts.training import MentorReady, SessionScheduled
from tests.training.cast import (
    APPROVED,
    ASSOCIATION_REGISTERED,
    MENTOR,
    NOW,
    PROGRAMME,
    PUBLISHED,
    policy_with,
)
from tests.training.test_consumers import a_session, a_sign_up
from training.schedule import announce_ready_mentors, publish_exchange_sessions, schedule
from training.store import tables


async def run(job, tx, now: datetime = NOW) -> int:
    """Run a job as the clock does: for as long as a look says so, until nothing is left to do."""
    [scheduled] = [each for each in schedule.jobs if each.run is job]
    handled, rounds = 0, 0
    while (scheduled.due is None or await scheduled.due(tx, now)) and (done := await job(tx, now)):
        handled, rounds = handled + done, rounds + 1
        assert rounds < 10
    return handled


async def commit(tx):
    """End the transaction of the test, and begin the next one."""
    await tx.driver.execute("commit; begin")


@pytest.fixture
async def attended(engine):
    async with engine.begin() as tx:
        await tx.execute(tables.sessions.insert().values(a_session()))
        await tx.execute(tables.sign_ups.insert().values(a_sign_up()))


async def test_a_path_without_modules_makes_a_mentor_ready_by_approval_alone(hear, tx, announced):
    await hear(PUBLISHED.model_copy(update={"policy": policy_with()}))
    await hear(APPROVED)

    await run(announce_ready_mentors, tx)

    [event] = await announced()
    assert isinstance(event, MentorReady)
    assert (event.mentor_id, event.programme_id) == (MENTOR, PROGRAMME)


@pytest.mark.usefixtures("attended")
async def test_a_policy_that_asks_less_makes_ready_who_was_waiting(hear, tx, announced):
    module = {"code": "posture", "title_fr": "P", "title_en": "P", "minutes": 60}
    fewer = PUBLISHED.model_copy(update={"version": 2, "policy": policy_with(module)})
    for event in (PUBLISHED, APPROVED):
        await hear(event)
    await run(announce_ready_mentors, tx)
    assert await announced() == []
    await commit(tx)

    await hear(fewer)
    await run(announce_ready_mentors, tx)

    [event] = await announced()
    assert event.minutes == 120


async def test_a_policy_that_asks_more_takes_no_readiness_away(hear, tx, announced):
    await hear(PUBLISHED.model_copy(update={"policy": policy_with()}))
    await hear(APPROVED)
    await run(announce_ready_mentors, tx)
    await commit(tx)

    await hear(PUBLISHED.model_copy(update={"version": 2}))
    await run(announce_ready_mentors, tx)

    assert len(await announced()) == 1
    assert await tx.scalar(select(func.count()).select_from(tables.readiness)) == 1


async def test_what_was_heard_may_be_rebuilt_without_announcing_anybody_again(hear, tx, announced):
    await hear(PUBLISHED.model_copy(update={"policy": policy_with()}))
    await hear(APPROVED)
    await run(announce_ready_mentors, tx)
    await tx.execute(tables.mentors.delete())
    await commit(tx)

    await hear(APPROVED)
    await run(announce_ready_mentors, tx)

    assert len(await announced()) == 1


async def test_the_clock_keeps_six_months_of_exchange_sessions_public(hear, tx, announced):
    for event in (PUBLISHED, ASSOCIATION_REGISTERED):
        await hear(event)

    await run(publish_exchange_sessions, tx)
    first = len(await announced())
    await run(publish_exchange_sessions, tx, NOW + timedelta(days=2))
    same = len(await announced())
    await run(publish_exchange_sessions, tx, NOW + timedelta(days=62))

    events = await announced()
    assert (first, same, len(events)) == (3, 3, 4)
    assert all(isinstance(event, SessionScheduled) for event in events)


async def test_a_programme_waits_for_its_association_whose_clock_it_follows(hear, tx, announced):
    await hear(PUBLISHED)

    await run(publish_exchange_sessions, tx)

    assert await announced() == []
