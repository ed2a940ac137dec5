"""The clock of a machine is two hours off: of a service's, and of the portal's that signs tokens.

What must hold: a token that is too old or not valid yet by the clock of who reads it is refused
with 401; nothing is lost or doubled; events keep their order, which no clock decides.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from demo.actors import Actor, Refused
from demo.actors import Platform as Doors
from tests.faults.drills.drill import Harm, NotRun
from tests.faults.ledger import UNAUTHORISED
from tests.faults.trial import Trial

OFF = timedelta(hours=2)
# It announces who is ready by its own clock, and every journey waits for that.
SKEWED = "training"
LIVED_SECONDS = 2
SLACK = timedelta(minutes=5)


async def two_hours_off(trial: Trial) -> Harm:
    """Put one machine's clock two hours ahead, then two behind, while people are at work."""
    library = faketime()
    harm = Harm(faults=2)
    refused = trial.ledger.again[str(UNAUTHORISED)]
    async with trial.village.living():
        for offset in (OFF, -OFF):
            async with skewed(trial, library, offset):
                harm.others += await mistaken(trial, offset)
                await asyncio.sleep(LIVED_SECONDS)
        harm.back_after.append(await trial.well_again())
    harm.told.append(f"{trial.ledger.again[str(UNAUTHORISED)] - refused} commands were put off")
    return harm


def faketime() -> Path:
    """Find the library through which a process sees another time."""
    found = find_spec("libfaketime")
    [folder] = (found and found.submodule_search_locations) or [""]
    library = Path(folder, "vendor/libfaketime/src/libfaketime.so.1")
    if not library.exists():
        raise NotRun("needs libfaketime (PyPI: libfaketime)")
    return library


@asynccontextmanager
async def skewed(trial: Trial, library: Path, offset: timedelta) -> AsyncIterator[None]:
    """Let a service live on a machine whose clock is off; what it waits for takes as long."""
    service = trial.platform.service(SKEWED)
    await asyncio.to_thread(service.kill)
    trial.restart_cold(
        SKEWED,
        LD_PRELOAD=str(library),
        FAKETIME=f"{offset.total_seconds():+.0f}",
        DONT_FAKE_MONOTONIC="1",
        FAKETIME_NO_CACHE="1",
    )
    try:
        await trial.ready(SKEWED)
        if abs(await ahead(trial) - offset) > SLACK:
            raise NotRun("needs a libfaketime that this machine can load")
        yield
    finally:
        await asyncio.to_thread(service.kill)
        trial.restart(SKEWED)
        await trial.ready(SKEWED)


async def ahead(trial: Trial) -> timedelta:
    """Ask how far its clock is ahead of the others'."""
    clock = (await trial.doors.http.get(f"{trial.platform.url(SKEWED)}/clock")).json()
    return datetime.fromisoformat(clock["now"]) - await trial.doors.now()


async def mistaken(trial: Trial, offset: timedelta) -> list[str]:
    """Ask under tokens of the true time and of the wrong one; each is let in by its own alone."""
    doors, village = trial.doors, trial.village
    wrong_doors = Doors(doors.http, doors.urls, doors.signing_key, clock_off=offset)
    here, there = (
        each.actor("coordinator", village.association_id, village.coordinator.person_id)
        for each in (doors, wrong_doors)
    )
    await village.session(by=there)
    asked = ((here, SKEWED, "/sessions"), (there, "intake", "/referrals"))
    return [
        f"{service} took a token that is {offset} off"
        for actor, service, path in asked
        if not await is_refused(actor, service, path)
    ]


async def is_refused(actor: Actor, service: str, path: str) -> bool:
    try:
        await actor.get(service, path)
    except Refused as no:
        return no.status == UNAUTHORISED
    return False
