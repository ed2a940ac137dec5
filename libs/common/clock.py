"""Time is an input: one clock for the whole platform, and the third door by which work comes in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

Job = Callable[[AsyncConnection, datetime], Awaitable[int]]


class Clock:
    """The real time, until it is moved; a moved clock goes on ticking from where it was put."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledJob:
    """A bounded batch of due work, asked for again and again until there is none."""

    name: str
    period: timedelta
    run: Job


@dataclass
class Schedule:
    """The jobs of one service that time itself sets off."""

    jobs: list[ScheduledJob] = field(default_factory=list)

    def every(
        self, *, seconds: float = 0, minutes: float = 0, hours: float = 0
    ) -> Callable[[Job], Job]:
        """Run this at its period, and at once whenever the simulated clock is moved."""
        period = timedelta(seconds=seconds, minutes=minutes, hours=hours)

        def keep(job: Job) -> Job:
            self.jobs.append(ScheduledJob(name=job.__name__, period=period, run=job))
            return job

        return keep
