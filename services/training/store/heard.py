"""What training keeps of what others announced: the newest of each, whatever the order."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table, Uuid, bindparam, delete, exists, false, func, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.statements import newest, replacing_older
from training.domain.audience import Standing
from training.domain.paths import MentorState
from training.store.tables import (
    forgotten,
    grants,
    mentors,
    people,
    readiness,
    sign_ups,
    suspensions,
)


async def keep_newest(tx: AsyncConnection, table: Table, row: Mapping[str, Any]) -> bool:
    """Keep a row unless one as new is held already; tell whether it was kept."""
    newer = replacing_older(table, *row)
    return (await tx.execute(newer, row)).rowcount > 0


def _keep(table: Table, person: str) -> Insert:
    named = bindparam(person, type_=Uuid)
    return newest(table, unless=exists().where(forgotten.c.person_id == named))


KEEP_PERSON, KEEP_GRANT = _keep(people, "id"), _keep(grants, "person_id")
KEEP_SUSPENSION = _keep(suspensions, "mentor_id")
STANDING = (
    select(
        mentors.c.association_id,
        mentors.c.state,
        func.coalesce(suspensions.c.suspended, false()).label("suspended"),
    )
    .select_from(mentors.outerjoin(suspensions, suspensions.c.mentor_id == mentors.c.id))
    .where(mentors.c.id == bindparam("of_person"))
)
FORGOTTEN = select(exists().where(forgotten.c.person_id == bindparam("of_person")))


async def is_forgotten(tx: AsyncConnection, person_id: UUID) -> bool:
    return bool(await tx.scalar(FORGOTTEN, {"of_person": person_id}))


async def standing_of(tx: AsyncConnection, person_id: UUID) -> Standing | None:
    """Find where somebody stands as a mentor; None: they are none, or not heard of yet."""
    row = (await tx.execute(STANDING, {"of_person": person_id})).mappings().one_or_none()
    return Standing(**row) if row else None


async def look_at_mentors_of(tx: AsyncConnection, programme_id: UUID) -> None:
    """Mark the mentors whose path may be complete now that the programme changed."""
    wanted = mentors.c.programme_ids.contains([programme_id])
    await tx.execute(update(mentors).where(wanted).values(to_look_at=True))


async def look_at_mentor(tx: AsyncConnection, mentor_id: UUID) -> None:
    await tx.execute(update(mentors).where(mentors.c.id == mentor_id).values(to_look_at=True))


async def belongs_to(tx: AsyncConnection, person_id: UUID, association_id: UUID) -> bool:
    """Tell whether a person is a mentor of an association, or holds any role in it.

    The role of a mentor outlives a refusal and a farewell: who is gone belongs no more.
    """
    as_mentor = exists().where(
        mentors.c.id == person_id, mentors.c.association_id == association_id
    )
    gone = as_mentor.where(mentors.c.state == MentorState.GONE)
    by_role = exists().where(
        grants.c.person_id == person_id, grants.c.association_id == association_id, grants.c.held
    )
    return bool(await tx.scalar(select((as_mentor | by_role) & ~gone)))


async def forget(tx: AsyncConnection, person_id: UUID) -> bool:
    """Forget a person, whose places and readiness go on counting; tell whether this was new."""
    noted = insert(forgotten).values(person_id=person_id).on_conflict_do_nothing()
    if (await tx.execute(noted.returning(forgotten.c.person_id))).first() is None:
        return False
    for table, column in (
        (mentors, mentors.c.id),
        (suspensions, suspensions.c.mentor_id),
        (people, people.c.id),
        (grants, grants.c.person_id),
    ):
        await tx.execute(delete(table).where(column == person_id))
    for table, column in (
        (sign_ups, sign_ups.c.person_id),
        (readiness, readiness.c.mentor_id),
    ):
        await tx.execute(update(table).where(column == person_id).values({column.name: None}))
    return True
