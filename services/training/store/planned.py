"""Queries on sessions and on the places in them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, and_, false, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.training import SessionKind
from common.statements import replacing
from training.domain.audience import Sight
from training.domain.sessions import (
    Session,
    SessionNotFound,
    SessionState,
    SignUp,
    SignUpNotFound,
    SignUpState,
)
from training.store.tables import associations, people, programmes, sessions, sign_ups

# Of who was erased since, nobody can say it any more.
UNNOTED = select(sign_ups.c.session_id).where(
    sign_ups.c.state == SignUpState.SIGNED_UP, sign_ups.c.person_id.is_not(None)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of the calendar is asked for."""

    start: datetime | None = None
    end: datetime | None = None
    kind: SessionKind | None = None
    programme_id: UUID | None = None
    session_id: UUID | None = None
    # Only where somebody has a place, and it is not said whether they came.
    unnoted: bool = False


async def find_session(tx: AsyncConnection, session_id: UUID) -> Session:
    return as_session(await _one_session(tx, select(sessions), session_id))


async def lock_session(tx: AsyncConnection, session_id: UUID) -> Session:
    """Load a session in order to change it or its places; others wait for this transaction."""
    return as_session(await _one_session(tx, select(sessions).with_for_update(), session_id))


async def _one_session(
    tx: AsyncConnection, query: Select[tuple[object, ...]], session_id: UUID
) -> RowMapping:
    row = (await tx.execute(query.where(sessions.c.id == session_id))).mappings().one_or_none()
    if row is None:
        raise SessionNotFound(session_id)
    return row


def as_session(row: RowMapping) -> Session:
    fields = {column.name: row[column.name] for column in sessions.c}
    return Session(**fields | {"modules": tuple(row["modules"])})


async def add_session(tx: AsyncConnection, session: Session) -> bool:
    """Add a session unless one with its id exists; tell whether it was added."""
    adding = insert(sessions).on_conflict_do_nothing().returning(sessions.c.id)
    return (await tx.execute(adding, asdict(session))).first() is not None


async def save_session(tx: AsyncConnection, session: Session) -> None:
    changed = {"taken", "state", "version", "changed_at"}
    values = {name: value for name, value in asdict(session).items() if name in changed}
    await tx.execute(sessions.update().where(sessions.c.id == session.id).values(values))


async def find_sign_up(tx: AsyncConnection, sign_up_id: UUID) -> SignUp:
    """Find a sign-up; lock its session, not this, before changing it."""
    query = select(sign_ups).where(sign_ups.c.id == sign_up_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        raise SignUpNotFound(sign_up_id)
    return SignUp(**row)


async def sign_up_of(tx: AsyncConnection, session_id: UUID, person_id: UUID) -> SignUp | None:
    query = select(sign_ups).where(
        sign_ups.c.session_id == session_id, sign_ups.c.person_id == person_id
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return SignUp(**row) if row else None


async def save_sign_up(tx: AsyncConnection, place: SignUp) -> None:
    row = asdict(place)
    await tx.execute(replacing(sign_ups, *row), row)


async def calendar(
    tx: AsyncConnection,
    seen: Sequence[Sight],
    window: Window,
    *,
    person_id: UUID,
    page: tuple[UUID | None, int],
) -> list[RowMapping]:
    """List the sessions that somebody may see, the earliest first, with their own place in each."""
    after, limit = page
    mine = and_(
        sign_ups.c.session_id == sessions.c.id,
        sign_ups.c.person_id == person_id,
        sign_ups.c.state != SignUpState.CANCELLED,
    )
    query = (
        select(
            sessions,
            programmes.c.name.label("programme"),
            programmes.c.modules.label("titles"),
            associations.c.name.label("association"),
            sign_ups.c.id.label("sign_up_id"),
            sign_ups.c.state.label("sign_up_state"),
        )
        .outerjoin(programmes, programmes.c.id == sessions.c.programme_id)
        .outerjoin(associations, associations.c.id == sessions.c.association_id)
        .outerjoin(sign_ups, mine)
        .where(or_(false(), *(_visible(each) for each in seen)), *_within(window))
        .order_by(sessions.c.starts_at, sessions.c.id)
        .limit(limit)
    )
    if after:
        cursor = select(sessions.c.starts_at, sessions.c.id).where(sessions.c.id == after)
        query = query.where(tuple_(sessions.c.starts_at, sessions.c.id) > cursor.scalar_subquery())
    return list((await tx.execute(query)).mappings())


def _visible(sight: Sight) -> ColumnElement[bool]:
    kinds = sessions.c.kind.in_(sight.kinds)
    if sight.association_id is None:
        return kinds
    return kinds & (sessions.c.association_id == sight.association_id)


def _within(window: Window) -> Iterator[ColumnElement[bool]]:
    if window.start:
        yield sessions.c.starts_at >= window.start
    if window.end:
        yield sessions.c.starts_at < window.end
    if window.unnoted:
        yield sessions.c.state == SessionState.SCHEDULED
        yield sessions.c.id.in_(UNNOTED)
    for column, wanted in (
        (sessions.c.kind, window.kind),
        (sessions.c.programme_id, window.programme_id),
        (sessions.c.id, window.session_id),
    ):
        if wanted:
            yield column == wanted


async def attendance_list(tx: AsyncConnection, session_id: UUID) -> list[RowMapping]:
    """List who has a place, with their sealed names, in the order of their coming."""
    query = (
        select(sign_ups, people.c.given_name, people.c.family_name)
        .outerjoin(people, people.c.id == sign_ups.c.person_id)
        .where(sign_ups.c.session_id == session_id, sign_ups.c.state != SignUpState.CANCELLED)
        .order_by(sign_ups.c.id)
    )
    return list((await tx.execute(query)).mappings())
