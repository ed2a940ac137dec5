"""Services are killed at every named place, and anywhere, while people are at work."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import groupby
from operator import itemgetter

import httpx

from demo.actors import Refused
from local.ports import SERVICES
from tests.faults.campaign import HOUSEHOLDS, IN_TIME_SECONDS, KILLERS, WHO
from tests.faults.drills.drill import Harm
from tests.faults.trial import Trial

# The clock's jobs are all tried at the start, in vain.
IN_VAIN = "schedule.handled"
PASSES, PASSES_IN_VAIN = range(1, 4), range(8, 16)
# They are tried again whenever time passes.
STEP = timedelta(seconds=1)
STEP_SECONDS = 0.5
# A service, and where it dies: each of them at each place that it passes.
Aim = tuple[str, str]
EVERYWHERE: tuple[Aim, ...] = tuple((name, place) for place, names in WHO.items() for name in names)


async def everywhere(trial: Trial, aims: Sequence[Aim] = EVERYWHERE) -> Harm:
    """Kill each service at one place after the other, two services at a time."""
    harm = Harm(faults=0)
    waiting: asyncio.Queue[tuple[str, list[str]]] = asyncio.Queue()
    for name, group in groupby(sorted(aims), key=itemgetter(0)):
        waiting.put_nowait((name, [place for _, place in group]))
    died: set[str] = set()
    async with trial.village.living(HOUSEHOLDS):
        passing = asyncio.create_task(let_time_pass(trial))
        await asyncio.gather(*(kill(trial, harm, died, waiting) for _ in range(KILLERS)))
        passing.cancel()
        harm.back_after.append(await trial.well_again())
    missed = {place for _, place in aims} - died
    harm.others += [f"nobody died at {place}" for place in sorted(missed)]
    return harm


async def kill(
    trial: Trial, harm: Harm, died: set[str], waiting: asyncio.Queue[tuple[str, list[str]]]
) -> None:
    """Take one service after the other; the rest must live, or nobody would come by."""
    while not waiting.empty():
        name, places = waiting.get_nowait()
        service = trial.platform.service(name)
        await asyncio.to_thread(service.kill)
        for place in places:
            trial.restart(name, crash_at=f"{place}:{nth(place)}")
            if await trial.death_of(name, within=IN_TIME_SECONDS):
                died.add(place)
            else:
                await asyncio.to_thread(service.kill)
                harm.told.append(f"{name} did not come by {place} in time, and died elsewhere")
            harm.faults += 1
        trial.restart(name)
        await trial.ready(name)


def nth(place: str) -> int:
    return random.choice(PASSES_IN_VAIN if place == IN_VAIN else PASSES)


async def let_time_pass(trial: Trial) -> None:
    """Put the platform's clock forward, whenever there is a service to be told."""
    while True:
        with suppress(httpx.HTTPError, Refused):
            later = await trial.doors.now() + STEP
            await trial.doors.admin().post("intake", "/clock", {"now": later.isoformat()})
        await asyncio.sleep(STEP_SECONDS)


async def cold(trial: Trial) -> Harm:
    """Kill each service, and start it as a supervisor would: a new process, imports and all."""
    harm = Harm(faults=len(SERVICES))
    async with trial.village.living(1):
        for name in SERVICES:
            await asyncio.to_thread(trial.platform.service(name).kill)
            trial.restart_cold(name)
            harm.back_after.append(await trial.ready(name))
    harm.told.append(f"ready again in {sorted(round(each, 1) for each in harm.back_after)} s")
    return harm
