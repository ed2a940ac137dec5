"""What a pair signed, or was to sign: kept for some years after its end, and then forgotten."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from common.database import apart
from common.metrics import JOB_FAILURES
from common.outbox import emit
from followup.domain.agreements import kept_until, say_forgotten
from followup.domain.pairs import Pair
from followup.store.agreements import (
    due_agreements,
    forget_agreements,
    look_later,
    pairs_with_text,
)
from followup.store.heard import policies_of
from followup.store.pairs import lock_pairs, lock_pairs_with_due_agreements, save_pairs

log = structlog.get_logger()

BATCH = 200
# Agreements at which a look fails for a fault of ours do not come before all others each time.
PUT_OFF = timedelta(days=1)


async def forget_old_agreements(tx: AsyncConnection, *, now: datetime) -> int:
    """Look at a batch of the pairs with an agreement that is due, and tell how many they were."""
    due = await lock_pairs_with_due_agreements(tx, now, BATCH)
    failed = await apart(tx, due, partial(forget_old, tx, at=now), not_looked_at)
    put_off = await due_agreements(tx, [each for ids in failed for each in ids], now)
    await look_later(tx, {each.id: now + PUT_OFF for each in put_off})
    return len(due)


async def forget_old(tx: AsyncConnection, pairs: Sequence[Pair], *, at: datetime) -> Sequence[UUID]:
    """Forget those agreements of these pairs whose time is over; no pair is left."""
    by_id = {pair.id: pair for pair in pairs}
    policies = await policies_of(tx, {pair.programme_id for pair in pairs})
    due = await due_agreements(tx, by_id, at)
    until = {}
    for agreement in due:
        pair = by_id[agreement.pair_id]
        rules = policies[pair.programme_id, agreement.policy_version].retention
        until[agreement.id] = kept_until(agreement, pair, rules, at=at)
    over = [agreement for agreement in due if until[agreement.id] <= at]
    await look_later(tx, until)
    await forget_agreements(tx, [agreement.id for agreement in over])
    await tell_forgotten(tx, {each.pair_id for each in over if each.text is not None}, at=at)
    return ()


def not_looked_at(pair: Pair, fault: Exception) -> Sequence[UUID]:
    log.error("agreements_not_looked_at", pair_id=str(pair.id), exc_info=fault)
    JOB_FAILURES.labels("forget_old_agreements").inc()
    return (pair.id,)


async def tell_forgotten(tx: AsyncConnection, pair_ids: Collection[UUID], *, at: datetime) -> None:
    """Announce those of these pairs that have no text any more: their key can be destroyed."""
    left = await pairs_with_text(tx, pair_ids)
    for pair in await lock_pairs(tx, set(pair_ids) - left):
        without, event = say_forgotten(pair, at=max(at, pair.formed_at))
        await save_pairs(tx, [without])
        await emit(tx, event)
