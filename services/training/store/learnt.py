"""Queries on paths, on what mentors attended, and on the exchange calendar."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.policy import Exchange, TrainingModule
from common.contracts.training import MentorReady
from common.statements import any_of, finding, replacing
from training.domain.exchange import ExchangeCalendar, next_look, planned
from training.domain.paths import Attended, Mentor, MentorNotFound, Path, ProgrammeNotFound
from training.domain.sessions import SignUpState
from training.store.tables import (
    associations,
    exchange_plans,
    mentors,
    programmes,
    readiness,
    sessions,
    sign_ups,
)

TO_LOOK_AT = select(exists().where(mentors.c.to_look_at))
PATHS = select(programmes).where(any_of(programmes.c.id, "ids")).order_by(programmes.c.id)
ATTENDED_BY = (
    select(
        sessions.c.association_id,
        sessions.c.programme_id,
        sessions.c.kind,
        sessions.c.modules,
        sessions.c.starts_at,
        sign_ups.c.minutes,
    )
    .select_from(sign_ups.join(sessions))
    .where(sign_ups.c.person_id == bindparam("of_person"), sign_ups.c.state == SignUpState.PRESENT)
)
READINESS_OF = select(readiness).where(readiness.c.mentor_id == bindparam("of_mentor"))


async def find_mentor(tx: AsyncConnection, mentor_id: UUID) -> Mentor:
    row = (await tx.execute(finding(mentors), {"of_id": mentor_id})).mappings().one_or_none()
    if row is None:
        raise MentorNotFound(mentor_id)
    return as_mentor(row)


async def is_any_to_look_at(database: AsyncConnection, _: datetime) -> bool:
    return bool(await database.scalar(TO_LOOK_AT))


async def take_mentors_to_look_at(
    tx: AsyncConnection, limit: int, mentor_id: UUID | None = None
) -> list[Mentor]:
    """Take marked mentors off the list; those whom another transaction looks at are left to it."""
    marked = select(mentors.c.id).where(mentors.c.to_look_at).limit(limit)
    if mentor_id:
        marked = marked.where(mentors.c.id == mentor_id)
    taken = marked.order_by(mentors.c.id).with_for_update(skip_locked=True)
    looked_at = update(mentors).where(mentors.c.id.in_(taken)).values(to_look_at=False)
    rows = (await tx.execute(looked_at.returning(mentors))).mappings()
    return sorted((as_mentor(row) for row in rows), key=lambda mentor: mentor.id)


def as_mentor(row: RowMapping) -> Mentor:
    return Mentor(
        id=row["id"],
        association_id=row["association_id"],
        programme_ids=tuple(row["programme_ids"]),
        state=row["state"],
        version=row["version"],
    )


async def paths_of(tx: AsyncConnection, programme_ids: Collection[UUID]) -> list[Path]:
    rows = await tx.execute(PATHS, {"ids": list(programme_ids)})
    return [as_path(row) for row in rows.mappings()]


async def paths_in(
    tx: AsyncConnection, association_id: UUID, programme_id: UUID | None
) -> list[Path]:
    """Find the paths of an association, or one of them, which must exist."""
    query = select(programmes).where(programmes.c.association_id == association_id)
    if programme_id:
        query = query.where(programmes.c.id == programme_id)
    paths = [as_path(row) for row in (await tx.execute(query)).mappings()]
    if programme_id and not paths:
        raise ProgrammeNotFound(programme_id)
    return paths


def as_path(row: RowMapping) -> Path:
    return Path(
        programme_id=row["id"],
        association_id=row["association_id"],
        name=row["name"],
        version=row["version"],
        modules=tuple(TrainingModule.model_validate(module) for module in row["modules"]),
    )


async def attended_by(tx: AsyncConnection, person_id: UUID) -> list[Attended]:
    """List the sessions that a person was at, with the minutes they stayed."""
    return [
        Attended(
            association_id=row["association_id"],
            programme_id=row["programme_id"],
            kind=row["kind"],
            modules=tuple(row["modules"]),
            starts_at=row["starts_at"],
            minutes=row["minutes"],
        )
        for row in (await tx.execute(ATTENDED_BY, {"of_person": person_id})).mappings()
    ]


async def readiness_of(tx: AsyncConnection, mentor_id: UUID) -> dict[UUID, RowMapping]:
    rows = (await tx.execute(READINESS_OF, {"of_mentor": mentor_id})).mappings()
    return {row["programme_id"]: row for row in rows}


async def add_readiness(tx: AsyncConnection, event: MentorReady, policy_version: int) -> bool:
    """Note that a mentor is ready; tell whether this is news."""
    row = insert(readiness).values(
        id=event.readiness_id,
        mentor_id=event.mentor_id,
        programme_id=event.programme_id,
        policy_version=policy_version,
        ready_at=event.occurred_at,
        minutes=event.minutes,
    )
    added = row.on_conflict_do_nothing().returning(readiness.c.id)
    return (await tx.execute(added)).first() is not None


async def calendars_due(
    tx: AsyncConnection, today: date, *, limit: int, association_id: UUID | None = None
) -> list[ExchangeCalendar]:
    """Find the programmes with a month to publish, or with a policy not yet looked at."""
    plans = exchange_plans.c
    query = (
        select(programmes, associations.c.department, plans.planned_to)
        .outerjoin(exchange_plans, plans.programme_id == programmes.c.id)
        # Without the association its time zone is not known yet: the programme waits for it.
        .join(associations, associations.c.id == programmes.c.association_id)
        .where(
            or_(
                plans.programme_id.is_(None),
                plans.look_again_on <= today,
                plans.policy_version < programmes.c.version,
            )
        )
        .order_by(programmes.c.id)
        .limit(limit)
        .with_for_update(of=programmes)
    )
    if association_id:
        query = query.where(programmes.c.association_id == association_id)
    return [as_calendar(row) for row in (await tx.execute(query)).mappings()]


def as_calendar(row: RowMapping) -> ExchangeCalendar:
    return ExchangeCalendar(
        programme_id=row["id"],
        association_id=row["association_id"],
        department=row["department"],
        remote=row["remote"],
        version=row["version"],
        exchange=Exchange.model_validate(row["exchange"]),
        planned_to=row["planned_to"],
    )


async def note_planned(
    tx: AsyncConnection, calendars: Sequence[ExchangeCalendar], today: date
) -> None:
    """Remember what is published, and when to look again."""
    for calendar in calendars:
        row = {
            "programme_id": calendar.programme_id,
            "planned_to": planned(calendar, today),
            "policy_version": calendar.version,
            "look_again_on": next_look(calendar, today),
        }
        await tx.execute(replacing(exchange_plans, *row), row)
