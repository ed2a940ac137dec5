"""The clock edge: index whom one may look for, and forget what is over.

All of it by real time, as sessions and mails are real.
"""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.clock import Job, Schedule
from portal.domain import codes, letters, sessions
from portal.store import accounts, doors, mails

schedule = Schedule()
NOBODY = UUID(int=0)


def with_index(key: bytes) -> Schedule:
    """Give the schedule of a portal that finds people by the index that this key makes."""
    whole = Schedule([*schedule.jobs])
    whole.every(seconds=30, at_once=accounts.BATCH)(indexing(key))
    return whole


def indexing(key: bytes) -> Job:
    """Make the job that goes round the addresses without an index, past what nobody can read."""
    last = NOBODY

    async def index_addresses(tx: AsyncConnection, _: datetime) -> int:
        nonlocal last
        read = await accounts.index_next(tx, key, after=last)
        last = read[-1] if len(read) == accounts.BATCH else NOBODY
        return len(read)

    return index_addresses


@schedule.every(minutes=10)
async def forget_attempts(tx: AsyncConnection, _: datetime) -> int:
    return await doors.forget_attempts(tx, before=datetime.now(UTC) - codes.WINDOW)


@schedule.every(hours=1)
async def forget_sessions(tx: AsyncConnection, _: datetime) -> int:
    return await doors.forget_sessions(tx, unseen_since=datetime.now(UTC) - sessions.OTHERS_IDLE)


@schedule.every(hours=1)
async def forget_mails(tx: AsyncConnection, _: datetime) -> int:
    return await mails.forget_old(tx, before=datetime.now(UTC) - letters.KEPT)
