"""Pairs: one row each, locked by whoever changes it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.vocabulary import Setting
from common.statements import among, finding, locking, replacing, row_of
from followup.domain.clauses import Terms
from followup.domain.errors import PairNotFound
from followup.domain.gates import Gate
from followup.domain.pairs import Pair, Status
from followup.store.rows import one, rows
from followup.store.tables import agreements, pairs, rests

# Made once: it is the end of every command.
SAVE = replacing(pairs)
ENDED = (Status.CLOSING, Status.CLOSED)
WAITING = (Status.CLEARED, Status.NO_SHOW, Status.AGREEMENT_PENDING, Status.CLOSING)


async def add_pair(tx: AsyncConnection, pair: Pair) -> bool:
    """Keep a new pair; tell whether it was new."""
    added = await tx.execute(insert(pairs).on_conflict_do_nothing(), _row(pair))
    return added.rowcount > 0


async def lock_pair(tx: AsyncConnection, pair_id: UUID) -> Pair:
    """Load a pair in order to change it; other writers wait for this transaction."""
    row = await one(tx, locking(pairs), of_id=pair_id)
    if row is None:
        raise PairNotFound(pair_id)
    return _pair(row)


async def find_pair(tx: AsyncConnection, pair_id: UUID) -> Pair:
    row = await one(tx, finding(pairs), of_id=pair_id)
    if row is None:
        raise PairNotFound(pair_id)
    return _pair(row)


async def save_pairs(tx: AsyncConnection, changed: Sequence[Pair]) -> None:
    """Save pairs that were locked before, in one go."""
    if changed:
        await tx.execute(SAVE, [_row(pair) for pair in changed])


async def lock_pairs_of(tx: AsyncConnection, person_id: UUID) -> list[Pair]:
    """Lock, always in the same order, the pairs of a mentor or mentee that have not ended."""
    query = (
        select(pairs)
        .where(_has(person_id), pairs.c.status != Status.CLOSED)
        .order_by(pairs.c.id)
        .with_for_update()
    )
    return [_pair(row) for row in await rows(tx, query)]


async def has_another_pair(tx: AsyncConnection, pair: Pair) -> bool:
    """Tell whether somebody else is the mentor for the same referral now."""
    others = exists().where(
        pairs.c.referral_id == pair.referral_id,
        pairs.c.id != pair.id,
        pairs.c.status != Status.CLOSED,
    )
    return bool(await tx.scalar(select(others)))


async def lock_all_pairs_of(tx: AsyncConnection, person_id: UUID) -> list[Pair]:
    query = select(pairs).where(_has(person_id)).order_by(pairs.c.id).with_for_update()
    return [_pair(row) for row in await rows(tx, query)]


async def lock_pairs(tx: AsyncConnection, pair_ids: Collection[UUID]) -> list[Pair]:
    query = select(pairs).where(among(pairs.c.id, pair_ids)).order_by(pairs.c.id)
    return [_pair(row) for row in await rows(tx, query.with_for_update())]


async def pairs_guarded_by(tx: AsyncConnection, person_id: UUID) -> list[UUID]:
    query = select(pairs.c.id).where(pairs.c.guardian_id == person_id)
    return list((await tx.scalars(query)).all())


async def lock_due_pairs(tx: AsyncConnection, now: datetime, limit: int) -> list[Pair]:
    """Lock the pairs that time must look at, the longest due first; one being changed waits."""
    query = (
        select(pairs)
        .where(pairs.c.next_due <= now)
        .order_by(pairs.c.next_due, pairs.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_pair(row) for row in await rows(tx, query)]


async def lock_pairs_with_due_agreements(
    tx: AsyncConnection, now: datetime, limit: int
) -> list[Pair]:
    """Lock the pairs that have an agreement at which time must look; one being changed waits."""
    due = select(agreements.c.pair_id).where(agreements.c.next_due <= now)
    query = (
        select(pairs)
        .where(pairs.c.id.in_(due.order_by(agreements.c.next_due).limit(limit)))
        .order_by(pairs.c.id)
        .with_for_update(skip_locked=True)
    )
    return [_pair(row) for row in await rows(tx, query)]


async def pairs_after(
    tx: AsyncConnection, wanted: Sequence[ColumnElement[bool]], *, after: UUID | None, limit: int
) -> list[Pair]:
    """List the pairs that somebody wants of those they may see, page by page."""
    query = select(pairs).where(*wanted)
    if after is not None:
        query = query.where(pairs.c.id > after)
    return [_pair(row) for row in await rows(tx, query.order_by(pairs.c.id).limit(limit))]


async def pairs_to_help_on(
    tx: AsyncConnection, visible: ColumnElement[bool], *, now: datetime, limit: int
) -> list[Pair]:
    """List the pairs that wait for somebody's step now, and those that live behind a shut gate."""
    came = (pairs.c.status == Status.FIRST_MEETING_PLANNED) & (pairs.c.meeting_at <= now)
    shut = (func.jsonb_array_length(pairs.c.missing) > 0) & pairs.c.status.not_in(ENDED)
    query = (
        select(pairs)
        .where(visible, or_(pairs.c.status.in_(WAITING), came, shut))
        .order_by(pairs.c.formed_at)
        .limit(limit)
    )
    return [_pair(row) for row in await rows(tx, query)]


def which(
    status: Status | None, referral_id: UUID | None, ids: Collection[UUID] | None
) -> Iterator[ColumnElement[bool]]:
    """Narrow a list of pairs to those at one point of the way, of one referral, or of some ids."""
    if status is not None:
        yield pairs.c.status == status
    if referral_id is not None:
        yield pairs.c.referral_id == referral_id
    if ids is not None:
        yield among(pairs.c.id, ids)


async def begin_rest(tx: AsyncConnection, pair_id: UUID, start: datetime) -> None:
    """Note that nothing is expected of a pair from now on; a rest that lasts goes on."""
    going_on = select(rests.c.pair_id).where(rests.c.pair_id == pair_id, rests.c.end.is_(None))
    if (await tx.execute(going_on)).first() is None:
        rest = insert(rests).values(pair_id=pair_id, start=start, end=None)
        await tx.execute(rest.on_conflict_do_nothing())


async def end_rest(tx: AsyncConnection, pair_id: UUID, end: datetime) -> None:
    going_on = (rests.c.pair_id == pair_id, rests.c.end.is_(None))
    await tx.execute(update(rests).where(*going_on).values(end=end))


def _has(person_id: UUID) -> ColumnElement[bool]:
    return or_(pairs.c.mentor_id == person_id, pairs.c.mentee_id == person_id)


def seen_by(
    person_id: UUID, wards: Collection[UUID], associations: Collection[UUID]
) -> ColumnElement[bool]:
    """Choose the pairs that a person may see, as one of their people or as a coordinator."""
    return or_(
        belongs_to(person_id, wards),
        pairs.c.association_id.in_(associations) if associations else false(),
    )


def belongs_to(person_id: UUID, wards: Collection[UUID]) -> ColumnElement[bool]:
    """Choose the pairs whose mentor, mentee or guardian somebody is; an adult has no guardian."""
    guarded = or_(
        pairs.c.guardian_id == person_id, pairs.c.mentee_id.in_(wards) if wards else false()
    )
    return or_(_has(person_id), and_(pairs.c.setting != Setting.ADULT, guarded))


def _row(pair: Pair) -> dict[str, Any]:
    return row_of(pair) | {
        "missing": [gate.value for gate in pair.missing],
        "terms": pair.terms.model_dump(mode="json") if pair.terms else None,
    }


def _pair(row: dict[str, Any]) -> Pair:
    return Pair(
        **row
        | {
            "missing": tuple(Gate(gate) for gate in row["missing"]),
            "terms": Terms.model_validate(row["terms"]) if row["terms"] else None,
        }
    )
