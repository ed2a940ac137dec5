"""A service that can hardly follow: the others go on, and it hears everything all the same."""

import asyncio
import time

from common.streams import consumer
from tests.faults.drills.drill import Harm
from tests.faults.trial import Trial

SLOW = "reporting"
# Longer than its messages wait for it: they come again while it still holds them.
STANDS_SECONDS = consumer(SLOW, []).ack_wait + 2  # type: ignore[operator] # we always say it
CRAWLS_SECONDS = 4
# Nineteen parts of twenty it does nothing.
WORKS_SECONDS, RESTS_SECONDS = 0.02, 0.38


async def slow(trial: Trial) -> Harm:
    """Let one service stand still, then crawl, while the others live."""
    service = trial.platform.service(SLOW)
    answered = trial.ledger.answered
    async with trial.village.living():
        service.freeze()
        await asyncio.sleep(STANDS_SECONDS)
        meanwhile = trial.ledger.answered - answered
        deadline = time.monotonic() + CRAWLS_SECONDS
        while time.monotonic() < deadline:
            service.thaw()
            await asyncio.sleep(WORKS_SECONDS)
            service.freeze()
            await asyncio.sleep(RESTS_SECONDS)
        service.thaw()
        back = await trial.well_again()
    others = [] if meanwhile else ["nobody was answered while one service stood still"]
    return Harm(faults=2, back_after=[back], others=others)
