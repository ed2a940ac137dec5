"""The event edge: one effect for each message, and a place for what can have none."""

import asyncio

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from common import inbox
from common.database import is_away
from common.deliveries import retry_delay
from common.errors import Conflict, NotYetKnown
from common.events import LAST_DELIVERY, Edge
from common.identity import new_id
from tests.common.corridor.numbers import (
    count,
    kept,
    listening_router,
    numbers_seen,
    qualified,
    remember,
)
from tests.deliveries import ByHand, delivery_of, hear_by


async def test_a_message_that_comes_three_times_has_one_effect(engine, stored):
    edge = Edge(listening_router(), engine)
    deliveries = [delivery_of(qualified(1), new_id())] * 2

    await edge.take(deliveries)
    await edge.take(deliveries[:1])

    assert await numbers_seen(engine) == [1]
    assert deliveries[0].is_done


async def test_a_poison_message_does_not_sink_its_batch(engine, stored):
    async def choke_on_seven(event, tx):
        await remember(event, tx)
        if event.referral_id.int == 7:
            raise ZeroDivisionError

    deliveries = [delivery_of(qualified(number)) for number in range(1, 21)]

    await Edge(listening_router(choke_on_seven), engine).take(deliveries)

    assert await numbers_seen(engine) == [number for number in range(1, 21) if number != 7]
    assert [each.is_done for each in deliveries].count(False) == 1
    assert deliveries[6].delays
    assert await kept(engine) == []


async def test_a_fault_is_put_aside_after_the_last_delivery(engine, stored):
    async def fail(_, __):
        raise ZeroDivisionError

    hear = hear_by(Edge(listening_router(fail), engine))

    delivery = await hear(qualified(1), times=LAST_DELIVERY)

    assert delivery.is_done
    assert await kept(engine) == [("fault", "ZeroDivisionError")]
    assert await count(engine, inbox.inbox) == 0


async def test_a_message_that_ended_everyone_who_touched_it_is_put_aside_untouched(engine, stored):
    hear = hear_by(Edge(listening_router(), engine))

    delivery = await hear(qualified(1), times=LAST_DELIVERY + 1)

    assert delivery.is_done
    assert await kept(engine) == [("fault", "delivered too often")]
    assert await numbers_seen(engine) == []


async def test_a_no_of_the_rules_is_final_and_leaves_no_trace_in_the_state(engine, stored):
    class NotAnyMore(Conflict):
        """It is over."""

    async def refuse(event, tx):
        await remember(event, tx)
        raise NotAnyMore

    delivery = await hear_by(Edge(listening_router(refuse), engine))(qualified(1))

    assert delivery.is_done
    assert await kept(engine) == [("refused", "NotAnyMore")]
    assert await numbers_seen(engine) == []


async def test_what_is_not_yet_known_is_retried_and_at_last_put_aside(engine, stored):
    async def unknown(_, __):
        raise NotYetKnown

    hear = hear_by(Edge(listening_router(unknown), engine))

    first = await hear(qualified(1))
    last = await hear(qualified(1), times=LAST_DELIVERY)

    assert not first.is_done
    assert first.delays[0] < 1
    assert last.is_done
    assert await kept(engine) == [("unknown", "NotYetKnown")]


def test_retries_come_slower_and_slower_up_to_a_limit():
    delays = [retry_delay(times) for times in range(1, LAST_DELIVERY)]

    assert delays[0] < 0.2
    assert all(delay <= 90 for delay in delays)
    assert delays[-1] > 30
    assert sum(delays) > 300


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"{",
        b"[]",
        b'{"specversion":"1.0"}',
        b'"\xed\xa0\x80"',
        b"[" * 100_000,
        b" " * 300_000,
        qualified(1).model_dump_json().encode(),
    ],
    ids=["empty", "nul", "cut", "list", "bare", "surrogate", "deep", "huge", "no envelope"],
)
async def test_a_malformed_message_is_put_aside_at_once(engine, stored, body):
    delivery = delivery_of(qualified(1))
    delivery.body = body
    good = delivery_of(qualified(2))

    await Edge(listening_router(), engine).take([delivery, good])

    assert delivery.is_done
    assert [kind for kind, _ in await kept(engine)] == ["malformed"]
    assert await numbers_seen(engine) == [2]


@pytest.mark.parametrize(("times", "is_left"), [(1, True), (LAST_DELIVERY, False)])
async def test_what_only_a_newer_release_hears_is_left_to_it_for_as_long_as_a_fault_is_tried(
    engine, stored, times, is_left
):
    unheard, good = delivery_of(qualified(1), times=times), delivery_of(qualified(2))
    unheard.subject = unheard.subject.replace(".v1", ".v9")

    await Edge(listening_router(), engine).take([unheard, good])

    assert (unheard.is_done, len(unheard.delays)) == (not is_left, int(is_left))
    assert await kept(engine) == ([] if is_left else [("malformed", "nobody listens to it here")])
    assert await numbers_seen(engine) == [2]


async def test_a_database_that_is_away_is_nobodys_fault(engine, stored):
    async def gone(_, __):
        raise ConnectionRefusedError

    delivery = delivery_of(qualified(1), times=LAST_DELIVERY)

    with pytest.raises(ConnectionRefusedError) as away:
        await Edge(listening_router(gone), engine).take([delivery])

    assert is_away(away.value)
    assert not delivery.is_done
    assert await kept(engine) == []


async def test_a_connection_that_breaks_inside_a_transaction_is_told_as_what_it_is(engine, stored):
    async def break_it(_, tx):
        own = await tx.scalar(select(func.pg_backend_pid()))
        async with engine.connect() as another:
            await another.execute(select(func.pg_terminate_backend(own)))
        await tx.execute(select(1))

    delivery = delivery_of(qualified(1), times=LAST_DELIVERY)

    with pytest.raises(DBAPIError) as away:
        await Edge(listening_router(break_it), engine).take([delivery])

    assert is_away(away.value)
    assert not delivery.is_done
    assert await kept(engine) == []


async def test_who_is_told_to_end_after_the_last_message_ends_all_the_same(
    engine, stored, monkeypatch
):
    """Else a service that is stopped at this moment would go on hearing."""

    async def done(_):
        # Heard when it next waits for something: all that it has to do is done.
        asyncio.get_running_loop().call_soon(taking.cancel)

    monkeypatch.setattr(ByHand, "done", done)
    taking = asyncio.create_task(Edge(listening_router(), engine).take([delivery_of(qualified(1))]))

    with pytest.raises(asyncio.CancelledError):
        await taking


async def test_what_it_changed_may_be_looked_at_before_anybody_sees_it_acknowledged(engine, stored):
    """Else whoever waits until all is at rest finds nothing waiting, and what is due not done."""
    delivery = delivery_of(qualified(1))
    acknowledged = []
    edge = Edge(listening_router(), engine, lambda: acknowledged.append(delivery.is_done))

    await edge.take([delivery])

    assert (acknowledged, delivery.is_done) == ([False], True)
    assert await numbers_seen(engine) == [1]
