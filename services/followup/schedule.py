"""The clock in: what falls due in the pairs, looked at in bounded batches."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from common.clock import Schedule
from followup.handlers import deadlines, expiry

schedule = Schedule()


@schedule.every(minutes=10, at_once=deadlines.BATCH)
async def look_at_due_pairs(tx: AsyncConnection, now: datetime) -> int:
    return await deadlines.look_at_due_pairs(tx, now=now)


@schedule.every(hours=1)
async def forget_old_agreements(tx: AsyncConnection, now: datetime) -> int:
    return await expiry.forget_old_agreements(tx, now=now)
