"""PostgreSQL is stopped, killed, put to sleep and made read-only, while people are at work."""

import asyncio
from collections.abc import Callable

from tests.faults.drills.drill import Harm
from tests.faults.trial import Trial

AWAY_SECONDS = 1.5
ASLEEP_SECONDS = 5


async def stopped(trial: Trial) -> Harm:
    return await away(trial, trial.platform.postgres.stop, trial.platform.postgres.start)


async def dead(trial: Trial) -> Harm:
    """The server and every session end without a word."""
    return await away(trial, trial.platform.postgres.kill, trial.platform.postgres.start)


async def asleep(trial: Trial) -> Harm:
    """It stops in the midst of all, with every connection open, and goes on later."""
    postgres = trial.platform.postgres
    return await away(trial, postgres.freeze, postgres.thaw, ASLEEP_SECONDS)


async def read_only(trial: Trial) -> Harm:
    """It answers, and takes nothing: as a replica does after a failover."""
    return await away(trial, lambda: take_nothing(trial, "on"), lambda: take_nothing(trial, "off"))


def take_nothing(trial: Trial, on_or_off: str) -> None:
    trial.platform.postgres.query(
        f"alter system set default_transaction_read_only = {on_or_off};\nselect pg_reload_conf()"
    )


async def away(
    trial: Trial,
    go: Callable[[], object],
    come_back: Callable[[], object],
    seconds: float = AWAY_SECONDS,
) -> Harm:
    """Let it go and come back; whoever asks meanwhile is told to come back, or waits."""
    async with trial.village.living():
        await asyncio.sleep(1)
        await asyncio.to_thread(go)
        async with asyncio.TaskGroup() as meanwhile:
            # All who live there may be waiting for news just then: somebody asks for certain.
            meanwhile.create_task(trial.village.referral())
            await asyncio.sleep(seconds)
            await asyncio.to_thread(come_back)
        back = await trial.well_again()
    return Harm(back_after=[back])
