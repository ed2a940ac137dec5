"""Fixtures of matching: a clock that stands where the story is, and work that it sets off."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from common import database, outbox
from common.access import Role
from common.clock import Clock
from matching.schedule import schedule
from tests.matching.cast import ASSOCIATION, COORDINATOR, MENTOR, NOW

MOST_ROUNDS = 50

Tick = Callable[..., Awaitable[None]]


@pytest.fixture
def hear(hear):
    """Deliver facts in order; one that is not done with is a failure of the test."""

    async def heard(*facts):
        for fact in facts:
            assert (await hear(fact)).is_done

    return heard


@pytest.fixture
def tick(engine: AsyncEngine) -> Tick:
    """Let the clock do all that is due at a moment."""

    async def run_all(now: datetime = NOW) -> None:
        for job in schedule.jobs:
            for _ in range(MOST_ROUNDS):
                async with database.transaction(engine) as tx:
                    if not await job.run(tx, now):
                        break
            else:
                pytest.fail(f"{job.name} finds work without end")

    return run_all


@pytest.fixture
def app(app):
    app.state.clock = Clock()
    app.state.clock.move(NOW - datetime.now(UTC))
    return app


@pytest.fixture
def as_coordinator(sign_in):
    return partial(sign_in, Role.COORDINATOR, ASSOCIATION, COORDINATOR)


@pytest.fixture
def as_mentor(sign_in):
    return lambda person_id=MENTOR: sign_in(Role.MENTOR, ASSOCIATION, person_id)


@pytest.fixture
def said(engine: AsyncEngine):
    """Tell what matching announced, in order, each by the last word of its subject."""

    async def names(kind: str | None = None) -> list[str]:
        async with engine.connect() as tx:
            events = outbox.events
            found = await tx.scalars(
                events.select().with_only_columns(events.c.subject).order_by(events.c.position)
            )
            subjects = [subject.split(".")[2] for subject in found]
        return [each for each in subjects if kind is None or each == kind]

    return names
