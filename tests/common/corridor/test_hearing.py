"""Heard together or alone: an erasure waits for what others write, and they for it."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import column, func, select, table

from common.clock import Clock, Schedule, Ticker
from common.contracts.intake.people import PersonErased
from common.contracts.intake.referrals import ReferralQualified
from common.events import Edge, EventRouter
from tests.common.corridor.numbers import NOW, numbers_seen, qualified, remember, seen
from tests.deliveries import delivery_of
from tests.waiting import PATIENCE_SECONDS, beside, eventually

ERASED = PersonErased(occurred_at=NOW, association_id=None, version=1, person_id=UUID(int=9))


class Halt:
    """A place at which whoever comes by stands still until told to go on."""

    def __init__(self):
        self.reached = asyncio.Event()
        self.over = asyncio.Event()

    async def stand(self):
        self.reached.set()
        await self.over.wait()


@pytest.fixture
def halt():
    return Halt()


def replica(engine, *, of_referrals=None, of_erasures=None):
    """One of several that hear side by side: it writes down what it heard, and may stand still."""
    router = EventRouter("intake")

    @router.on(ReferralQualified)
    async def on_referral_qualified(event, tx):
        await remember(event, tx)
        if of_referrals:
            await of_referrals.stand()

    @router.on(PersonErased)
    async def on_person_erased(event, tx):
        await tx.execute(seen.insert().values(referral_id=event.person_id))
        if of_erasures:
            await of_erasures.stand()

    return Edge(router, engine)


async def somebody_waits(engine):
    locks = table("pg_locks", column("locktype"), column("granted"))
    waiting = select(func.count()).where(locks.c.locktype == "advisory", ~locks.c.granted)
    async with engine.connect() as tx:
        return await tx.scalar(waiting) > 0


async def test_an_erasure_waits_for_what_another_replica_is_writing(engine, stored, halt):
    writer = replica(engine, of_referrals=halt)
    async with beside(writer.take([delivery_of(qualified(1))])) as [writing]:
        await eventually(halt.reached.is_set)
        async with beside(replica(engine).take([delivery_of(ERASED)])) as [erasing]:
            await eventually(lambda: somebody_waits(engine))
            assert await numbers_seen(engine) == []

            halt.over.set()
            await asyncio.gather(writing, erasing)

    assert await numbers_seen(engine) == [1, 9]


async def test_what_comes_while_somebody_is_erased_waits_until_they_are(engine, stored, halt):
    eraser = replica(engine, of_erasures=halt)
    both = [delivery_of(qualified(1)), delivery_of(ERASED)]
    async with beside(eraser.take(both)) as [erasing]:
        await eventually(halt.reached.is_set)
        async with beside(replica(engine).take([delivery_of(qualified(2))])) as [writing]:
            await eventually(lambda: somebody_waits(engine))
            assert await numbers_seen(engine) == []

            halt.over.set()
            await asyncio.gather(erasing, writing)

    assert await numbers_seen(engine) == [1, 9, 2]


async def test_what_is_due_waits_as_well_until_somebody_is_erased(engine, stored, halt):
    schedule = Schedule()

    @schedule.every(hours=1)
    async def look_at_what_is_kept(tx, _):
        found = (await tx.scalars(select(seen.c.referral_id))).all()
        await tx.execute(seen.insert().values(referral_id=UUID(int=100 + len(found))))
        return 0

    eraser = replica(engine, of_erasures=halt)
    async with beside(eraser.take([delivery_of(ERASED)])) as [erasing]:
        await eventually(halt.reached.is_set)
        async with beside(Ticker(engine, schedule, Clock()).run_due()) as [due]:
            await eventually(lambda: somebody_waits(engine))

            halt.over.set()
            await asyncio.gather(erasing, due)

    assert await numbers_seen(engine) == [9, 101]


async def test_all_others_are_heard_side_by_side(engine, stored, halt):
    writer = replica(engine, of_referrals=halt)
    async with beside(writer.take([delivery_of(qualified(1))])) as [writing]:
        await eventually(halt.reached.is_set)

        async with asyncio.timeout(PATIENCE_SECONDS):
            await replica(engine).take([delivery_of(qualified(2))])

        assert await numbers_seen(engine) == [2]
        halt.over.set()
        await writing
