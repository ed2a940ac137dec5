"""The corridor over a real NATS and PostgreSQL: what is emitted is heard, once, in order."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Uuid, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from common import inbox, outbox, quarantine, refill
from common.broker import connect, publish_batch
from common.contracts.intake import ReferralQualified
from common.database import connect as connect_database
from common.database import is_away, metadata, transaction
from common.deliveries import retry_delay
from common.errors import Conflict, NotYetKnown
from common.events import LAST_DELIVERY, Edge, EventRouter
from common.identity import new_id
from common.listening import Listening
from common.outbox import emit, events
from common.relay import Relay
from common.server import OPERATOR
from common.streams import EVENTS_STREAM, consumer
from common.topology import declare
from tests import servers
from tests.deliveries import delivery_of, hear_by

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
seen = Table(
    "seen",
    MetaData(),
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("referral_id", Uuid, nullable=False),
)


def qualified(number: int, version: int = 1) -> ReferralQualified:
    return ReferralQualified(
        occurred_at=NOW,
        association_id=None,
        version=version,
        referral_id=UUID(int=number),
        mentee_id=UUID(int=1000 + number),
    )


async def remember(event, tx):
    await tx.execute(insert(seen).values(referral_id=event.referral_id))


def listening_router(handle=remember):
    router = EventRouter("intake")
    router.on(ReferralQualified)(handle)
    return router


@pytest.fixture
async def engine(postgres):
    """Some service's database, with the tables that every service has, empty."""
    engine = connect_database(postgres.url("intake"))
    async with engine.begin() as tx:
        await tx.run_sync(metadata.create_all)
        names = ", ".join(table.name for table in metadata.sorted_tables)
        await tx.exec_driver_sql(f"truncate {names} restart identity")
    yield engine
    await engine.dispose()


@pytest.fixture
async def stored(engine):
    """A table that listeners write to, empty."""
    async with engine.begin() as tx:
        await tx.run_sync(seen.metadata.drop_all)
        await tx.run_sync(seen.metadata.create_all)
    yield seen
    async with engine.begin() as tx:
        await tx.run_sync(seen.metadata.drop_all)


@pytest.fixture
def fresh_nats(secrets):
    """A NATS server with an empty disk: it starts in a few milliseconds."""
    with servers.open_folder() as folder:
        server = servers.nats_in(folder, secrets)
        server.start()
        yield server
        server.stop()


@pytest.fixture
async def connection(fresh_nats):
    await declare(fresh_nats.url(OPERATOR), {"intake": [ReferralQualified.subject]})
    connection = await connect(fresh_nats.url("intake"), "intake")
    yield connection
    await connection.close()


@pytest.fixture
def relay(engine, connection):
    return Relay(engine, partial(publish_batch, connection), None)


async def announce(engine, *numbers):
    async with transaction(engine) as tx:
        for number in numbers:
            await emit(tx, qualified(number))


async def numbers_seen(engine):
    async with engine.connect() as tx:
        rows = await tx.execute(select(seen.c.referral_id).order_by(seen.c.position))
        return [row.referral_id.int for row in rows]


async def count(engine, table):
    async with engine.connect() as tx:
        return await tx.scalar(select(func.count()).select_from(table))


async def kept(engine):
    async with engine.connect() as tx:
        return [(row.kind, row.reason) for row in await quarantine.kept(tx)]


async def eventually(condition):
    async with asyncio.timeout(20):
        while not await condition():
            await asyncio.sleep(0.02)


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


async def test_what_one_service_announces_another_hears_once_and_in_order(
    engine, stored, relay, connection
):
    listening = Listening(connection, "intake", Edge(listening_router(), engine), lambda: None)
    running = [asyncio.create_task(relay.run()), asyncio.create_task(listening.run())]

    for first in range(1, 200, 20):
        await announce(engine, *range(first, first + 20))

    async def all_heard():
        return len(await numbers_seen(engine)) >= 200 and await listening.pending() == 0

    await eventually(all_heard)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    assert await numbers_seen(engine) == list(range(1, 201))


async def miss_nobody_for(seconds, nats):
    """Let the server wait so long for a service that only fell silent."""
    operator = await connect(nats.url(OPERATOR), OPERATOR)
    patient = consumer("intake", [ReferralQualified.subject]).evolve(ack_wait=seconds)
    await operator.jetstream().add_consumer(EVENTS_STREAM, patient)
    await operator.close()


async def test_what_is_in_hand_when_a_service_leaves_is_handed_back_at_once(
    engine, stored, relay, connection, fresh_nats
):
    await miss_nobody_for(300, fresh_nats)
    reached = asyncio.Event()

    async def never_end(*_):
        reached.set()
        await asyncio.Event().wait()

    await announce(engine, *range(1, 41))
    await relay.relay()
    leaving = Listening(
        connection, "intake", Edge(listening_router(never_end), engine), lambda: None
    )
    task = asyncio.create_task(leaving.run())
    await reached.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    staying = Listening(connection, "intake", Edge(listening_router(), engine), lambda: None)
    task = asyncio.create_task(staying.run())

    async def all_heard():
        return len(await numbers_seen(engine)) == 40

    await eventually(all_heard)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_consumer_that_was_deleted_is_told_and_heard_again_once_it_is_declared(
    engine, stored, relay, connection, fresh_nats
):
    listening = Listening(connection, "intake", Edge(listening_router(), engine), lambda: None)
    task = asyncio.create_task(listening.run())
    operator = await connect(fresh_nats.url(OPERATOR), OPERATOR)

    await operator.jetstream().delete_consumer(EVENTS_STREAM, "intake")
    known = await listening.exists()
    await announce(engine, 1)
    await relay.relay()
    await declare(fresh_nats.url(OPERATOR), {"intake": [ReferralQualified.subject]})

    async def heard():
        return await numbers_seen(engine) == [1]

    await eventually(heard)
    assert (known, await listening.exists()) == (False, True)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await operator.close()


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
