"""The clock in: what time alone sets off, in bounded batches."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from common.clock import Schedule
from intake.handlers import associations, erasures, routing
from intake.imports import enter
from intake.imports.store import is_any_committing

schedule = Schedule()


@schedule.every(minutes=1)
async def take_due_steps(tx: AsyncConnection, now: datetime) -> int:
    return await routing.take_due_steps(tx, now=now)


@schedule.every(minutes=1)
async def serve_waiting(tx: AsyncConnection, now: datetime) -> int:
    return await routing.serve_waiting(tx, now=now)


@schedule.every(seconds=15)
async def announce_places(tx: AsyncConnection, now: datetime) -> int:
    return await associations.announce_places(tx, now=now)


@schedule.every(hours=1)
async def forget_old_cases(tx: AsyncConnection, now: datetime) -> int:
    return await erasures.forget_old_cases(tx, now=now)


@schedule.every(hours=1)
async def forget_bystanders(tx: AsyncConnection, now: datetime) -> int:
    return await erasures.forget_bystanders(tx, now=now)


@schedule.every(hours=1)
async def erase_again(tx: AsyncConnection, now: datetime) -> int:
    return await erasures.erase_again(tx, now=now)


@schedule.promptly(is_any_committing)
async def enter_imported_rows(tx: AsyncConnection, now: datetime) -> int:
    return await enter.enter_next(tx, now=now)


@schedule.every(hours=1)
async def forget_imports(tx: AsyncConnection, now: datetime) -> int:
    return await enter.forget_old(tx, now=now)
