"""What is told of a consumer: how much waits for it, for how long, and what room is left."""

import time

import pytest

from common import database
from common.broker import Message, publish_batch
from common.events import Edge, EventRouter
from common.identity import new_id
from common.listening import Listening
from common.server import FILE_STORE
from common.streams import EVENTS_STREAM
from common.topology import EVENTS_SHARE
from tests.common.conftest import HEARD

[SUBJECT] = HEARD["intake"]


@pytest.fixture
def listening(declared, operator):
    nobody_acts = Edge(EventRouter("intake"), database.connect("postgresql+asyncpg://nowhere"))
    return Listening(operator, "intake", nobody_acts)


async def say(operator, *texts):
    messages = [
        Message(subject=SUBJECT, id=str(new_id()), payload=text, headers={}) for text in texts
    ]
    await publish_batch(operator, messages)


async def test_the_oldest_that_waits_grows_older_until_it_is_acted_upon(operator, listening):
    assert (await listening.waiting()).age_seconds == 0

    await say(operator, b"one", b"two")
    first_seen = time.monotonic()
    await listening.waiting()
    await say(operator, b"three")
    still = await listening.waiting()
    assert still.messages == 3
    assert 0 < still.age_seconds <= time.monotonic() - first_seen

    consumer = await operator.jetstream().pull_subscribe_bind("intake", EVENTS_STREAM)
    [one] = await consumer.fetch(1)
    await one.ack_sync()
    other = await listening.waiting()
    assert other.messages == 2
    assert other.since > still.since

    for each in await consumer.fetch(2):
        await each.ack_sync()
    assert (await listening.waiting()).age_seconds == 0


async def test_the_room_in_the_stream_is_told(operator, listening):
    await say(operator, b"x" * 1000)

    held, most = await listening.room()

    assert 1000 < held < 10_000
    assert 0 < most <= FILE_STORE * EVENTS_SHARE
