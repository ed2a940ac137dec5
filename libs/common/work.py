"""Long work that replicas share: each takes a piece of it, and another, until none is left.

It is apart from the jobs of a schedule, which are short, and done by one replica at a time. Who
offers the work sees to it that no two replicas take the same piece, and that a piece is free
again when whoever took it dies.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.clock import FIRST_RETRY, LONGEST_WAIT, MOMENT_SECONDS, Clock
from common.direct import Direct
from common.metrics import JOB_FAILURES

log = structlog.get_logger()

# Another replica may have left something to do: nobody tells us but the database.
LOOK_AGAIN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How much is left to do, and for how long its oldest piece has been: a scaler reads it."""

    pieces: int = 0
    age_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to be done, and how to do a piece of it."""

    name: str
    backlog: Callable[[AsyncConnection], Awaitable[Backlog]]
    # Do one piece, and say whether there was one to take.
    piece: Callable[[datetime], Awaitable[bool]]


NO_WORK = Backlog()


async def nothing(_: AsyncConnection) -> Backlog:
    return NO_WORK


async def no_piece(_: datetime) -> bool:
    return False


IDLE = Work(name="idle", backlog=nothing, piece=no_piece)


class Worker:
    """Do the work of one replica, piece by piece, for as long as the service lives."""

    def __init__(self, engine: AsyncEngine, work: Work, clock: Clock) -> None:
        self._engine = engine
        self._work = work
        self._clock = clock
        self._looked_at = -1
        self._failures = 0

    @property
    def settled(self) -> bool:
        """Say whether there was nothing left when it last looked, and nothing was asked since."""
        up_to_date = self._looked_at == self._clock.changes and not self._failures
        return up_to_date or self._work is IDLE

    async def backlog(self) -> Backlog:
        async with Direct(self._engine) as database:
            return await self._work.backlog(database)

    async def run(self) -> None:
        while True:
            seen = self._clock.changes
            if await self.take_all():
                self._looked_at = seen
                await self._clock.moved(within=LOOK_AGAIN, since=seen)
                await asyncio.sleep(MOMENT_SECONDS)
            else:
                # Whoever failed does not try again at once because somebody asks for more.
                await asyncio.sleep(self._patience().total_seconds())

    async def take_all(self) -> bool:
        """Take pieces until none is left; False: one failed, which is told, and tried again."""
        try:
            if (await self.backlog()).pieces:
                # Until it says no: so it knows that it is at rest, and what it need not keep.
                while await self._work.piece(self._clock.now()):
                    log.info("work_done", job=self._work.name)
        except Exception:
            self._failures += 1
            log.exception("work_failed", job=self._work.name, failures=self._failures)
            JOB_FAILURES.labels(self._work.name).inc()
            return False
        self._failures = 0
        return True

    def _patience(self) -> timedelta:
        longer: timedelta = FIRST_RETRY * 2 ** min(self._failures - 1, 10)
        return min(longer, LONGEST_WAIT)
