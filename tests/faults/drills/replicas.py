"""Replicas come and go under load: a rolling restart of every service, and matching 1, 4, 1."""

import asyncio
from dataclasses import replace

from local.ports import SERVICES, free_ports
from local.service import Service
from tests.faults.drills.drill import Harm
from tests.faults.trial import Trial

SCALED, MORE = "matching", 3
LOAD_SECONDS = 2
HOUSEHOLDS = 5


async def rolled(trial: Trial) -> Harm:
    """Restart every service one replica at a time, with two of each."""
    harm = Harm(faults=0)
    unanswered = trial.ledger.again["no answer"]
    async with trial.village.living():
        for name in SERVICES:
            first, second = trial.platform.service(name), await joined(trial, name)
            for replica in (first, second):
                await asyncio.to_thread(replica.stop)
                await asyncio.to_thread(replica.start)
                harm.faults += 1
            await left(trial, second)
        harm.back_after.append(await trial.well_again())
    harm.told.append(f"{trial.ledger.again['no answer'] - unanswered} requests were cut off")
    return harm


async def scaled(trial: Trial) -> Harm:
    """Let matching have four replicas for a while, then one again."""
    async with trial.village.living(HOUSEHOLDS):
        others = [await joined(trial, SCALED) for _ in range(MORE)]
        await asyncio.sleep(LOAD_SECONDS)
        for replica in others:
            await left(trial, replica)
        back = await trial.well_again()
    return Harm(faults=2 * MORE, back_after=[back])


async def joined(trial: Trial, name: str) -> Service:
    """Add a replica: another process, on a port of its own."""
    first, [port] = trial.platform.service(name), free_ports(1)
    environment = first.environment | {"HTTP_PORT": str(port)}
    replica = replace(first, port=port, environment=environment, _child=None)
    await asyncio.to_thread(replica.start)
    trial.balanced.join(first.port, port)
    return replica


async def left(trial: Trial, replica: Service) -> None:
    """Take a replica away: first its requests, then itself."""
    trial.balanced.leave(trial.platform.service(replica.name).port, replica.port)
    await asyncio.to_thread(replica.stop)
