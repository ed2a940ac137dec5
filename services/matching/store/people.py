"""Reading the pool: who waits, and under which terms."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    RowMapping,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    not_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from common.calendar import day_of
from common.contracts.policy import Policy
from common.contracts.vocabulary import MenteeFacets
from common.statements import among
from matching.domain.people import Mentee, Terms
from matching.domain.proposals import Status
from matching.domain.refusals import PolicyUnknown, ReferralNotFound
from matching.domain.runs import Scope
from matching.store.tables import (
    ReferralState,
    associations,
    pair_endings,
    policies,
    proposals,
    referrals,
)

ENDED = exists().where(pair_endings.c.pair_id == proposals.c.id, pair_endings.c.closed)
LIVE = and_(proposals.c.status == Status.ACCEPTED, not_(ENDED))


def waits() -> ColumnElement[bool]:
    """Say in SQL who waits: accepted, in no live pair, and not through with an earlier one."""
    live = exists().where(proposals.c.referral_id == referrals.c.referral_id, LIVE)
    through = exists().where(
        pair_endings.c.referral_id == referrals.c.referral_id,
        pair_endings.c.closed,
        not_(pair_endings.c.rematch_mentee),
    )
    return and_(referrals.c.state == ReferralState.ACCEPTED, not_(live), not_(through))


def has_open_proposal() -> ColumnElement[bool]:
    return exists().where(
        proposals.c.mentee_id == referrals.c.mentee_id, proposals.c.status == Status.OPEN
    )


def ids(query: Select[Any]) -> ColumnElement[Any]:
    return func.array(query.scalar_subquery(), type_=ARRAY(Uuid))


def waiting_mentees() -> Select[Any]:
    closed = pair_endings.c.closed
    ended_last = select(func.max(pair_endings.c.since)).where(
        pair_endings.c.referral_id == referrals.c.referral_id, closed
    )
    broken = select(func.count()).where(
        pair_endings.c.mentee_id == referrals.c.mentee_id, closed, pair_endings.c.before_term
    )
    no_more = (Status.DECLINED, Status.ACCEPTED)
    refused = select(proposals.c.mentor_id).where(
        proposals.c.mentee_id == referrals.c.mentee_id,
        among(proposals.c.status, no_more),
        proposals.c.mentor_id.is_not(None),
    )
    parted = select(pair_endings.c.mentor_id).where(
        pair_endings.c.mentee_id == referrals.c.mentee_id, pair_endings.c.mentor_id.is_not(None)
    )
    asked = select(proposals.c.mentor_id).where(
        proposals.c.referral_id == referrals.c.referral_id, proposals.c.mentor_id.is_not(None)
    )
    return select(
        referrals,
        func.greatest(referrals.c.waiting_since, ended_last.scalar_subquery()).label("since"),
        broken.scalar_subquery().label("broken_pairs"),
        ids(refused).label("refused"),
        ids(parted).label("parted"),
        ids(asked).label("asked"),
    ).where(waits())


WAITING = waiting_mentees().where(referrals.c.referral_id == bindparam("of_referral"))


def as_mentee(row: RowMapping) -> Mentee:
    return Mentee(
        referral_id=row["referral_id"],
        mentee_id=row["mentee_id"],
        association_id=row["association_id"],
        programme_id=row["programme_id"],
        facets=MenteeFacets.model_validate(row["facets"]),
        waiting_since=row["since"],
        guardian_id=row["guardian_id"],
        prescriber_id=row["prescriber_id"],
        broken_pairs=row["broken_pairs"],
        excluded=frozenset(row["refused"]) | frozenset(row["parted"]),
        asked=frozenset(row["asked"]),
    )


async def find_waiting(tx: AsyncConnection, referral_id: UUID) -> Mentee | None:
    """Find the mentee of a referral, if they wait for a mentor now."""
    row = (await tx.execute(WAITING, {"of_referral": referral_id})).mappings().one_or_none()
    return as_mentee(row) if row else None


async def waiting_in(
    tx: AsyncConnection, association_id: UUID, programme_id: UUID | None
) -> list[Mentee]:
    """Find who waits in an association and has no open proposal."""
    theirs = referrals.c.association_id == association_id
    if programme_id:
        theirs &= referrals.c.programme_id == programme_id
    return await without_proposal(tx, theirs)


async def waiting_among(tx: AsyncConnection, referral_ids: Collection[UUID]) -> list[Mentee]:
    """Find who waits under some referrals and has no open proposal."""
    return await without_proposal(tx, among(referrals.c.referral_id, referral_ids))


async def without_proposal(tx: AsyncConnection, wanted: ColumnElement[bool]) -> list[Mentee]:
    query = waiting_mentees().where(wanted, not_(has_open_proposal()))
    rows = (await tx.execute(query.order_by(referrals.c.referral_id))).mappings()
    return [as_mentee(row) for row in rows]


ASSOCIATION_OF = select(referrals.c.association_id).where(
    referrals.c.referral_id == bindparam("of_referral"), referrals.c.association_id.is_not(None)
)


async def association_of(tx: AsyncConnection, referral_id: UUID) -> UUID:
    found: UUID | None = await tx.scalar(ASSOCIATION_OF, {"of_referral": referral_id})
    if found is None:
        raise ReferralNotFound(referral_id)
    return found


HAS_OPEN = select(
    exists().where(
        proposals.c.mentee_id == bindparam("of_mentee"), proposals.c.status == Status.OPEN
    )
)


async def has_an_open_proposal(tx: AsyncConnection, mentee_id: UUID) -> bool:
    return bool(await tx.scalar(HAS_OPEN, {"of_mentee": mentee_id}))


NEWEST_POLICY = (
    select(policies)
    .where(policies.c.programme_id == bindparam("of_programme"))
    .order_by(policies.c.version.desc())
    .limit(1)
)
POLICY = NEWEST_POLICY.where(policies.c.version == bindparam("in_version"))
POOLED_WITH = select(associations.c.pooled_with).where(
    associations.c.association_id == bindparam("of_association")
)


async def terms_of(
    tx: AsyncConnection,
    programme_id: UUID,
    association_id: UUID,
    today: date,
    version: int | None = None,
) -> Terms:
    """Find the newest rules of a programme, and the associations that its own pools with.

    Name a version to find the rules as they were, or will have been, under that one.
    """
    query = NEWEST_POLICY if version is None else POLICY
    asked = {"of_programme": programme_id, "in_version": version}
    row = (await tx.execute(query, asked)).one_or_none()
    if row is None:
        raise PolicyUnknown(programme_id)
    pooled_with = await tx.scalar(POOLED_WITH, {"of_association": association_id})
    return Terms(
        programme_id=programme_id,
        policy_version=row.version,
        policy=Policy.model_validate(row.policy),
        associations=frozenset({association_id, *(pooled_with or ())}),
        today=today,
    )


async def terms_for(tx: AsyncConnection, mentee: Mentee, at: datetime) -> Terms:
    return await terms_of(tx, mentee.programme_id, mentee.association_id, day_of(at))


async def terms_in(tx: AsyncConnection, scope: Scope, today: date) -> list[Terms]:
    """Find the rules of every programme that a run is about; at least one must be known."""
    query = select(policies.c.programme_id).distinct()
    query = query.where(policies.c.association_id == scope.association_id)
    if scope.programme_id:
        query = query.where(policies.c.programme_id == scope.programme_id)
    programmes = sorted((await tx.execute(query)).scalars())
    if not programmes:
        raise PolicyUnknown(scope.programme_id or scope.association_id)
    alone = frozenset({scope.association_id})
    found = [await terms_of(tx, each, scope.association_id, today) for each in programmes]
    return found if scope.pooled else [replace(each, associations=alone) for each in found]
