"""Kill for minutes, then look whether anything was lost: `python -m tests.faults.campaign`.

    python -m tests.faults.campaign --kills 1000 [--minutes 6] [--places relay.marked …] [--seed 1]

Round after round, at one named place after the other, every service that passes there is killed
and started again while people are at work; a service that does not come by in time is killed
wherever it is. Each round ends with an audit of the platform's whole life. Not part of
`make test`, which does a small one of the kind.
"""

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from common.crash import POINTS
from tests.faults.audit import Findings
from tests.faults.ledger import Ledger
from tests.faults.trial import Trial, standing

WORKERS = ("intake", "matching", "followup", "training")
EVERYBODY = (*WORKERS, "reporting", "portal")
# Nothing falls due in followup, reporting and portal while this runs.
WHO = {
    "http.handled": EVERYBODY,
    "http.committed": EVERYBODY,
    "events.handled": EVERYBODY,
    "events.committed": EVERYBODY,
    "relay.selected": EVERYBODY,
    "relay.published": EVERYBODY,
    "relay.marked": EVERYBODY,
    "schedule.handled": EVERYBODY,
    "schedule.committed": ("intake", "matching", "training"),
}
PASSES = range(1, 4)
# The clock's jobs are all tried at the start: later than that, or nobody would ever work.
TICKS = range(10, 40)
IN_TIME_SECONDS = 15.0
HOUSEHOLDS = 4
KILLERS = 2
AT_A_TIME = 4


@dataclass(slots=True)
class Round:
    """What was done at one place, and what came of it."""

    place: str
    at_place: int = 0
    anywhere: int = 0
    answered: int = 0
    by_service: Counter[str] = field(default_factory=Counter)
    back_after: list[float] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    others: int = 0

    @property
    def killed(self) -> int:
        return self.at_place + self.anywhere

    def __str__(self) -> str:
        slowest = max(self.back_after, default=0.0)
        median = sorted(self.back_after)[len(self.back_after) // 2] if self.back_after else 0.0
        return (
            f"{self.place:<20}{self.at_place:>9}{self.anywhere:>10}{self.answered:>10}"
            f"{self.lost:>6}{self.doubled:>9}{self.others:>8}{median:>9.2f}{slowest:>9.2f}"
        )


HEADING = (
    f"{'fault':<20}{'at place':>9}{'anywhere':>10}{'answered':>10}"
    f"{'lost':>6}{'doubled':>9}{'others':>8}{'back s':>9}{'slowest':>9}"
)


class Campaign:
    """Rounds on one platform; what one leaves behind is found by the audit of the next as well."""

    def __init__(self, trial: Trial, chance: random.Random) -> None:
        self.trial = trial
        self.chance = chance
        self.found = Findings()

    async def fight(self, place: str, kills: int, until: float) -> Round:
        """Kill so often, or until time is up; then audit."""
        fought = Round(place)
        answered = self.trial.ledger.answered
        waiting: asyncio.Queue[str] = asyncio.Queue()
        for name in WHO[place]:
            waiting.put_nowait(name)
        async with self.trial.village.living(HOUSEHOLDS):
            killers = (self._kill(fought, waiting, kills, until) for _ in range(KILLERS))
            await asyncio.gather(*killers)
        await self._judge(fought)
        fought.answered = self.trial.ledger.answered - answered
        return fought

    async def _kill(
        self, fought: Round, waiting: asyncio.Queue[str], kills: int, until: float
    ) -> None:
        """Take one service after the other; the rest must live, or nobody would come by."""
        # Once at least, so that no place is left out when time is short.
        while not fought.killed or (fought.killed < kills and time.monotonic() < until):
            name = waiting.get_nowait()
            service = self.trial.platform.service(name)
            await asyncio.to_thread(service.kill)
            for _ in range(AT_A_TIME):
                await self._kill_one(fought, name)
            self.trial.restart(name)
            fought.back_after.append(await self.trial.ready(name))
            waiting.put_nowait(name)

    async def _kill_one(self, fought: Round, name: str) -> None:
        self.trial.restart(name, crash_at=self._aim(fought.place))
        if await self.trial.death_of(name, within=IN_TIME_SECONDS):
            fought.at_place += 1
        else:
            await asyncio.to_thread(self.trial.platform.service(name).kill)
            fought.anywhere += 1
        fought.by_service[name] += 1

    def _aim(self, place: str) -> str:
        times = TICKS if place == "schedule.handled" else PASSES
        return f"{place}:{self.chance.choice(times)}"

    async def _judge(self, fought: Round) -> None:
        before, self.found = self.found, await self.trial.verdict()
        fought.lost = len(self.found.lost) - len(before.lost)
        fought.doubled = len(self.found.doubled) - len(before.doubled)
        fought.others = len(self.found.others) - len(before.others)


async def campaign(trial: Trial, asked: argparse.Namespace) -> bool:
    """Go through all the places, print a line for each, and say whether all is well."""
    fighting = Campaign(trial, random.Random(asked.seed))
    since, rounds = time.monotonic(), []
    say(HEADING)
    for number, place in enumerate(asked.places):
        left = since + asked.minutes * 60 - time.monotonic()
        share = time.monotonic() + left / (len(asked.places) - number)
        rounds.append(await fighting.fight(place, asked.kills // len(asked.places), share))
        say(str(rounds[-1]))
    different = await trial.rebuilt()
    for line in summary(trial, rounds, time.monotonic() - since):
        say(line)
    say(f"projections that a rebuild from zero changes: {', '.join(different) or 'none'}")
    for finding in fighting.found.all[:20]:
        say(finding)
    return not fighting.found.all and not different


def summary(trial: Trial, rounds: list[Round], seconds: float) -> Iterator[str]:
    services: Counter[str] = sum((each.by_service for each in rounds), Counter())
    missed = POINTS.intersection(each.place for each in rounds) - {
        each.place for each in rounds if each.at_place
    }
    yield f"{sum(each.killed for each in rounds)} kills in {seconds:.0f} s: {dict(services)}"
    yield f"commands answered: {trial.ledger.answered}; asked again: {dict(trial.ledger.again)}"
    yield f"places where nobody died: {', '.join(sorted(missed)) or 'none'}"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def fight_on(asked: argparse.Namespace) -> bool:
    with standing() as platform:
        async with Trial.on(platform, Ledger(patience=180)) as trial:
            return await campaign(trial, asked)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--places", nargs="+", choices=sorted(WHO), default=sorted(WHO))
    parser.add_argument("--seed", type=int, default=1)
    return 0 if asyncio.run(fight_on(parser.parse_args())) else 1


if __name__ == "__main__":
    sys.exit(main())
