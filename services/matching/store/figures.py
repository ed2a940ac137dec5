"""Counting the pool, and reading it page by page."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from common.statements import among
from matching.domain.proposals import Status
from matching.store.people import has_open_proposal, waiting_mentees, waits
from matching.store.tables import MentorState, mentors, proposals, referrals, searches

Associations = Collection[UUID] | None


async def figures(tx: AsyncConnection, association_ids: Associations) -> dict[UUID, dict[str, int]]:
    """Count, for each association, who waits, who could serve, and what is under way."""
    nobody = func.count().filter(searches.c.blocked.is_not(None))
    waiting = (
        select(
            referrals.c.association_id,
            func.count().label("waiting"),
            func.count().filter(has_open_proposal()).label("proposed"),
            nobody.label("nobody_found"),
        )
        .outerjoin(searches, searches.c.referral_id == referrals.c.referral_id)
        .where(waits())
    )
    available = select(mentors.c.association_id, func.count().label("mentors")).where(
        mentors.c.state == MentorState.AVAILABLE
    )
    found: dict[UUID, dict[str, int]] = {}
    for query, column in (
        (waiting, referrals.c.association_id),
        (available, mentors.c.association_id),
    ):
        within = query.where(column.is_not(None)).group_by(column)
        if association_ids is not None:
            within = within.where(column.in_(association_ids))
        for row in (await tx.execute(within)).mappings():
            counted = {name: count for name, count in row.items() if name != "association_id"}
            found.setdefault(row["association_id"], {}).update(counted)
    return found


async def waiting_page(
    tx: AsyncConnection, association_ids: Collection[UUID], after: UUID | None, limit: int
) -> list[RowMapping]:
    """Read who waits in some associations, with what is under way for them."""
    query = (
        with_progress(waiting_mentees())
        .where(referrals.c.association_id.in_(association_ids))
        .order_by(referrals.c.referral_id)
        .limit(limit)
    )
    if after:
        query = query.where(referrals.c.referral_id > after)
    return list((await tx.execute(query)).mappings())


def with_progress(query: Select[Any]) -> Select[Any]:
    # Under another name, or the conditions on `proposals` inside the query would speak of this.
    under_way = proposals.alias("under_way")
    open_for_them = and_(
        under_way.c.mentee_id == referrals.c.mentee_id, under_way.c.status == Status.OPEN
    )
    return (
        query.add_columns(under_way.c.id.label("open_proposal_id"), searches.c.blocked)
        .outerjoin(under_way, open_for_them)
        .outerjoin(searches, searches.c.referral_id == referrals.c.referral_id)
    )


async def profiles(
    tx: AsyncConnection, referral_ids: Collection[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Read the facets of referrals; who was erased has none."""
    query = select(referrals.c.referral_id, referrals.c.facets).where(
        among(referrals.c.referral_id, referral_ids), referrals.c.facets.is_not(None)
    )
    return {row.referral_id: row.facets for row in await tx.execute(query)}
