"""The power of NATS and of PostgreSQL is cut: what they had acknowledged must still be there."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from local.ground import ground_of
from local.nats import Nats
from local.postgres import Postgres
from tests.faults.drills.bare import Careless, cuts_of_nats, cuts_of_postgres
from tests.faults.drills.disk import Disk, refuse_without_fuse
from tests.faults.drills.drill import MOMENT_SECONDS, Harm
from tests.faults.trial import Trial

CUTS_OF_NATS, CUTS_OF_POSTGRES, CUTS_OF_PLATFORM = 100, 20, 5
CUTS_WITHOUT = 3


async def nats_alone(_: Trial | None = None, cuts: int = CUTS_OF_NATS) -> Harm:
    return await compared(cuts_of_nats(Nats, cuts), cuts_of_nats(Careless, CUTS_WITHOUT))


async def postgres_alone(_: Trial | None = None, cuts: int = CUTS_OF_POSTGRES) -> Harm:
    return await compared(cuts_of_postgres("on", cuts), cuts_of_postgres("off", CUTS_WITHOUT))


async def nats_of_platform(trial: Trial) -> Harm:
    nats = trial.platform.nats
    return await cut_at_work(trial, nats, nats.store)


async def postgres_of_platform(trial: Trial) -> Harm:
    postgres = trial.platform.postgres
    return await cut_at_work(trial, postgres, ground_of(postgres.home, postgres.account))


async def compared(ours: Coroutine[Any, Any, Harm], without: Coroutine[Any, Any, Harm]) -> Harm:
    """Hold the drill with our settings, then without: then something must be lost."""
    harm, careless = await ours, await without
    lost = f"{len(careless.lost)} of {careless.answered} acknowledged"
    harm.told.append(f"without our settings {lost} are lost in {careless.faults} cuts")
    if not careless.lost:
        harm.others.append("nothing is lost without our settings: this drill cannot fail")
    return harm


async def cut_at_work(trial: Trial, server: Nats | Postgres, store: Path) -> Harm:
    """Cut the power of one server again and again while people are at work."""
    refuse_without_fuse()
    back = []
    await asyncio.to_thread(server.stop)
    try:
        with Disk(store) as disk:
            await asyncio.to_thread(server.start)
            async with trial.village.living():
                for _ in range(CUTS_OF_PLATFORM):
                    await asyncio.sleep(MOMENT_SECONDS)
                    await asyncio.to_thread(server.kill)
                    await asyncio.to_thread(disk.cut)
                    await asyncio.to_thread(server.start)
                    back.append(await trial.well_again())
            await asyncio.to_thread(server.stop)
    finally:
        await asyncio.to_thread(server.start)
    return Harm(faults=CUTS_OF_PLATFORM, back_after=back)
