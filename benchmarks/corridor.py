"""What the corridor costs: the same journeys beside a bare stream and a conventional design.

In rounds, one after the other, all with `sync_interval: always`:

- bare, one by one: a thousand publishes in flight, fetched and acknowledged, nothing kept;
- bare, in batches: the same by atomic batches of a thousand, as our relay publishes;
- corridor: journeys of ten events; each is heard, noted in the inbox, kept in a state row and
  answered by the next event, in one PostgreSQL commit a batch, then relayed to the stream;
- conventional: FastStream one message at a time, an ORM session each, then an awaited publish.
"""

import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.bare import Publish, in_batches, one_by_one, publish_and_consume
from benchmarks.conventional import conventional
from benchmarks.ground import open_ground
from benchmarks.hops import HOPS, SERVICE, Hopped, Travel, journeys, metadata
from benchmarks.table import Aim, Line, rates, timed
from common.broker import Connection, connect
from common.database import connect as connect_database
from common.database import metadata as every_service
from common.identity import new_id
from common.inbox import inbox
from common.outbox import events
from common.server import OPERATOR
from common.topology import declare
from local.nats import Nats

EVENTS = 10_000
ROUNDS = 3
# The conventional design gets a tenth: it would take a minute a round.
SLOWER = 10
LONE_JOURNEYS = 100
Contender: TypeAlias = Callable[[int], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Course:
    """Where the contenders run."""

    engine: AsyncEngine
    nats: Nats

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Connect anew: what the one before had asked of the stream ends with its connection."""
        connection = await connect(self.nats.url(SERVICE), SERVICE)
        yield connection
        await connection.close()

    @asynccontextmanager
    async def travel(self) -> AsyncIterator[Travel]:
        async with self.connection() as connection:
            travel = Travel(self.engine, connection)
            async with travel.open():
                yield travel

    async def clear(self) -> None:
        async with self.engine.begin() as tx:
            await tx.exec_driver_sql("truncate journeys, events, inbox restart identity")

    async def corridor(self, count: int) -> float:
        """Run journeys through the corridor; return events a second, every effect asserted."""
        async with self.travel() as travel:
            started = time.perf_counter()
            await travel.go([new_id() for _ in range(count // HOPS)])
            seconds = time.perf_counter() - started
        await self.assert_kept(count)
        return count / seconds

    async def bare(self, publish: Publish, count: int) -> float:
        async with self.connection() as connection:
            return await publish_and_consume(connection, publish, count)

    async def conventional(self, count: int) -> float:
        rate = await conventional(self.engine, count // SLOWER)
        await self.assert_kept(count // SLOWER, promised=False)
        return rate

    async def assert_kept(self, count: int, *, promised: bool = True) -> None:
        """Assert that every journey went to its end, and every message was heard once."""
        assert await self._count(journeys.c.step == HOPS) == count // HOPS
        assert await self._count(inbox.c.message_id.is_not(None)) == count
        if promised:
            assert await self._count(events.c.message_id.is_not(None)) == count

    async def _count(self, those: ColumnElement[bool]) -> int:
        async with self.engine.connect() as tx:
            return await tx.scalar(select(func.count()).where(those)) or 0


@asynccontextmanager
async def open_course() -> AsyncIterator[Course]:
    with open_ground() as ground:
        engine = connect_database(ground.postgres.url(SERVICE))
        async with engine.begin() as tx:
            for each in (every_service, metadata):
                await tx.run_sync(each.create_all)
        await declare(ground.nats.url(OPERATOR), {SERVICE: [Hopped.subject]})
        yield Course(engine, ground.nats)
        await engine.dispose()


@dataclass(slots=True)
class Race:
    """What each contender made of it, round by round."""

    rates: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, rate: float) -> None:
        self.rates.setdefault(name, []).append(rate)

    def line(self, number: str, other: str, aim: Aim) -> Line:
        ours, theirs = self.rates["corridor"], self.rates[other]
        # Round by round: what else the machine does weighs on both of a round alike.
        ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        return Line(
            number=number,
            measure=f"corridor / {other}",
            figure=f"{rates(ours)} against {rates(theirs)}",
            value=statistics.median(ratios),
            aim=aim,
        )


async def corridor(count: int = EVENTS, rounds: int = ROUNDS) -> list[Line]:
    """Compare the corridor, events a second, with two bare streams and the usual design."""
    race = Race()
    async with open_course() as course:
        contenders: dict[str, Contender] = {
            "bare, one by one": partial(course.bare, one_by_one),
            "bare, in batches": partial(course.bare, in_batches),
            "corridor": course.corridor,
            "conventional": course.conventional,
        }
        for _ in range(rounds):
            for name, run in contenders.items():
                await course.clear()
                race.note(name, await run(count))
    return [
        race.line("E1", "bare, one by one", Aim(goal=0.35, moonshot=1)),
        race.line("E1", "bare, in batches", Aim(goal=0.35, moonshot=1)),
        race.line("E2", "conventional", Aim(goal=12, moonshot=50)),
    ]


async def lone(count: int = LONE_JOURNEYS) -> list[Line]:
    """Time single journeys of ten hops with nothing else going on."""
    seconds = []
    async with open_course() as course:
        async with course.travel() as travel:
            await travel.go([new_id()])
            for _ in range(count):
                started = time.perf_counter()
                await travel.go([new_id()])
                seconds.append(time.perf_counter() - started)
        await course.assert_kept(HOPS * (count + 1))
    aims = {
        50: Aim(goal=40, moonshot=10, unit="ms"),
        99: Aim(goal=100, moonshot=25, unit="ms"),
    }
    return timed("E3", "a lone journey of ten hops", seconds, aims)
