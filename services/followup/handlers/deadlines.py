"""What time itself sets off: gates that end, periods that pass, alerts that fall due."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from common.database import apart
from common.metrics import JOB_FAILURES
from followup.domain.pairs import Pair
from followup.handlers.settling import follow, settle_all, with_gates_all
from followup.store.pairs import lock_due_pairs, save_pairs

log = structlog.get_logger()

BATCH = 200
# A pair at which a look fails for a fault of ours does not come before all others each time.
PUT_OFF = timedelta(hours=1)


async def look_at_due_pairs(tx: AsyncConnection, *, now: datetime) -> int:
    """Look at a batch of the pairs that are due, and tell how many they were."""
    due = await lock_due_pairs(tx, now, BATCH)
    not_seen = chain.from_iterable(
        await apart(tx, due, partial(look_at, tx, at=now), not_looked_at)
    )
    await save_pairs(tx, [replace(pair, next_due=now + PUT_OFF) for pair in not_seen])
    return len(due)


async def look_at(tx: AsyncConnection, due: Sequence[Pair], *, at: datetime) -> Sequence[Pair]:
    """Look at these pairs; none of them is left."""
    looked = await with_gates_all(tx, due, at=at)
    await settle_all(tx, follow(looked, at=at), at=at)
    return ()


def not_looked_at(pair: Pair, fault: Exception) -> Sequence[Pair]:
    log.error("pair_not_looked_at", pair_id=str(pair.id), exc_info=fault)
    JOB_FAILURES.labels("look_at_due_pairs").inc()
    return (pair,)
