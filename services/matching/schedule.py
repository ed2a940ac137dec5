"""The clock in: what follows from what was heard, and what becomes due by itself."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from common.clock import Schedule
from matching.handlers import erasure, proposals, searches
from matching.store import changes, inputs
from matching.store.erasure import not_yet_left
from matching.store.impossible import impossible
from matching.store.searches import due_searches

BATCH = 100
# Each search goes through a whole pool, and the lock on proposals is held meanwhile.
SEARCHES_AT_ONCE = 25

schedule = Schedule()


async def is_any_impossible(database: AsyncConnection, _: datetime) -> bool:
    return bool(await impossible(database, 1))


async def is_anybody_leaving(database: AsyncConnection, _: datetime) -> bool:
    return bool(await not_yet_left(database, 1))


async def is_any_search_due(database: AsyncConnection, now: datetime) -> bool:
    return bool(await due_searches(database, now, 1))


# First what ends, then what begins: whoever is put back into the pool is looked after at once.
@schedule.promptly(is_any_impossible, at_once=BATCH)
async def withdraw_impossible_proposals(tx: AsyncConnection, now: datetime) -> int:
    return await proposals.withdraw_impossible(tx, now, BATCH)


@schedule.promptly(is_anybody_leaving, at_once=BATCH)
async def take_leave_of_the_erased(tx: AsyncConnection, now: datetime) -> int:
    return await erasure.take_leave(tx, now, BATCH)


@schedule.every(seconds=30, at_once=BATCH)
async def expire_proposals(tx: AsyncConnection, now: datetime) -> int:
    return await proposals.expire_proposals(tx, now, BATCH)


@schedule.every(seconds=30, at_once=BATCH)
async def remind_mentors(tx: AsyncConnection, now: datetime) -> int:
    return await proposals.remind_mentors(tx, now, BATCH)


@schedule.promptly(is_any_search_due, at_once=SEARCHES_AT_ONCE)
async def look_for_mentors(tx: AsyncConnection, now: datetime) -> int:
    return await searches.look_for_mentors(tx, now, SEARCHES_AT_ONCE)


@schedule.every(hours=1, at_once=BATCH)
async def forget_old_inputs(tx: AsyncConnection, now: datetime) -> int:
    return await inputs.forget_old_inputs(tx, now, BATCH)


@schedule.every(hours=1)
async def forget_old_pool_changes(tx: AsyncConnection, _: datetime) -> int:
    return await changes.forget_old_changes(tx)
