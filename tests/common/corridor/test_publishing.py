"""What is emitted is published, once, in order, and again if the stream lost it."""

from contextlib import suppress

from sqlalchemy import func, select, update

from common import outbox, refill
from common.broker import connect
from common.contracts.intake.referrals import ReferralQualified
from common.database import transaction
from common.outbox import emit, events
from common.server import OPERATOR
from common.streams import EVENTS_STREAM
from common.topology import declare
from tests.common.corridor.numbers import NOW, announce, count, qualified


async def test_an_event_leaves_only_if_its_transaction_commits(engine):
    await announce(engine, 1)

    with suppress(ZeroDivisionError):
        async with transaction(engine) as tx:
            await emit(tx, qualified(2))
            raise ZeroDivisionError

    assert await count(engine, events) == 1


async def test_events_are_published_in_order_with_their_place_in_the_stream(engine, relay):
    await announce(engine, *range(1, 301))

    assert await relay.relay() == 300
    assert await relay.relay() == 0

    async with engine.connect() as tx:
        places = await tx.execute(select(events.c.stream_sequence).order_by(events.c.position))
        assert list(places.scalars()) == list(range(1, 301))


async def test_a_relay_that_dies_after_publishing_publishes_the_same_messages(
    engine, relay, connection
):
    await announce(engine, 1, 2, 3)
    await relay.relay()
    async with engine.begin() as tx:
        await tx.execute(update(events).values(published_at=None, stream_sequence=None))

    assert await relay.relay() == 3

    info = await connection.jetstream().stream_info(EVENTS_STREAM)
    assert info.state.messages == 3
    async with engine.connect() as tx:
        places = await tx.execute(select(events.c.stream_sequence).order_by(events.c.position))
        assert list(places.scalars()) == [1, 2, 3]


async def test_a_stream_that_lost_its_disk_is_refilled_to_the_byte(
    engine, relay, connection, fresh_nats
):
    await announce(engine, *range(1, 51))
    await relay.relay()
    operator = await connect(fresh_nats.url(OPERATOR), OPERATOR)
    stream = operator.jetstream()
    before = [(await stream.get_msg(EVENTS_STREAM, place)).data for place in range(1, 51)]
    await stream.delete_stream(EVENTS_STREAM)
    await declare(fresh_nats.url(OPERATOR), {"intake": [ReferralQualified.subject]})

    lost = await refill.refill(engine, operator, "intake")
    await relay.relay()
    again = await refill.refill(engine, operator, "intake")

    assert (lost, again) == (50, 0)
    after = [(await stream.get_msg(EVENTS_STREAM, place)).data for place in range(1, 51)]
    assert after == before
    await operator.close()


async def test_old_published_events_are_dropped_and_unpublished_ones_never(engine):
    await announce(engine, 1, 2)
    async with engine.begin() as tx:
        await tx.execute(update(events).values(written_at=NOW.replace(year=2020)))
        first = events.c.position == select(func.min(events.c.position)).scalar_subquery()
        await tx.execute(update(events).where(first).values(published_at=NOW))

    async with engine.begin() as tx:
        assert await outbox.forget_old_events(tx, NOW) == 1

    assert await count(engine, events) == 1
