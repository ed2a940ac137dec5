"""How long a lone event waits to be handed over: FastStream's batches beside a plain fetch.

`python benchmarks/listening.py` starts a NATS server of its own and prints both medians.
"""

import asyncio
import json
import statistics
import time
from typing import Any

import nats
from faststream.nats import JStream, NatsBroker, PullSub
from nats.js import JetStreamContext

from benchmarks.corridor import open_server

SUBJECT = "events.lone"
TIME_OUT = 0.05
LONE_EVENTS = 40
APART_SECONDS = 0.12


async def publish(stream: JetStreamContext) -> None:
    for _ in range(LONE_EVENTS):
        body = json.dumps({"sent": time.perf_counter()}).encode()
        await stream.publish(SUBJECT, body, headers={"content-type": "application/json"})
        await asyncio.sleep(APART_SECONDS)


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


async def main() -> None:
    with open_server() as url:
        connection = await nats.connect(url, reconnect_time_wait=0.05)
        stream = connection.jetstream()
        await stream.add_stream(name="events", subjects=["events.>"])
        held = statistics.median(await by_faststream(url, stream)) * 1000
        fetched = statistics.median(await by_fetch(stream)) * 1000
        await connection.close()
    print(f"a lone event waits, median of {LONE_EVENTS}:")
    print(f"  FastStream, batches, time-out {TIME_OUT * 1000:.0f} ms  {held:.1f} ms")
    print(f"  nats-py, fetch                       {fetched:.1f} ms")


if __name__ == "__main__":
    asyncio.run(main())
