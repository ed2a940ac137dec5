"""PostgreSQL and NATS are lost, and put back from the backups of the last quiet moment."""

import time

from tests.faults.drills.drill import Harm
from tests.faults.trial import Trial
from tests.recovery.safe import Safe

# What a service announced after its backup was made, and does not know any more.
UNKNOWN = "not known here any more"


async def from_backup(trial: Trial) -> Harm:
    """Back up while nobody is at work, for what is said later is what a restore loses; lose all."""
    safe = Safe(trial.platform)
    async with trial.village.living():
        await trial.village.erasure()
    await trial.rest()
    await safe.keep()
    await safe.lose_everything()
    started = time.monotonic()
    told = await safe.put_back()
    await trial.well_again()
    missing = [line for line in told if UNKNOWN in line]
    return Harm(back_after=[time.monotonic() - started], told=missing)
