"""Mentors as they are kept, with what was seen of them and never a document."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, RowMapping, cast, func, insert, select, true
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.vocabulary import MentorFacets
from common.statements import among, changing, finding, locking
from intake.domain.mentors import APPLYING, Mentor, MentorNotFound, Seen, Status
from intake.store.pages import Page
from intake.store.tables import mentors

SEEN = TypeAdapter(tuple[Seen, ...])
ADD = insert(mentors)


def to_row(mentor: Mentor) -> dict[str, Any]:
    plain = {name: getattr(mentor, name) for name in Mentor.__slots__}
    return plain | {
        "programme_ids": [str(each) for each in mentor.programme_ids],
        "facets": mentor.facets.model_dump(mode="json") if mentor.facets else None,
        "seen": SEEN.dump_python(mentor.seen, mode="json"),
    }


def from_row(row: RowMapping) -> Mentor:
    facets = row["facets"]
    parsed = {
        "programme_ids": tuple(map(UUID, row["programme_ids"])),
        "facets": MentorFacets.model_validate(facets) if facets else None,
        "seen": SEEN.validate_python(row["seen"]),
    }
    return Mentor(**{**row, **parsed})


async def add_mentors(tx: AsyncConnection, applied: Iterable[Mentor]) -> None:
    if rows := [to_row(mentor) for mentor in applied]:
        await tx.execute(ADD, rows)


async def mentor(tx: AsyncConnection, mentor_id: UUID) -> Mentor:
    found = await find_mentor(tx, mentor_id)
    if found is None:
        raise MentorNotFound(mentor_id)
    return found


async def find_mentor(tx: AsyncConnection, person_id: UUID) -> Mentor | None:
    """Give the mentor that this person is, if they are one."""
    row = (await tx.execute(finding(mentors), {"of_id": person_id})).mappings().one_or_none()
    return from_row(row) if row else None


async def lock_mentor(tx: AsyncConnection, mentor_id: UUID) -> Mentor:
    row = (await tx.execute(locking(mentors), {"of_id": mentor_id})).mappings().one_or_none()
    if row is None:
        raise MentorNotFound(mentor_id)
    return from_row(row)


async def save_mentor(tx: AsyncConnection, changed: Mentor) -> None:
    await tx.execute(changing(mentors), {"of_id": changed.id, **to_row(changed)})


async def mentors_of(
    tx: AsyncConnection,
    associations: frozenset[UUID] | None,
    *,
    statuses: Collection[Status] | None,
    page: Page,
) -> list[Mentor]:
    """List a page of the mentors of these associations (None: of all)."""
    where: list[ColumnElement[bool]] = [true()]
    if associations is not None:
        where.append(mentors.c.association_id.in_(associations))
    if statuses:
        where.append(among(mentors.c.status, statuses))
    query = page.of(select(mentors).where(*where), mentors.c.id)
    return [from_row(row) for row in (await tx.execute(query)).mappings()]


async def mentors_to_forget(tx: AsyncConnection, now: datetime, limit: int) -> list[Mentor]:
    old = select(mentors).where(mentors.c.forget_at <= now, mentors.c.facets.is_not(None))
    rows = await tx.execute(old.order_by(mentors.c.forget_at, mentors.c.id).limit(limit))
    return [from_row(row) for row in rows.mappings()]


async def mentors_undecided(tx: AsyncConnection, since: datetime, limit: int) -> Sequence[UUID]:
    """Name those who applied before this moment, and of whom nothing was seen or decided after."""
    seen_after = func.jsonb_path_exists(
        mentors.c.seen,
        cast("$[*] ? (@.seen_on >= $since)", JSONPATH),
        func.jsonb_build_object("since", since.date().isoformat()),
    )
    query = select(mentors.c.id).where(
        mentors.c.status.in_(APPLYING), mentors.c.applied_at <= since, ~seen_after
    )
    return (await tx.scalars(query.order_by(mentors.c.id).limit(limit))).all()
