"""Queries on looking for mentors: for whom it is time to look, and what came of it last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    any_,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.matching import WithdrawalReason
from common.contracts.policy import Constraint
from common.statements import among, replacing
from matching.domain.proposals import Status
from matching.domain.searches import LOOK_AGAIN_AFTER, Search
from matching.store.people import has_open_proposal, waits
from matching.store.tables import (
    associations,
    mentors,
    pair_endings,
    policies,
    pools,
    proposals,
    referrals,
    searches,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A referral for which it is time to look."""

    referral_id: UUID
    facets_version: int
    policy_version: int
    pools: dict[str, int] | None


def changes_of_pools() -> ColumnElement[Any]:
    """Say in SQL how often the mentors of each association that may serve a referral changed."""
    of_the_referral = associations.c.association_id == referrals.c.association_id
    # It lies two levels deep, where SQLAlchemy would put a second `referrals` beside it.
    pooled = select(func.unnest(associations.c.pooled_with)).where(of_the_referral)
    pooled = pooled.correlate(referrals)
    mine = pools.c.association_id == referrals.c.association_id
    counted = func.jsonb_object_agg(pools.c.association_id, pools.c.changes, type_=JSONB)
    of_them = select(counted).where(or_(mine, pools.c.association_id.in_(pooled)))
    return of_them.scalar_subquery()


# The rules of each programme; for one without any nobody is looked for yet.
_newest = (
    select(policies.c.programme_id, func.max(policies.c.version).label("version"))
    .group_by(policies.c.programme_id)
    .subquery("newest")
)


def is_due() -> ColumnElement[bool]:
    """Say in SQL when to look.

    Never yet, after a no, under newer rules, after nobody and a change, or long ago.
    """
    parted_since = exists().where(
        pair_endings.c.referral_id == referrals.c.referral_id,
        pair_endings.c.closed,
        pair_endings.c.since > searches.c.searched_at,
    )
    changed = searches.c.pools_seen.is_distinct_from(changes_of_pools())
    return or_(
        searches.c.referral_id.is_(None),
        searches.c.due,
        searches.c.facets_version != referrals.c.facets_version,
        searches.c.policy_version < _newest.c.version,
        searches.c.blocked.is_not(None) & changed,
        parted_since,
        searches.c.searched_at <= bindparam("long_ago"),
    )


# Made once: the clock asks it all day.
DUE = (
    select(
        referrals.c.referral_id,
        referrals.c.facets_version,
        _newest.c.version.label("policy_version"),
        changes_of_pools().label("pools"),
    )
    .join(_newest, _newest.c.programme_id == referrals.c.programme_id)
    .outerjoin(searches, searches.c.referral_id == referrals.c.referral_id)
    .where(
        waits(),
        not_(has_open_proposal()),
        is_due(),
    )
    .order_by(referrals.c.waiting_since, referrals.c.referral_id)
    .limit(bindparam("most", type_=Integer))
)

DUE_OF_ONE = DUE.where(referrals.c.referral_id == bindparam("of_referral"))


async def due_searches(
    tx: AsyncConnection, now: datetime, limit: int, referral_id: UUID | None = None
) -> list[Due]:
    """Find for whom to look now, those who have waited longest first."""
    asked = {"long_ago": now - LOOK_AGAIN_AFTER, "most": limit, "of_referral": referral_id}
    query = DUE_OF_ONE if referral_id else DUE
    return [Due(**row) for row in (await tx.execute(query, asked)).mappings()]


LAST = select(searches).where(searches.c.referral_id == bindparam("of_referral"))


async def last_search(tx: AsyncConnection, referral_id: UUID) -> Search:
    row = (await tx.execute(LAST, {"of_referral": referral_id})).one_or_none()
    if row is None:
        return Search(referral_id=referral_id)
    hindered = row.blocked and {Constraint(name): count for name, count in row.blocked.items()}
    return Search(referral_id=referral_id, version=row.version, blocked=hindered)


async def save_search(tx: AsyncConnection, search: Search, due: Due, now: datetime) -> None:
    row: dict[str, Any] = {
        "referral_id": search.referral_id,
        "version": search.version,
        "due": False,
        "facets_version": due.facets_version,
        "policy_version": due.policy_version,
        "searched_at": now,
        "pools_seen": due.pools,
        "blocked": search.blocked,
    }
    await tx.execute(replacing(searches, *row), row)


async def look_again(tx: AsyncConnection, referral_id: UUID) -> None:
    """Let the search for one mentee begin anew."""
    anew = update(searches).where(searches.c.referral_id == referral_id)
    await tx.execute(anew.values(due=True, blocked=None))


_HOME = select(mentors.c.association_id).where(mentors.c.mentor_id == bindparam("of_mentor"))
_POOLING = select(associations.c.association_id).where(
    _HOME.scalar_subquery() == any_(associations.c.pooled_with)
)
_SERVED = select(referrals.c.referral_id).where(
    or_(referrals.c.association_id.in_(_HOME), referrals.c.association_id.in_(_POOLING))
)
LOOK_AGAIN_AROUND = (
    update(searches)
    .where(searches.c.blocked.is_not(None), searches.c.referral_id.in_(_SERVED))
    .values(due=True)
)


async def look_again_around(tx: AsyncConnection, mentor_id: UUID) -> None:
    """Let those look again for whom nobody was found, and whose pool has this mentor in it."""
    await tx.execute(LOOK_AGAIN_AROUND, {"of_mentor": mentor_id})


_WENT = and_(
    proposals.c.status == Status.WITHDRAWN,
    proposals.c.reason == WithdrawalReason.MENTOR_UNAVAILABLE,
)
_SAID_NO = among(proposals.c.status, (Status.DECLINED, Status.EXPIRED))
REFUSED = select(
    exists().where(proposals.c.referral_id == bindparam("of_referral"), or_(_SAID_NO, _WENT))
)


async def was_refused(tx: AsyncConnection, referral_id: UUID) -> bool:
    """Tell whether a mentor said no, or nothing, or went away, before."""
    return bool(await tx.scalar(REFUSED, {"of_referral": referral_id}))
