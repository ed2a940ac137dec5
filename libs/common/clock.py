"""Time is an input: one clock for the whole platform, and the third door by which work comes in.

In local mode `python -m common.clock show` tells the simulated time, and
`python -m common.clock advance 7d` moves it, for all services together.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.crash import crash_point
from common.database import transaction
from common.direct import Direct
from common.hearing import Hearing
from common.metrics import JOB_FAILURES, JOB_SECONDS
from common.tracing import continued

log = structlog.get_logger()

# Handle a bounded batch of due rows, in order, and return how many there were.
Job = Callable[[AsyncConnection, datetime], Awaitable[int]]
# Look, without a transaction and without a lock, whether a job has anything to do.
Look = Callable[[AsyncConnection, datetime], Awaitable[bool]]

# A job that still finds work after so many batches counts its own work as new: a fault of ours.
MOST_BATCHES = 10_000
FIRST_RETRY = timedelta(seconds=1)
LONGEST_WAIT = timedelta(seconds=60)
# A job of so short a period acts upon what was just heard: it does not wait for its period.
PROMPT = timedelta(seconds=5)
PROMPTLY = timedelta(seconds=1)
# Under load, what is heard in such a moment is looked at together.
MOMENT_SECONDS = 0.03

# The lock of a job, by its name; the seed keeps it apart from other uses of advisory locks.
MINE = select(
    func.pg_try_advisory_xact_lock(func.hashtextextended(bindparam("job", type_=Text), 4_107)),
    Hearing.TOGETHER.begun,
)


class Clock:
    """The real time, until it is moved; a moved clock goes on ticking from where it was put.

    It may begin behind real time, for a story that plays on dates of its own.
    """

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self._ahead = ahead
        self._moved = asyncio.Event()
        self.moves = 0
        self.stirs = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, ahead: timedelta) -> None:
        """Put the clock so far ahead of real time; it is never put back."""
        if ahead <= self._ahead:
            return
        self._ahead = ahead
        self.moves += 1
        self._tell()

    def stir(self) -> None:
        """Let the prompt jobs look at what was just heard, or asked for."""
        self.stirs += 1
        self._tell()

    @property
    def changes(self) -> int:
        """Count how often it was moved or stirred."""
        return self.moves + self.stirs

    async def moved(self, within: timedelta, since: int) -> None:
        """Wait until it was moved or stirred more often than `since`, or so much time has passed.

        Several may wait: who was busy when it happened finds by the count that it did.
        """
        if self.changes != since:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(within.total_seconds()):
                await self._moved.wait()

    def _tell(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledJob:
    """A bounded batch of due work, asked for again and again until there is none."""

    name: str
    period: timedelta
    run: Job
    # A batch with less in it was the last one.
    at_once: int = 1
    due: Look | None = None


@dataclass
class Schedule:
    """The jobs of one service that time itself sets off."""

    jobs: list[ScheduledJob] = field(default_factory=list)

    def every(
        self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, at_once: int = 1
    ) -> Callable[[Job], Job]:
        """Run this at its period, and at once whenever the simulated clock is moved.

        Say how much one batch takes `at_once`, and there is no look in vain after a smaller one.
        """
        period = timedelta(seconds=seconds, minutes=minutes, hours=hours)
        if period <= timedelta():
            raise ValueError("a job needs a period")
        return partial(self._keep, period, at_once, None)

    def promptly(self, due: Look, *, at_once: int = 1) -> Callable[[Job], Job]:
        """Run this every second and after all that was heard or asked, if a look says it is due.

        Most of these looks are in vain, and one statement instead of a transaction with a lock.
        """
        return partial(self._keep, PROMPTLY, at_once, due)

    def _keep(self, period: timedelta, at_once: int, due: Look | None, job: Job) -> Job:
        self.jobs.append(
            ScheduledJob(name=job.__name__, period=period, run=job, at_once=at_once, due=due)
        )
        return job


class Turn:
    """When a job is next due in real time, and how often it has failed since it last went well."""

    def __init__(self, job: ScheduledJob) -> None:
        self.job = job
        self.failures = 0
        self.due_at = time.monotonic()

    def put_off(self, *, failed: bool) -> None:
        """Wait for the next period, or a little and ever longer after a failure."""
        self.failures = self.failures + 1 if failed else 0
        longer = FIRST_RETRY * 2 ** min(self.failures - 1, 10) if failed else self.job.period
        wait = min(longer, LONGEST_WAIT, self.job.period) if failed else longer
        self.due_at = time.monotonic() + wait.total_seconds()


class Ticker:
    """Run the due work of one service: each batch in a transaction of its own, until none is left.

    Replicas do not double each other: who holds a job's lock does the batch, the others pass.
    """

    def __init__(self, engine: AsyncEngine, schedule: Schedule, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._turns = [Turn(job) for job in schedule.jobs]
        self._ran_for = -1
        self._looked_at = 0

    @property
    def settled(self) -> bool:
        """Say whether all that is due at the present time, after what was heard, has been done."""
        up_to_date = self._ran_for == self._clock.moves and self._looked_at == self._clock.stirs
        return up_to_date and not any(each.failures for each in self._turns)

    async def run(self) -> None:
        """Tick for as long as the service lives."""
        while True:
            seen = self._clock.changes
            await self.run_due()
            await self._clock.moved(within=self._next_in(), since=seen)
            if self._looked_at != self._clock.stirs:
                await asyncio.sleep(MOMENT_SECONDS)

    async def run_due(self) -> None:
        """Run every job whose period is over, or all of them if the clock was moved."""
        moves, stirs = self._clock.moves, self._clock.stirs
        for turn in self._turns:
            prompted = stirs != self._looked_at and turn.job.period <= PROMPT
            if moves != self._ran_for or prompted or turn.due_at <= time.monotonic():
                await self._take(turn)
        self._ran_for, self._looked_at = moves, stirs

    def _next_in(self) -> timedelta:
        soonest = min((turn.due_at for turn in self._turns), default=float("inf"))
        left = timedelta(seconds=max(0.0, min(soonest - time.monotonic(), 3600.0)))
        return min(left, LONGEST_WAIT)

    async def _take(self, turn: Turn) -> None:
        """Do one job to its end; its failure is its own, and the others go on."""
        try:
            with continued(None, turn.job.name):
                await self._run(turn.job)
        except Exception:
            log.exception("job_failed", job=turn.job.name, failures=turn.failures + 1)
            JOB_FAILURES.labels(turn.job.name).inc()
            turn.put_off(failed=True)
        else:
            turn.put_off(failed=False)

    async def _run(self, job: ScheduledJob) -> None:
        for _ in range(MOST_BATCHES):
            if not await self._is_due(job):
                return
            with JOB_SECONDS.labels(job.name).time():
                handled = await self._run_batch(job)
            if handled:
                log.info("job_ran", job=job.name, handled=handled)
                crash_point("schedule.committed")
            if handled < job.at_once:
                return
        raise RuntimeError(f"{job.name} finds work without end")

    async def _is_due(self, job: ScheduledJob) -> bool:
        if job.due is None:
            return True
        async with Direct(self._engine) as database:
            return await job.due(database, self._clock.now())

    async def _run_batch(self, job: ScheduledJob) -> int:
        async with transaction(self._engine) as tx:
            if not await tx.scalar(MINE, {"job": job.name}):
                return 0
            handled = await job.run(tx, self._clock.now())
            crash_point("schedule.handled")
        return handled


if __name__ == "__main__":
    from common.simulation import main

    main()
