"""A drill: something is broken on purpose while people are at work; then all is looked at."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.canary import SONG, checkpoint, search
from tests.faults.audit import Findings
from tests.faults.trial import Trial

MOMENT_SECONDS = 0.5


class NotRun(Exception):
    """This drill cannot be held on this machine; what it needs is said, and it has not passed."""


@dataclass(slots=True)
class Harm:
    """What was done, and what its victims can tell that no ledger of people knows."""

    faults: int = 1
    # From the end of a fault until a person's step is through all services again, or as told.
    back_after: list[float] = field(default_factory=list)
    # Of those drills that keep a ledger of their own.
    answered: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    # What else was measured, and is too slow.
    others: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


Run: TypeAlias = Callable[[Trial], Awaitable[Harm]]


@dataclass(frozen=True, slots=True)
class Drill:
    """One line of the table."""

    name: str
    run: Run


@dataclass(slots=True, kw_only=True)
class Report:
    """What came of one drill."""

    name: str
    harm: Harm = field(default_factory=lambda: Harm(faults=0))
    answered: int = 0
    findings: Findings = field(default_factory=Findings)
    seconds: float = 0.0
    not_run: str = ""

    def __str__(self) -> str:
        if self.not_run:
            return f"{self.name:<45}not run: {self.not_run}"
        found = self.findings
        slowest = max(self.harm.back_after, default=None)
        back = "-" if slowest is None else f"{slowest:.1f}"
        return (
            f"{self.name:<45}{self.harm.faults:>7}{self.answered:>9}{len(found.lost):>6}"
            f"{len(found.doubled):>9}{len(found.others):>8}{back:>8}{self.seconds:>8.0f}"
        )


HEADING = (
    f"{'drill':<45}{'faults':>7}{'answered':>9}{'lost':>6}{'doubled':>9}{'others':>8}"
    f"{'back s':>8}{'took s':>8}"
)


async def hold(drill: Drill, trial: Trial) -> Report:
    """Hold one drill, and look at the whole life of the platform after it."""
    report, since, answered = Report(name=drill.name), time.monotonic(), trial.ledger.answered
    try:
        report.harm = await drill.run(trial)
        report.findings = await found(trial)
    except NotRun as reason:
        report.not_run = str(reason)
    except Exception as error:  # noqa: BLE001 -- what was found before it must still be told
        report.findings.others.append(f"broken off: {error!r}")
    report.findings.lost += report.harm.lost
    report.findings.doubled += report.harm.doubled
    report.findings.others += report.harm.others
    report.answered = trial.ledger.answered - answered + report.harm.answered
    report.seconds = time.monotonic() - since
    return report


async def found(trial: Trial) -> Findings:
    """Audit; rebuild what was heard from zero; look for what people wrote, byte by byte."""
    findings = await trial.verdict()
    findings.others += [f"a rebuild changes {table}" for table in await trial.rebuilt()]
    await checkpoint(trial.platform)
    findings.others += await asyncio.to_thread(list, in_clear(trial))
    return findings


def in_clear(trial: Trial) -> Iterator[str]:
    return (f"in clear in {file}: {sign!r}" for file, sign in search(trial.platform, SONG))
