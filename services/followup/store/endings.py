"""How pairs ended: interviews, reviews, outcomes."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.followup.pairs import Side
from common.statements import replacing, row_of
from followup.domain.endings import Interview, Outcome, Review
from followup.domain.pairs import Pair
from followup.store.rows import rows
from followup.store.tables import interviews, outcomes, reviews


async def add_interview(tx: AsyncConnection, interview: Interview) -> None:
    await _keep(tx, interviews, row_of(interview))


async def sides_heard(tx: AsyncConnection, pair: Pair) -> frozenset[Side]:
    """Tell who was heard about this ending; an earlier ending does not count."""
    if pair.closing_since is None:
        return frozenset()
    query = select(interviews.c.side).where(
        interviews.c.pair_id == pair.id, interviews.c.held_at >= pair.closing_since
    )
    return frozenset((await tx.scalars(query)).all())


async def interviews_of(tx: AsyncConnection, pair_id: UUID) -> list[Interview]:
    query = select(interviews).where(interviews.c.pair_id == pair_id)
    return [Interview(**row) for row in await rows(tx, query.order_by(interviews.c.held_at))]


async def add_review(tx: AsyncConnection, review: Review) -> None:
    await _keep(tx, reviews, row_of(review))


async def reviews_of(tx: AsyncConnection, pair_id: UUID) -> list[Review]:
    query = select(reviews).where(reviews.c.pair_id == pair_id).order_by(reviews.c.written_at)
    return [Review(**row) for row in await rows(tx, query)]


async def keep_outcome(tx: AsyncConnection, outcome: Outcome) -> None:
    """Keep what became of the mentee; a later word about the same stage replaces it."""
    await _keep(tx, outcomes, row_of(outcome))


async def outcomes_of(tx: AsyncConnection, pair_id: UUID) -> list[Outcome]:
    query = select(outcomes).where(outcomes.c.pair_id == pair_id)
    return [Outcome(**row) for row in await rows(tx, query)]


async def forget_endings(tx: AsyncConnection, pair_ids: Collection[UUID]) -> None:
    await tx.execute(update(interviews).where(interviews.c.pair_id.in_(pair_ids)).values(note=None))
    forget = update(reviews).where(reviews.c.pair_id.in_(pair_ids))
    await tx.execute(forget.values(shared=None, private=None))


async def forget_endings_by(tx: AsyncConnection, pair_ids: Collection[UUID], side: Side) -> None:
    """Drop what one side wrote or said about the end."""
    said = (interviews.c.pair_id.in_(pair_ids), interviews.c.side == side)
    await tx.execute(update(interviews).where(*said).values(note=None))
    wrote = (reviews.c.pair_id.in_(pair_ids), reviews.c.side == side)
    await tx.execute(update(reviews).where(*wrote).values(shared=None, private=None))


async def _keep(tx: AsyncConnection, table: Table, row: dict[str, Any]) -> None:
    await tx.execute(replacing(table, *row), row)
