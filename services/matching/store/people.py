"""Reading the pool: who waits, under which terms, and which mentors may serve them."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
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
    exists,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.policy import Policy
from common.contracts.vocabulary import MenteeFacets, MentorFacets
from matching.domain.columns import Columns, columns_of
from matching.domain.people import Mentee, Mentor, Terms
from matching.domain.pool import Pool, pool_of
from matching.domain.proposals import Status
from matching.domain.refusals import PolicyUnknown, ReferralNotFound
from matching.domain.runs import Scope
from matching.store.tables import (
    MentorState,
    ReferralState,
    associations,
    mentors,
    pair_endings,
    policies,
    proposals,
    readiness,
    referrals,
)

ENDED = exists().where(pair_endings.c.pair_id == proposals.c.id, pair_endings.c.closed)
LIVE = and_(proposals.c.status == Status.ACCEPTED, not_(ENDED))
ENGAGING = or_(proposals.c.status == Status.OPEN, LIVE)

# What was read once, by the digest of its text: facets never change under their digest.
FACETS_KEPT, LAYOUTS_KEPT = 50_000, 16
_facets: OrderedDict[str, MentorFacets] = OrderedDict()
_layouts: OrderedDict[tuple[str, ...], Columns] = OrderedDict()


def waits() -> ColumnElement[bool]:
    """Say in SQL who waits: accepted, in no live pair, and not through with an earlier one."""
    live = exists().where(proposals.c.referral_id == referrals.c.referral_id, LIVE)
    through = exists().where(
        pair_endings.c.referral_id == referrals.c.referral_id,
        pair_endings.c.closed,
        or_(not_(pair_endings.c.before_term), not_(pair_endings.c.rematch_mentee)),
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
        proposals.c.status.in_(no_more),
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
    query = waiting_mentees().where(referrals.c.referral_id == referral_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return as_mentee(row) if row else None


async def waiting_in(
    tx: AsyncConnection, association_id: UUID, programme_id: UUID | None
) -> list[Mentee]:
    """Find who waits in an association and has no open proposal."""
    query = waiting_mentees().where(
        referrals.c.association_id == association_id, not_(has_open_proposal())
    )
    if programme_id:
        query = query.where(referrals.c.programme_id == programme_id)
    rows = (await tx.execute(query.order_by(referrals.c.referral_id))).mappings()
    return [as_mentee(row) for row in rows]


async def association_of(tx: AsyncConnection, referral_id: UUID) -> UUID:
    query = select(referrals.c.association_id).where(
        referrals.c.referral_id == referral_id, referrals.c.association_id.is_not(None)
    )
    found: UUID | None = await tx.scalar(query)
    if found is None:
        raise ReferralNotFound(referral_id)
    return found


async def has_an_open_proposal(tx: AsyncConnection, mentee_id: UUID) -> bool:
    query = select(
        exists().where(proposals.c.mentee_id == mentee_id, proposals.c.status == Status.OPEN)
    )
    return bool(await tx.scalar(query))


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
    newest = select(policies).where(policies.c.programme_id == programme_id)
    if version is not None:
        newest = newest.where(policies.c.version == version)
    row = (await tx.execute(newest.order_by(policies.c.version.desc()).limit(1))).one_or_none()
    if row is None:
        raise PolicyUnknown(programme_id)
    query = select(associations.c.pooled_with).where(
        associations.c.association_id == association_id
    )
    return Terms(
        programme_id=programme_id,
        policy_version=row.version,
        policy=Policy.model_validate(row.policy),
        associations=frozenset({association_id, *(await tx.scalar(query) or ())}),
        today=today,
    )


async def terms_for(tx: AsyncConnection, mentee: Mentee, at: datetime) -> Terms:
    return await terms_of(tx, mentee.programme_id, mentee.association_id, at.date())


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


async def pool_for(tx: AsyncConnection, association_ids: Collection[UUID]) -> Pool:
    """Load the mentors of some associations, with what binds them at this moment."""
    query = mentors_now().where(mentors.c.association_id.in_(sorted(association_ids)))
    found = await as_mentors(tx, (await tx.execute(query)).mappings().all())
    digests = {mentor.mentor_id: digest for mentor, digest in found}
    return pool_of(
        [mentor for mentor, _ in found],
        lambda ordered: layout_of(ordered, tuple(digests[each.mentor_id] for each in ordered)),
    )


async def find_mentor(tx: AsyncConnection, mentor_id: UUID) -> Mentor | None:
    query = mentors_now().where(mentors.c.mentor_id == mentor_id)
    found = await as_mentors(tx, (await tx.execute(query)).mappings().all())
    return found[0][0] if found else None


def mentors_now() -> Select[Any]:
    """Read everything of mentors but their facets, which are read by their digest."""
    engaged = (
        select(proposals.c.mentor_id, func.count().label("engaged"))
        .where(ENGAGING)
        .group_by(proposals.c.mentor_id)
        .subquery()
    )
    trained = (
        select(readiness.c.mentor_id, func.array_agg(readiness.c.programme_id).label("trained"))
        .group_by(readiness.c.mentor_id)
        .subquery()
    )
    barred = exists().where(
        pair_endings.c.mentor_id == mentors.c.mentor_id,
        pair_endings.c.closed,
        not_(pair_endings.c.rematch_mentor),
        pair_endings.c.since > mentors.c.state_since,
    )
    wanted = [each for each in mentors.c if each.name != "facets"]
    return (
        select(*wanted, engaged.c.engaged, trained.c.trained, barred.label("barred"))
        .outerjoin(engaged, engaged.c.mentor_id == mentors.c.mentor_id)
        .outerjoin(trained, trained.c.mentor_id == mentors.c.mentor_id)
        .where(mentors.c.facets_digest.is_not(None))
    )


async def as_mentors(tx: AsyncConnection, rows: Sequence[RowMapping]) -> list[tuple[Mentor, str]]:
    known = await facets_by_digest(tx, {row["facets_digest"] for row in rows})
    return [(as_mentor(row, known[row["facets_digest"]]), row["facets_digest"]) for row in rows]


def as_mentor(row: RowMapping, facets: MentorFacets) -> Mentor:
    return Mentor(
        mentor_id=row["mentor_id"],
        association_id=row["association_id"],
        facets=facets,
        available=row["state"] is MentorState.AVAILABLE and not row["barred"],
        programmes=frozenset(row["programme_ids"]),
        trained_for=frozenset(row["trained"] or ()),
        screened_until=row["screened_until"],
        engaged=row["engaged"] or 0,
    )


async def facets_by_digest(
    tx: AsyncConnection, digests: Collection[str]
) -> dict[str, MentorFacets]:
    known = {digest: _facets[digest] for digest in digests if digest in _facets}
    unread = sorted(set(digests) - known.keys())
    if unread:
        query = select(mentors.c.facets_digest, mentors.c.facets).where(
            mentors.c.facets_digest.in_(unread)
        )
        for row in await tx.execute(query):
            known[row.facets_digest] = MentorFacets.model_validate(row.facets)
            keep(_facets, row.facets_digest, known[row.facets_digest], FACETS_KEPT)
    return known


def layout_of(ordered: Sequence[Mentor], digests: tuple[str, ...]) -> Columns:
    """Lay facets out in columns, or take the layout that the same facets had before."""
    if digests not in _layouts:
        keep(_layouts, digests, columns_of([each.facets for each in ordered]), LAYOUTS_KEPT)
    _layouts.move_to_end(digests)
    return _layouts[digests]


def keep(kept: OrderedDict[Any, Any], key: object, value: object, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
