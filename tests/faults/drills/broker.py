"""NATS dies, sleeps, loses its disk and fills it, while people are at work."""

import asyncio
import time

from local.nats import Nats
from local.recover import recovered
from tests.faults.audit import rows
from tests.faults.drills.drill import MOMENT_SECONDS, Harm
from tests.faults.trial import Trial

ASLEEP_SECONDS = 5
PROMISED = "select count(*) from events where published_at is null"
# What is left in a store that is nearly full: a few dozen events.
LEFT_BYTES = 20_000
# So many events wait only if none is taken any more.
MANY = 30
PATIENCE_SECONDS = 30


async def dead(trial: Trial) -> Harm:
    """People go on meanwhile: their events wait in the event tables."""
    nats = trial.platform.nats
    async with trial.village.living():
        await asyncio.sleep(1)
        await asyncio.to_thread(nats.kill)
        await trial.village.session()
        await asyncio.sleep(1)
        await asyncio.to_thread(nats.start)
        back = await trial.well_again()
    return Harm(back_after=[back])


async def asleep(trial: Trial) -> Harm:
    """It stops in the midst of all, with every connection open, and goes on later."""
    nats = trial.platform.nats
    async with trial.village.living():
        await asyncio.sleep(MOMENT_SECONDS)
        nats.freeze()
        await asyncio.sleep(ASLEEP_SECONDS)
        nats.thaw()
        back = await trial.well_again()
    return Harm(back_after=[back])


async def wiped(trial: Trial) -> Harm:
    """Its disk is lost; one command puts back all that it held, while people go on."""
    nats = trial.platform.nats
    async with trial.village.living():
        await asyncio.sleep(MOMENT_SECONDS)
        await asyncio.to_thread(nats.kill)
        nats.wipe()
        await asyncio.to_thread(nats.start)
        done = await asyncio.to_thread(recovered, trial.platform)
        back = await trial.well_again()
    return Harm(back_after=[back], told=done)


async def full(trial: Trial) -> Harm:
    """Its store is full, and says so; commands are answered, and what they say waits for room."""
    nats = trial.platform.nats
    room = nats.file_store
    async with trial.village.living():
        await asyncio.to_thread(restart, nats, stored(nats) + LEFT_BYTES)
        waiting = await many_promised(trial)
        await asyncio.to_thread(restart, nats, room)
        back = await trial.well_again()
    others = [] if waiting >= MANY else ["the store was never full"]
    return Harm(back_after=[back], others=others, told=[f"{waiting} events of intake waited"])


def restart(nats: Nats, room: int) -> None:
    nats.stop()
    nats.file_store = room
    nats.start()


def stored(nats: Nats) -> int:
    return sum(file.stat().st_size for file in nats.store.rglob("*") if file.is_file())


async def many_promised(trial: Trial) -> int:
    """Wait until many events of intake wait, and count them."""
    deadline, waiting = time.monotonic() + PATIENCE_SECONDS, 0
    while waiting < MANY and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
        [(waiting,)] = await rows(trial.platform, "intake", PROMISED)
    return waiting
