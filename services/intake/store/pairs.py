"""Pairs as intake heard of them."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from common.statements import locking, replacing, row_of
from intake.domain.pairs import Pair
from intake.store.tables import pairs


async def lock_pair(tx: AsyncConnection, pair_id: UUID) -> Pair | None:
    """Give a pair if it was heard of."""
    row = (await tx.execute(locking(pairs), {"of_id": pair_id})).mappings().one_or_none()
    return Pair(**row) if row else None


async def referral_of(tx: AsyncConnection, pair_id: UUID) -> UUID | None:
    found: UUID | None = await tx.scalar(select(pairs.c.referral_id).where(pairs.c.id == pair_id))
    return found


async def save_pair(tx: AsyncConnection, pair: Pair) -> None:
    row = row_of(pair)
    await tx.execute(replacing(pairs, *row), row)


async def pairs_with(tx: AsyncConnection, *person_ids: UUID) -> list[Pair]:
    query = select(pairs).where(
        or_(pairs.c.mentor_id.in_(person_ids), pairs.c.mentee_id.in_(person_ids))
    )
    return [Pair(**row) for row in (await tx.execute(query.order_by(pairs.c.id))).mappings()]
