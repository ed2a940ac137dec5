"""What is counted when somebody asks for the metrics: one look hides no other that fails."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import QueuePool

from common import metrics, quarantine
from common.direct import Direct
from common.listening import Listening
from common.outbox import events
from common.work import Worker

# Count something, and set what is told of it.
Look: TypeAlias = Callable[[], Awaitable[None]]
# Likewise, of what one service alone knows: totals, and nobody's name among their labels.
Figures: TypeAlias = Callable[[AsyncConnection], Awaitable[None]]

# Who counts the rows of people does it no more often, however many ask.
FIGURES_SECONDS = 60.0

PROMISED = select(
    func.count(), func.extract("epoch", func.now() - func.min(events.c.written_at))
).where(events.c.published_at.is_(None))
SIZE = select(func.pg_database_size(func.current_database()))


def looks_of(
    engine: AsyncEngine, listening: Listening, worker: Worker, figures: Figures
) -> Mapping[str, Look]:
    """Name what there is to count in a service."""
    return {
        "promises": promises(engine),
        "connections": connections(engine),
        "size": size(engine),
        "messages": messages(listening),
        "work": work(worker),
        "figures": now_and_then(engine, figures),
    }


def promises(engine: AsyncEngine) -> Look:
    async def look() -> None:
        async with Direct(engine) as connection:
            depth, age = (await connection.execute(PROMISED)).one()
            aside = await quarantine.depth(connection)
        metrics.OUTBOX_DEPTH.set(depth)
        metrics.OUTBOX_AGE_SECONDS.set(age or 0)
        metrics.QUARANTINE_DEPTH.set(aside)

    return look


def connections(engine: AsyncEngine) -> Look:
    async def look() -> None:
        if isinstance(engine.pool, QueuePool):
            metrics.DATABASE_CONNECTIONS.set(engine.pool.checkedout())
            metrics.DATABASE_CONNECTIONS_MOST.set(engine.pool.size())

    return look


def size(engine: AsyncEngine) -> Look:
    async def look() -> None:
        async with Direct(engine) as connection:
            metrics.DATABASE_BYTES.set(await connection.scalar(SIZE) or 0)

    return look


def messages(listening: Listening) -> Look:
    async def look() -> None:
        waiting = await listening.waiting()
        metrics.CONSUMER_PENDING.set(waiting.messages)
        metrics.CONSUMER_AGE_SECONDS.set(waiting.age_seconds)
        held, most = await listening.room()
        metrics.STREAM_BYTES.set(held)
        metrics.STREAM_BYTES_MOST.set(most)

    return look


def work(worker: Worker) -> Look:
    async def look() -> None:
        backlog = await worker.backlog()
        metrics.WORK_PIECES.set(backlog.pieces)
        metrics.WORK_AGE_SECONDS.set(backlog.age_seconds)

    return look


async def no_figures(_: AsyncConnection) -> None:
    pass


def now_and_then(engine: AsyncEngine, figures: Figures) -> Look:
    looked_at = float("-inf")

    async def look() -> None:
        nonlocal looked_at
        if figures is no_figures or time.monotonic() < looked_at + FIGURES_SECONDS:
            return
        async with Direct(engine) as connection:
            await figures(connection)
        looked_at = time.monotonic()

    return look
