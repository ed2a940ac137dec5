"""What the corridor costs: events a second and time per hop, beside a bare stream.

`python benchmarks/corridor.py` starts a NATS (`sync_interval: always`) and a PostgreSQL of its own
and prints, for the same number of messages, interleaved, medians of the rounds:

- bare: nats-py publishes with 1,000 in flight and another task pulls and acknowledges; no store;
- corridor: journeys of ten events; each hop is heard, noted in the inbox, kept in a state row and
  answered by the next event, all in one PostgreSQL commit a batch, then relayed to the stream;
- conventional: FastStream one message at a time, an ORM session each, publish awaited after commit.

and the time of a lone journey's hops with no other load.
"""

import argparse
import asyncio
import statistics
import subprocess
import sysconfig
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import nats
from faststream.nats import JStream, NatsBroker, PullSub
from sqlalchemy import Column, Integer, MetaData, Table, Uuid, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from common.broker import Connection, connect, publish_batch
from common.contracts import Event
from common.database import connect as connect_database
from common.database import later, metadata, transaction
from common.envelope import wrap
from common.events import Edge, EventRouter
from common.identity import new_id
from common.inbox import inbox
from common.listening import Listening
from common.outbox import emit, events
from common.relay import Relay
from common.server import OPERATOR
from common.streams import EVENTS_STREAM
from common.topology import declare
from local.ports import free_ports
from local.secrets import Secrets
from tests import servers

HOPS = 10
IN_FLIGHT = 1000
LONE_JOURNEYS = 100


class Hopped(Event):
    """A journey made another step."""

    subject: ClassVar[str] = "events.intake.hopped.v1"
    key: ClassVar[str] = "journey_id"

    journey_id: UUID


tables = MetaData()
journeys = Table(
    "journeys",
    tables,
    Column("id", Uuid, primary_key=True),
    Column("step", Integer, nullable=False),
)
_new = insert(journeys)
KEEP = _new.on_conflict_do_update(
    index_elements=["id"],
    set_={"step": _new.excluded.step},
    where=journeys.c.step < _new.excluded.step,
)

router = EventRouter("intake")
arrived: dict[UUID, float] = {}


@router.on(Hopped)
async def on_hopped(event: Hopped, tx: AsyncConnection) -> None:
    later(tx, KEEP, {"id": event.journey_id, "step": event.version})
    if event.version < HOPS:
        await emit(tx, event.model_copy(update={"version": event.version + 1}))
    else:
        arrived[event.journey_id] = time.perf_counter()


def first_step(journey_id: UUID) -> Hopped:
    return Hopped(
        occurred_at=datetime.now(UTC), association_id=None, version=1, journey_id=journey_id
    )


class Row(DeclarativeBase):
    pass


class Journey(Row):
    __tablename__ = "journeys"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    step: Mapped[int]


async def bare(connection: Connection, count: int) -> float:
    """Publish and consume the same messages with nothing in between; events a second."""
    stream = connection.jetstream(publish_async_max_pending=IN_FLIGHT)
    payload = wrap(first_step(new_id()), new_id()).encode()
    subscription = await stream.pull_subscribe_bind(consumer="intake", stream=EVENTS_STREAM)

    async def consume() -> None:
        left = count
        while left:
            messages = await subscription.fetch(min(left, 256), timeout=30)
            for message in messages:
                await message.ack()
            left -= len(messages)

    started = time.perf_counter()
    consuming = asyncio.create_task(consume())
    for _ in range(count):
        await stream.publish_async(Hopped.subject, payload, headers={"Nats-Msg-Id": str(new_id())})
    await stream.publish_async_completed()
    await consuming
    return count / (time.perf_counter() - started)


async def corridor(engine: AsyncEngine, connection: Connection, count: int) -> float:
    """Run journeys through the corridor; events a second, every effect asserted."""
    arrived.clear()
    ids = [new_id() for _ in range(count // HOPS)]
    async with running(engine, connection):
        started = time.perf_counter()
        async with transaction(engine) as tx:
            await emit(tx, *(first_step(each) for each in ids))
        await all_arrived(ids)
        seconds = time.perf_counter() - started
    async with engine.connect() as tx:
        done = select(func.count()).where(journeys.c.id.in_(ids), journeys.c.step == HOPS)
        assert await tx.scalar(done) == len(ids), "every journey ends, once"
    return count / seconds


async def lone(engine: AsyncEngine, connection: Connection) -> list[float]:
    """Time single journeys of ten hops with nothing else going on, in milliseconds."""
    times = []
    async with running(engine, connection):
        await asyncio.sleep(0.5)
        for _ in range(LONE_JOURNEYS):
            journey_id = new_id()
            started = time.perf_counter()
            async with transaction(engine) as tx:
                await emit(tx, first_step(journey_id))
            await all_arrived([journey_id])
            times.append((arrived[journey_id] - started) * 1000)
    return times


def running(engine: AsyncEngine, connection: Connection) -> "Running":
    relay = Relay(engine, partial(publish_batch, connection), None)
    return Running(
        relay.run(), Listening(connection, "intake", Edge(router, engine), lambda: None).run()
    )


class Running:
    """What works in the background for the length of a block."""

    def __init__(self, *work: Any) -> None:
        self.work = work
        self.tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> None:
        self.tasks = [asyncio.create_task(each) for each in self.work]

    async def __aexit__(self, *_: object) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def all_arrived(ids: list[UUID]) -> None:
    async with asyncio.timeout(120):
        while not all(each in arrived for each in ids):
            await asyncio.sleep(0.0005 if len(ids) == 1 else 0.01)


@contextmanager
def open_server() -> Iterator[str]:
    """Start a server without users, as tutorials do, of the same durability."""
    port = free_ports(1)[0]
    with servers.open_folder() as folder:
        configuration = folder / "nats.conf"
        store = f'jetstream {{ store_dir: "{folder}", sync_interval: always }}'
        configuration.write_text(f"listen: 127.0.0.1:{port}\n{store}\n")
        binary = Path(sysconfig.get_path("scripts")) / "nats-server"
        server = subprocess.Popen([binary, "-c", configuration, "-l", folder / "log"])  # noqa: S603
        try:
            yield f"nats://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


async def conventional(engine: AsyncEngine, url: str, count: int) -> float:
    """Do the same as most tutorials: a message, a session, a commit, an awaited publish."""
    broker = NatsBroker(url, logger=None)
    ended = 0

    @broker.subscriber(
        Hopped.subject,
        stream=JStream(EVENTS_STREAM, declare=False),
        durable="conventional",
        pull_sub=PullSub(batch_size=1, timeout=1.0),
    )
    async def hop(message: dict[str, Any]) -> None:
        nonlocal ended
        event = Hopped.model_validate(message["data"])
        async with AsyncSession(engine, expire_on_commit=False) as session:
            await session.execute(insert(inbox).values(message_id=UUID(message["id"])))
            row = await session.get(Journey, event.journey_id)
            if row is None:
                session.add(Journey(id=event.journey_id, step=event.version))
            else:
                row.step = event.version
            await session.commit()
        if event.version == HOPS:
            ended += 1
            return
        await publish(event.model_copy(update={"version": event.version + 1}))

    async def publish(event: Hopped) -> None:
        message_id = new_id()
        await broker.publish(
            wrap(event, message_id).encode(),
            Hopped.subject,
            stream=EVENTS_STREAM,
            timeout=5.0,
            headers={"Nats-Msg-Id": str(message_id), "content-type": "application/json"},
        )

    setting_up = await nats.connect(url, reconnect_time_wait=0.05, allow_reconnect=True)
    await setting_up.jetstream().add_stream(name=EVENTS_STREAM, subjects=[f"{EVENTS_STREAM}.>"])
    await setting_up.close()
    await broker.start()
    started = time.perf_counter()
    for _ in range(count // HOPS):
        await publish(first_step(new_id()))
    async with asyncio.timeout(60):
        while ended < count // HOPS:
            await asyncio.sleep(0.01)
    seconds = time.perf_counter() - started
    await broker.stop()
    return count / seconds


async def main(count: int, rounds: int) -> None:
    secrets = Secrets.made_new()
    with servers.open_folder() as folder:
        postgres, server = servers.postgres_in(folder, secrets), servers.nats_in(folder, secrets)
        postgres.start()
        server.start()
        try:
            await measure(postgres.url("intake"), server, count, rounds)
        finally:
            server.stop()
            postgres.stop()


async def measure(database_url: str, server: Any, count: int, rounds: int) -> None:
    engine = connect_database(database_url)
    async with engine.begin() as tx:
        for each in (metadata, tables):
            await tx.run_sync(each.create_all)
    await declare(server.url(OPERATOR), {"intake": [Hopped.subject]})
    connection = await connect(server.url("intake"), "intake")

    async def afresh(measured: Callable[[], Awaitable[Any]]) -> Any:
        async with engine.begin() as tx:
            await tx.exec_driver_sql("truncate journeys, events, inbox restart identity")
        return await measured()

    rates: dict[str, list[float]] = {"bare": [], "corridor": [], "conventional": []}
    for _ in range(rounds):
        rates["bare"].append(await afresh(partial(bare, connection, count)))
        rates["corridor"].append(await afresh(partial(corridor, engine, connection, count)))
        with open_server() as url:
            slow = partial(conventional, engine, url, count // 10)
            rates["conventional"].append(await afresh(slow))
    times = sorted(await afresh(partial(lone, engine, connection)))
    report(rates, times, count)
    await connection.close()
    await engine.dispose()


def report(rates: dict[str, list[float]], times: list[float], count: int) -> None:
    medians = {name: statistics.median(values) for name, values in rates.items()}
    print(f"{count} events a round, {len(rates['bare'])} rounds, sync_interval: always")
    for name, rate in medians.items():
        print(f"  {name:<14}{rate:>8.0f} events/s")
    print(f"  corridor / bare          {medians['corridor'] / medians['bare']:.2f}")
    print(f"  corridor / conventional  {medians['corridor'] / medians['conventional']:.1f}")
    p99 = times[int(len(times) * 0.99) - 1]
    print(f"  lone journey of {HOPS} hops: p50 {statistics.median(times):.1f} ms, p99 {p99:.1f} ms")


if __name__ == "__main__":
    line = argparse.ArgumentParser(description=__doc__)
    line.add_argument("--events", type=int, default=20_000)
    line.add_argument("--rounds", type=int, default=3)
    given = line.parse_args()
    asyncio.run(main(given.events, given.rounds))
