"""Queries on proposals; who changes any of them holds one lock for all."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    Column,
    ColumnElement,
    RowMapping,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.matching import Contribution, ProposalDeclineReason, WithdrawalReason
from common.statements import changing, finding
from matching.domain.proposals import Proposal, Status
from matching.domain.refusals import ProposalNotFound
from matching.store.people import LIVE
from matching.store.tables import mentors, proposals, referrals

CONTRIBUTIONS = TypeAdapter(tuple[Contribution, ...])
REASONS = {str(each): each for kind in (WithdrawalReason, ProposalDeclineReason) for each in kind}
LOCK = 2_005
ALL_OF_THEM = select(func.pg_advisory_xact_lock(LOCK))


async def lock_proposals(tx: AsyncConnection) -> None:
    """Wait until nobody else changes proposals, and keep others waiting until the commit.

    One lock for all, taken before anything else, cannot lock two out of each other; it is held
    for milliseconds, and consumers, which only keep what they hear, never take it.
    """
    await tx.execute(ALL_OF_THEM)


def _version_held(version: Column[int], of: Column[UUID]) -> ColumnElement[int]:
    """Say in SQL which version of a referral or a mentor is known when a proposal is made."""
    known = select(version).where(of == bindparam(f"its_{of.name}"))
    return func.coalesce(known.scalar_subquery(), 0)


ADD = insert(proposals).values(
    referral_version=_version_held(referrals.c.state_version, referrals.c.referral_id),
    mentor_version=_version_held(mentors.c.state_version, mentors.c.mentor_id),
)


async def add_proposals(tx: AsyncConnection, made: Collection[Proposal]) -> None:
    rows = [
        as_row(each) | {"its_referral_id": each.referral_id, "its_mentor_id": each.mentor_id}
        for each in made
    ]
    if rows:
        await tx.execute(ADD, rows)


async def save_proposal(tx: AsyncConnection, proposal: Proposal) -> None:
    await tx.execute(changing(proposals), {"of_id": proposal.id, **as_row(proposal)})


def as_row(proposal: Proposal) -> dict[str, Any]:
    row = {each.name: getattr(proposal, each.name) for each in fields(proposal)}
    return row | {"contributions": CONTRIBUTIONS.dump_python(proposal.contributions, mode="json")}


def as_proposal(row: RowMapping) -> Proposal:
    values = {each.name: row[each.name] for each in fields(Proposal)}
    values["contributions"] = CONTRIBUTIONS.validate_python(row["contributions"])
    values["reason"] = REASONS.get(row["reason"])
    return Proposal(**values)


async def find_proposal(tx: AsyncConnection, proposal_id: UUID) -> Proposal:
    row = (await tx.execute(finding(proposals), {"of_id": proposal_id})).mappings().one_or_none()
    if row is None:
        raise ProposalNotFound(proposal_id)
    return as_proposal(row)


async def lock_proposal(tx: AsyncConnection, proposal_id: UUID) -> Proposal:
    """Load a proposal in order to change it; other writers wait for this transaction."""
    await lock_proposals(tx)
    return await find_proposal(tx, proposal_id)


async def open_proposals_of(
    tx: AsyncConnection, *, mentee_id: UUID | None, mentor_id: UUID | None
) -> list[Proposal]:
    """Find what is open for a mentee or with a mentor."""
    theirs = or_(proposals.c.mentee_id == mentee_id, proposals.c.mentor_id == mentor_id)
    query = select(proposals).where(proposals.c.status == Status.OPEN, theirs)
    return await ordered(tx, query.order_by(proposals.c.id))


LIVE_PAIRS = select(func.count()).where(proposals.c.mentor_id == bindparam("of_mentor"), LIVE)


async def live_pairs_of(tx: AsyncConnection, mentor_id: UUID) -> int:
    return int(await tx.scalar(LIVE_PAIRS, {"of_mentor": mentor_id}) or 0)


async def due_reminders(tx: AsyncConnection, now: datetime, limit: int) -> list[Proposal]:
    due = and_(proposals.c.remind_at <= now, proposals.c.expires_at > now)
    return await some_open(tx, and_(due, proposals.c.reminded.is_(False)), limit)


async def overdue(tx: AsyncConnection, now: datetime, limit: int) -> list[Proposal]:
    return await some_open(tx, proposals.c.expires_at <= now, limit)


async def some_open(tx: AsyncConnection, wanted: ColumnElement[bool], limit: int) -> list[Proposal]:
    query = select(proposals).where(proposals.c.status == Status.OPEN, wanted)
    return await ordered(tx, query.order_by(proposals.c.expires_at, proposals.c.id).limit(limit))


async def page_of(
    tx: AsyncConnection, wanted: Iterable[ColumnElement[bool]], after: UUID | None, limit: int
) -> list[Proposal]:
    """Read a page of proposals, the newest first; the next one comes after the last of this."""
    query = select(proposals).where(*wanted).order_by(proposals.c.id.desc()).limit(limit)
    return await ordered(tx, query.where(proposals.c.id < after) if after else query)


def which(status: Status | None, mentor_id: UUID | None) -> Iterator[ColumnElement[bool]]:
    """Narrow a list of proposals to those at one point of the way, or with one mentor."""
    if status is not None:
        yield proposals.c.status == status
    if mentor_id is not None:
        yield proposals.c.mentor_id == mentor_id


def seen_by(
    mentor_id: UUID | None, association_ids: Collection[UUID] | None
) -> ColumnElement[bool]:
    """Say in SQL which proposals a mentor, and staff of some associations, may see."""
    theirs = proposals.c.association_id.in_(association_ids or ())
    return or_(theirs, proposals.c.mentor_id == mentor_id) if mentor_id else theirs


async def ordered(tx: AsyncConnection, query: Any) -> list[Proposal]:
    return [as_proposal(row) for row in (await tx.execute(query)).mappings()]
