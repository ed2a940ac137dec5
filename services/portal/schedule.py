"""The clock edge: forget what is over. All of it by real time, as sessions and mails are real."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from common.clock import Schedule
from portal.domain import codes, letters, sessions
from portal.store import doors, mails

schedule = Schedule()


@schedule.every(minutes=10)
async def forget_attempts(tx: AsyncConnection, _: datetime) -> int:
    return await doors.forget_attempts(tx, before=datetime.now(UTC) - codes.WINDOW)


@schedule.every(hours=1)
async def forget_sessions(tx: AsyncConnection, _: datetime) -> int:
    return await doors.forget_sessions(tx, unseen_since=datetime.now(UTC) - sessions.OTHERS_IDLE)


@schedule.every(hours=1)
async def forget_mails(tx: AsyncConnection, _: datetime) -> int:
    return await mails.forget_old(tx, before=datetime.now(UTC) - letters.KEPT)
