"""Taking leave of who was erased: the projections forgot at once, and here the rest forgets."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.erasure import MatchingForgot
from common.contracts.matching import WithdrawalReason
from common.outbox import emit
from matching.handlers.proposals import withdraw
from matching.store import erasure as store
from matching.store import proposals


async def take_leave(tx: AsyncConnection, now: datetime, limit: int) -> int:
    await proposals.lock_proposals(tx)
    leaving = await store.not_yet_left(tx, limit)
    for person_id in leaving:
        await take_leave_of(tx, person_id, now)
    return len(leaving)


async def take_leave_of(tx: AsyncConnection, person_id: UUID, now: datetime) -> None:
    open_ones = await proposals.open_proposals_of(tx, mentee_id=person_id, mentor_id=person_id)
    for proposal in open_ones:
        await withdraw(tx, proposal, WithdrawalReason.ERASED, now)
    await store.forget_in_own_tables(tx, person_id)
    await store.say_farewell(tx, person_id, now)
    forgot = MatchingForgot(occurred_at=now, association_id=None, version=1, person_id=person_id)
    await emit(tx, forgot)
