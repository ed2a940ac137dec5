"""Every message comes three times and in no order, from the first time on: it ends the same."""

import asyncio
import random
from uuid import uuid4

from nats.js.api import DeliverPolicy

from common.broker import connect
from common.server import OPERATOR
from common.streams import EVENTS_STREAM, consumer
from common.topology import heard_by
from tests.faults.audit import BY_HAND, everything_in, fingerprints

TIMES = 3
LISTENERS = ("followup", "training", "reporting", "portal")


async def test_heard_three_times_and_in_no_order_it_ends_the_same(trial):
    village = trial.village
    mentors = [await village.mentor() for _ in range(4)]
    await trial.rest()
    for name in LISTENERS:
        trial.platform.service(name).stop()
    connection = await connect(trial.platform.surroundings.nats_url(OPERATOR), OPERATOR)
    heard = (await connection.jetstream().stream_info(EVENTS_STREAM)).state.last_seq

    pairs = [await village.brought_together(mentor) for mentor in mentors]
    await village.erasure()
    await asyncio.sleep(3)
    first = await say_in_no_order(connection, after=heard)
    for name in LISTENERS:
        await hear_from(connection, name, first)
        trial.restart(name)

    for pair_id in pairs:
        await village.plan_first_meeting(pair_id)
    assert (await trial.verdict()).all == []
    in_no_order = await fingerprints(trial.platform)
    await hear_all_again(connection, trial.platform)
    assert (await trial.verdict()).all == []
    assert await fingerprints(trial.platform) == in_no_order
    assert await trial.rebuilt() == {}


async def hear_all_again(connection, platform):
    """Let the consumers begin anew, as they are declared."""
    for name in LISTENERS:
        await connection.jetstream().delete_consumer(EVENTS_STREAM, name)
    await connection.close()
    await asyncio.to_thread(platform.declare)


async def say_in_no_order(connection, after):
    """Publish copies of what came last, shuffled; return the place of the first copy."""
    copies = [
        message
        for message in await everything_in(connection)
        if message.metadata.sequence.stream > after
    ] * TIMES
    random.Random(7).shuffle(copies)
    stream = connection.jetstream()
    places = []
    for copy in copies:
        headers = dict(copy.headers or {}) | {"Nats-Msg-Id": f"{BY_HAND}{uuid4()}"}
        places.append((await stream.publish(copy.subject, copy.data, headers=headers)).seq)
    return places[0]


async def hear_from(connection, service, sequence):
    """Let a service hear from here on, and nothing of what came before."""
    stream = connection.jetstream()
    await stream.delete_consumer(EVENTS_STREAM, service)
    declared = consumer(service, heard_by([service])[service])
    late = declared.evolve(deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=sequence)
    await stream.add_consumer(EVENTS_STREAM, late)
