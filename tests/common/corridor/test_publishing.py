"""What is emitted is published, once, in order, and again if the stream lost it."""

from contextlib import suppress

import asyncpg
from sqlalchemy import delete, func, select, update

from common import outbox, refill, rejoin
from common.broker import Message, connect, publish_batch
from common.contracts.intake.referrals import ReferralQualified
from common.database import plain, transaction
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


async def test_a_stream_is_refilled_page_by_page_with_what_it_lost_alone(
    engine, relay, declared, fresh_nats, monkeypatch
):
    monkeypatch.setattr(refill, "PAGE", 7)
    await announce(engine, *range(1, 31))
    await relay.relay()
    lost = {3, 7, 8, 29, 30}
    for place in lost:
        await declared.delete_msg(EVENTS_STREAM, place)
    operator = await connect(fresh_nats.url(OPERATOR), OPERATOR)

    assert await refill.refill(engine, operator, "intake") == len(lost)

    async with engine.connect() as tx:
        promised = select(events.c.position).where(events.c.published_at.is_(None))
        assert set((await tx.execute(promised)).scalars()) == lost
    await operator.close()


async def test_what_lies_in_the_stream_twice_is_kept_once_by_who_rejoins(
    engine, relay, connection, fresh_nats
):
    await announce(engine, 1, 2)
    await relay.relay()
    async with engine.begin() as tx:
        again = (await tx.execute(select(events).order_by(events.c.position))).all()
        await tx.execute(delete(events))
    # After its window for duplicates the stream takes the same message once more.
    await publish_batch(connection, [late(row) for row in again])
    operator = await connect(fresh_nats.url(OPERATOR), OPERATOR)
    database = await asyncpg.connect(plain(engine.url))

    told = await rejoin.take_in(database, operator, "intake")

    assert told.endswith("2 referral_qualified")
    async with engine.connect() as tx:
        places = await tx.execute(select(events.c.stream_sequence).order_by(events.c.position))
        assert list(places.scalars()) == [1, 2]
    await database.close()
    await operator.close()


def late(row):
    headers = {"message_id": str(row.message_id), "type": row.subject}
    return Message(
        subject=row.subject,
        id=f"{row.message_id} again",
        payload=row.body.encode(),
        headers=headers,
    )


async def test_old_published_events_are_dropped_and_unpublished_ones_never(engine):
    await announce(engine, 1, 2)
    async with engine.begin() as tx:
        await tx.execute(update(events).values(written_at=NOW.replace(year=2020)))
        first = events.c.position == select(func.min(events.c.position)).scalar_subquery()
        await tx.execute(update(events).where(first).values(published_at=NOW))

    async with engine.begin() as tx:
        assert await outbox.forget_old_events(tx, NOW) == 1

    assert await count(engine, events) == 1
