"""The clock in: what becomes due by itself."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from common.clock import Schedule
from training import handlers
from training.store.learnt import is_any_to_look_at

BATCH = 100

schedule = Schedule()


# Attendance announces at once; this finds those whom a programme or an approval made ready.
@schedule.promptly(is_any_to_look_at, at_once=BATCH)
async def announce_ready_mentors(tx: AsyncConnection, now: datetime) -> int:
    return await handlers.announce_ready_mentors(tx, now, limit=BATCH)


@schedule.every(minutes=10)
async def publish_exchange_sessions(tx: AsyncConnection, now: datetime) -> int:
    looked_at, _ = await handlers.publish_exchange_sessions(tx, now, limit=BATCH)
    return looked_at
