"""Reading the pool: which mentors there are, and what binds them at this moment."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, not_, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.vocabulary import MentorFacets
from common.statements import OneOrMany, among
from matching.domain.people import Mentor
from matching.domain.pool import Pool, pool_of
from matching.domain.proposals import Status
from matching.store.people import LIVE, ids
from matching.store.tables import MentorState, mentors, pair_endings, proposals, readiness

ENGAGING = or_(proposals.c.status == Status.OPEN, LIVE)
ENGAGED_IN_SQL = text("proposals.status in ('open', 'accepted')")

# So many are read between two looks at what else the service has to do.
READ_AT_ONCE = 250

# What was read once, by the digest of its text: facets never change under their digest.
# Some three kilobytes each.
FACETS_KEPT = 20_000
_facets: OrderedDict[str, MentorFacets] = OrderedDict()


async def pool_for(tx: AsyncConnection, association_ids: Collection[UUID]) -> Pool:
    """Load the mentors of some associations, with what binds them at this moment."""
    query = mentors_now().where(mentors.c.association_id.in_(sorted(association_ids)))
    rows = (await tx.execute(query)).mappings()
    return pool_of([as_mentor(row, known_facets(row)) for row in rows])


async def find_mentor(tx: AsyncConnection, mentor_id: UUID) -> Mentor | None:
    found = await find_mentors(tx, [mentor_id])
    return found[0] if found else None


async def find_mentors(tx: AsyncConnection, mentor_ids: Collection[UUID]) -> list[Mentor]:
    """Find mentors with what binds them at this moment; who is no more is not found."""
    rows = [row._asdict() for row in await NAMED.ask(tx, mentor_ids)]
    return [as_mentor(row, known_facets(row)) for row in rows]


async def read_all(
    tx: AsyncConnection, association_ids: Collection[UUID] | None = None
) -> AsyncIterator[list[Mentor]]:
    """Read everybody, or the mentors of some associations, some at a time in order of ids."""
    query = mentors_now().order_by(mentors.c.mentor_id).limit(READ_AT_ONCE)
    if association_ids is not None:
        query = query.where(among(mentors.c.association_id, association_ids))
    rows = (await tx.execute(query)).mappings().all()
    while rows:
        yield [as_mentor(row, facets_in(row)) for row in rows]
        rest = query.where(mentors.c.mentor_id > rows[-1]["mentor_id"])
        rows = (await tx.execute(rest)).mappings().all()


def mentors_now() -> Select[Any]:
    """Read mentors, and in the same look what binds them."""
    engaged = (
        select(func.count())
        .select_from(proposals)
        # Written out, so that any plan knows that the index on those who are engaged will do.
        .where(proposals.c.mentor_id == mentors.c.mentor_id, ENGAGED_IN_SQL, ENGAGING)
        .scalar_subquery()
    )
    trained = ids(
        select(readiness.c.programme_id).where(readiness.c.mentor_id == mentors.c.mentor_id)
    )
    barred = exists().where(
        pair_endings.c.mentor_id == mentors.c.mentor_id,
        pair_endings.c.closed,
        not_(pair_endings.c.rematch_mentor),
        pair_endings.c.since > mentors.c.state_since,
    )
    return select(
        mentors, engaged.label("engaged"), trained.label("trained"), barred.label("barred")
    ).where(mentors.c.facets_digest.is_not(None))


NAMED = OneOrMany(lambda theirs: mentors_now().where(theirs(mentors.c.mentor_id)))


def as_mentor(row: Mapping[str, Any], facets: MentorFacets) -> Mentor:
    return Mentor(
        mentor_id=row["mentor_id"],
        association_id=row["association_id"],
        facets=facets,
        available=row["state"] is MentorState.AVAILABLE and not row["barred"],
        programmes=frozenset(row["programme_ids"]),
        trained_for=frozenset(row["trained"]),
        screened_until=row["screened_until"],
        engaged=row["engaged"],
    )


def known_facets(row: Mapping[str, Any]) -> MentorFacets:
    """Read facets, unless they were read before."""
    digest = row["facets_digest"]
    if digest not in _facets:
        _facets[digest] = facets_in(row)
    _facets.move_to_end(digest)
    while len(_facets) > FACETS_KEPT:
        _facets.popitem(last=False)
    return _facets[digest]


def forget_facets() -> None:
    """Forget what was read, for somebody of whom it was may be no more."""
    _facets.clear()


def facets_in(row: Mapping[str, Any]) -> MentorFacets:
    return MentorFacets.model_validate(row["facets"])
