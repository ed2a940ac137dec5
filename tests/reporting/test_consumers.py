"""Events in: the same tables whatever the order, however often, and without who was forgotten."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from common.contracts import Event
from common.contracts.erasure import ReportingForgot
from common.contracts.generate import every_event
from common.contracts.intake.people import PersonErased
from common.events import Edge
from common.outbox import events as outbox
from reporting.consumers import router
from reporting.domain.forgetting import token_of
from reporting.store import PROJECTIONS, tables
from tests.deliveries import delivery_of
from tests.reporting.cast import MENTOR, PRESCRIBER, Journey, all_of, erased

LONG = (
    Journey(number=1)
    .submitted()
    .offered(1)
    .declined(2)
    .offered(3)
    .expired(33)
    .offered(34)
    .accepted(35)
    .authorised(36)
    .matched(40)
    .met(50)
    .signed(60)
    .closed(100)
    .reopened(110)
    .closed(200)
)
SHORT = Journey(number=2, mentee=1).running()
EVERYTHING: list[Event] = [*all_of(LONG, SHORT), erased(LONG.mentee_id), erased(PRESCRIBER)]

orders = st.randoms(use_true_random=False)
slowly = settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def tell(engine, events) -> None:
    edge = Edge(router, engine)
    deliveries = [delivery_of(event) for event in events]
    for first in range(0, len(deliveries), 50):
        await edge.take(deliveries[first : first + 50])
    assert all(delivery.is_done for delivery in deliveries)


async def held(engine) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is kept, to be compared."""
    async with engine.connect() as tx:
        return {
            table.name: sorted(map(tuple, await tx.execute(select(table))), key=str)
            for table in (*PROJECTIONS, tables.forgotten)
        }


async def start_anew(engine) -> None:
    async with engine.begin() as tx:
        for table in (*PROJECTIONS, tables.forgotten, outbox):
            await tx.execute(table.delete())


@given(chance=orders)
@slowly
async def test_shuffled_and_told_three_times_everything_ends_the_same(engine, chance):
    await start_anew(engine)
    await tell(engine, EVERYTHING)
    in_order = await held(engine)
    await start_anew(engine)

    shuffled = EVERYTHING * 3
    chance.shuffle(shuffled)
    await tell(engine, shuffled)

    assert await held(engine) == in_order


async def test_a_rebuild_that_does_not_hear_the_erasures_again_ends_the_same(engine):
    await tell(engine, EVERYTHING)
    before = await held(engine)
    async with engine.begin() as tx:
        for table in PROJECTIONS:
            await tx.execute(table.delete())

    heard_again = [event for event in EVERYTHING if not isinstance(event, PersonErased)]
    random.Random(1).shuffle(heard_again)
    await tell(engine, heard_again)

    assert await held(engine) == before


@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_erased_person_is_nowhere_and_answered_once(engine, tx, announced, when):
    erasure = erased(LONG.mentee_id)
    events = [*LONG.events, erasure] if when == "after" else [erasure, *LONG.events]

    await tell(engine, [*events, erasure])

    kept = str(await held(engine))
    assert str(LONG.mentee_id) not in kept
    assert str(token_of(LONG.mentee_id)) in kept
    assert await announced() == [
        ReportingForgot(
            occurred_at=erasure.occurred_at,
            association_id=None,
            version=1,
            person_id=LONG.mentee_id,
        )
    ]


async def test_two_pairs_of_one_person_stay_of_one_person_when_erased(engine, tx):
    await tell(engine, EVERYTHING)

    mentees = set(await tx.scalars(select(tables.pairs.c.mentee_id)))

    assert mentees == {token_of(LONG.mentee_id)}


async def test_no_mentor_or_guardian_is_kept_at_all(engine):
    await tell(engine, EVERYTHING)

    assert str(MENTOR) not in str(await held(engine))


def test_every_event_of_the_other_services_is_heard():
    published = {
        kind.subject
        for kind in every_event()
        if kind.__module__.startswith("common.contracts.") and kind.announcer() != "reporting"
    }

    assert set(router.subjects) == published
    acting = [each.kind for each in router.listeners.values() if not each.projects]
    assert acting == [PersonErased]
