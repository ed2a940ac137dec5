"""How long a lone event waits to be handed over: FastStream's batches beside a plain fetch."""

import asyncio
import json
import time
from typing import Any

import nats
from faststream.nats import JStream, NatsBroker, PullSub
from nats.js import JetStreamContext

from benchmarks.conventional import open_server
from benchmarks.table import Line, percentile

SUBJECT = "events.lone"
TIME_OUT = 0.05
LONE_EVENTS = 40
APART_SECONDS = 0.12
# So long at most until the last event is heard as well.
LAST_SECONDS = 1.0


async def publish(stream: JetStreamContext) -> None:
    for _ in range(LONE_EVENTS):
        body = json.dumps({"sent": time.perf_counter()}).encode()
        await stream.publish(SUBJECT, body, headers={"content-type": "application/json"})
        await asyncio.sleep(APART_SECONDS)
    await asyncio.sleep(LAST_SECONDS)


async def by_faststream(url: str, stream: JetStreamContext) -> list[float]:
    broker = NatsBroker(url, logger=None)
    waits: list[float] = []

    @broker.subscriber(
        SUBJECT,
        stream=JStream("events", declare=False),
        durable="faststream",
        pull_sub=PullSub(batch=True, batch_size=256, timeout=TIME_OUT),
    )
    async def hear(messages: list[dict[str, Any]]) -> None:
        waits.extend(time.perf_counter() - each["sent"] for each in messages)

    await broker.start()
    await publish(stream)
    await broker.stop()
    return waits


async def by_fetch(stream: JetStreamContext) -> list[float]:
    subscription = await stream.pull_subscribe(SUBJECT, "fetch")
    waits: list[float] = []

    async def hear() -> None:
        while True:
            for message in await subscription.fetch(256, timeout=5):
                waits.append(time.perf_counter() - json.loads(message.data)["sent"])
                await message.ack()

    hearing = asyncio.create_task(hear())
    await publish(stream)
    hearing.cancel()
    # What the other listener was sent before came at once, and is not counted.
    return waits[-LONE_EVENTS:]


async def listening() -> list[Line]:
    """Let both wait for the same events, which come one at a time."""
    with open_server() as url:
        connection = await nats.connect(url)
        stream = connection.jetstream()
        await stream.add_stream(name="events", subjects=["events.>"])
        held = await by_faststream(url, stream)
        fetched = await by_fetch(stream)
        await connection.close()
    assert len(held) == len(fetched) == LONE_EVENTS
    return [
        told(f"FastStream, time-out {TIME_OUT * 1000:.0f} ms", held),
        told("nats-py, fetch", fetched),
    ]


def told(who: str, waits: list[float]) -> Line:
    figure = f"{percentile(waits, 50) * 1000:.1f} ms, median of {len(waits)}"
    return Line(number="", measure=f"a lone event waits, {who}", figure=figure)
