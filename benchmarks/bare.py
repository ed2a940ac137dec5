"""A stream and nothing else: the same messages published, fetched and acknowledged, not kept."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from benchmarks.hops import SERVICE, Hopped, first_step
from common.broker import Connection, Message, publish_batch
from common.envelope import wrap
from common.identity import new_id
from common.streams import EVENTS_STREAM

IN_FLIGHT = 1000
# What the corridor fetches at most.
FETCHED = 256
PATIENCE_SECONDS = 30

Publish: TypeAlias = Callable[[Connection, Sequence[Message]], Awaitable[None]]


async def publish_and_consume(connection: Connection, publish: Publish, count: int) -> float:
    """Do both at the same time; return messages a second."""
    messages = messages_of(count)
    started = time.perf_counter()
    consuming = asyncio.create_task(consume(connection, count))
    await publish(connection, messages)
    await consuming
    return count / (time.perf_counter() - started)


async def one_by_one(connection: Connection, messages: Sequence[Message]) -> None:
    """Publish message by message, with a thousand of them in flight."""
    stream = connection.jetstream(publish_async_max_pending=IN_FLIGHT)
    for message in messages:
        headers = {**message.headers, "Nats-Msg-Id": message.id}
        await stream.publish_async(message.subject, message.payload, headers=headers)
    await stream.publish_async_completed()


async def in_batches(connection: Connection, messages: Sequence[Message]) -> None:
    """Publish atomic batches of a thousand, one fsync each, as our relay does."""
    await publish_batch(connection, messages)


async def consume(connection: Connection, count: int) -> None:
    """Fetch what the corridor would fetch, and acknowledge each message."""
    stream = connection.jetstream()
    subscription = await stream.pull_subscribe_bind(consumer=SERVICE, stream=EVENTS_STREAM)
    seen: set[int] = set()
    while len(seen) < count:
        wanted = min(count - len(seen), FETCHED)
        for message in await subscription.fetch(wanted, timeout=PATIENCE_SECONDS):
            seen.add(message.metadata.sequence.stream)
            await message.ack()


def messages_of(count: int) -> Sequence[Message]:
    """Write the messages before the time is taken: bytes of the size that the corridor sends."""
    payload = wrap(first_step(new_id()), new_id()).encode()
    ids = [str(new_id()) for _ in range(count)]
    return [
        Message(
            subject=Hopped.subject,
            id=each,
            payload=payload,
            headers={"message_id": each, "type": Hopped.subject},
        )
        for each in ids
    ]
