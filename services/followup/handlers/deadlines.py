"""What time itself sets off: gates that end, periods that pass, alerts that fall due."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.handlers.settling import follow, settle_all, with_gates_all
from followup.store.pairs import lock_due_pairs

BATCH = 200


async def look_at_due_pairs(tx: AsyncConnection, *, now: datetime) -> int:
    """Look at a batch of the pairs that are due, and tell how many they were."""
    due = await lock_due_pairs(tx, now, BATCH)
    if due:
        looked = await with_gates_all(tx, due, at=now)
        await settle_all(tx, follow(looked, at=now), at=now)
    return len(due)
