"""What one service announces another hears, over a real stream."""

import asyncio

from common.broker import connect
from common.contracts.intake.referrals import ReferralQualified
from common.events import Edge
from common.health import depths_of
from common.listening import Listening
from common.server import OPERATOR
from common.streams import EVENTS_STREAM, consumer
from common.topology import declare
from tests.common.corridor.numbers import announce, listening_router, numbers_seen
from tests.waiting import beside, eventually


async def test_what_one_service_announces_another_hears_once_and_in_order(
    engine, stored, relay, connection
):
    listening = Listening(connection, "intake", Edge(listening_router(), engine))

    async def all_heard():
        left = (await listening.waiting()).messages
        return len(await numbers_seen(engine)) >= 200 and not left

    async with beside(relay.run(), listening.run()):
        for first in range(1, 200, 20):
            await announce(engine, *range(first, first + 20))
        await eventually(all_heard)

    assert await numbers_seen(engine) == list(range(1, 201))


async def test_every_replica_tells_the_same_of_what_passed(engine, stored, relay, connection):
    """Else whoever waits until all is at rest waits for ever, asking one and then another."""
    replicas = [Listening(connection, "intake", Edge(listening_router(), engine)) for _ in range(2)]
    looks = [depths_of(engine, each.waiting) for each in replicas]
    before, before_at_the_other = [await look() for look in looks]

    async def at_rest():
        depths = await looks[0]()
        return depths.passed > before.passed and not depths.outbox and not depths.pending

    async with beside(relay.run(), replicas[0].run()):
        await announce(engine, 1, 2, 3)
        await eventually(at_rest)

    after, after_at_the_other = [await look() for look in looks]
    assert (before, after) == (before_at_the_other, after_at_the_other)


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
    leaving = Listening(connection, "intake", Edge(listening_router(never_end), engine))
    async with beside(leaving.run()):
        await eventually(reached.is_set)
    staying = Listening(connection, "intake", Edge(listening_router(), engine))

    async def all_heard():
        return len(await numbers_seen(engine)) == 40

    async with beside(staying.run()):
        await eventually(all_heard)


async def test_a_consumer_that_was_deleted_is_told_and_heard_again_once_it_is_declared(
    engine, stored, relay, connection, fresh_nats
):
    listening = Listening(connection, "intake", Edge(listening_router(), engine))
    operator = await connect(fresh_nats.url(OPERATOR), OPERATOR)

    async def heard():
        return await numbers_seen(engine) == [1]

    async with beside(listening.run()):
        await operator.jetstream().delete_consumer(EVENTS_STREAM, "intake")
        known = await listening.exists()
        await announce(engine, 1)
        await relay.relay()
        await declare(fresh_nats.url(OPERATOR), {"intake": [ReferralQualified.subject]})
        await eventually(heard)
        assert (known, await listening.exists()) == (False, True)
    await operator.close()
