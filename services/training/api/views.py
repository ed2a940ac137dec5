"""What people are shown of sessions and paths: reads, which decide nothing."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from common.caller import Caller
from common.contracts.training import SessionKind
from common.contracts.vocabulary import Role, Sealed
from common.http import Model
from common.models import InAddress
from common.vault import vault_of
from training.domain.audience import Sight, require_visible, sights
from training.domain.feed import Entry, Language, feed
from training.domain.paths import Path, Step, progress
from training.domain.sessions import Session
from training.store import heard, learnt, planned
from training.store.planned import Window

STAFF = (Role.COORDINATOR, Role.VOLUNTEER)


class SessionsAsked(Model):
    """Which page of the sessions is asked for."""

    start: Annotated[AwareDatetime | None, Field(alias="from")] = None
    end: Annotated[AwareDatetime | None, Field(alias="to")] = None
    kind: SessionKind | None = None
    programme: UUID | None = None
    # Staff alone: the sessions in which somebody has a place, and nobody said who came.
    attendance: Literal["to_note"] | None = None
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200), InAddress] = 50

    @property
    def window(self) -> Window:
        return Window(
            start=self.start,
            end=self.end,
            kind=self.kind,
            programme_id=self.programme,
            unnoted=self.attendance is not None,
        )


async def sessions(
    tx: AsyncConnection, caller: Caller, asked: SessionsAsked
) -> list[dict[str, Any]]:
    if asked.attendance:
        caller = caller.narrowed(STAFF)
    rows = await seen_by(tx, caller, asked.window, page=(asked.after, asked.limit))
    return [shown(row) for row in rows]


async def session(tx: AsyncConnection, caller: Caller, session_id: UUID) -> dict[str, Any]:
    found = await planned.find_session(tx, session_id)
    require_visible(found, await sights_of(tx, caller))
    window = Window(session_id=session_id)
    [row] = await seen_by(tx, caller, window, page=(None, 1))
    return shown(row)


async def sights_of(tx: AsyncConnection, caller: Caller) -> list[Sight]:
    standing = await heard.standing_of(tx, caller.person_id)
    return sights(((grant.role, grant.association_id) for grant in caller.grants), standing)


async def seen_by(
    tx: AsyncConnection, caller: Caller, window: Window, *, page: tuple[UUID | None, int]
) -> list[RowMapping]:
    seen = await sights_of(tx, caller)
    return await planned.calendar(tx, seen, window, person_id=caller.person_id, page=page)


def shown(row: RowMapping) -> dict[str, Any]:
    found: Session = planned.as_session(row)
    return {
        "id": found.id,
        "association_id": found.association_id,
        "association": row["association"],
        "programme_id": found.programme_id,
        "programme": row["programme"],
        "kind": found.kind,
        "modules": found.modules,
        "starts_at": found.starts_at,
        "minutes": found.minutes,
        "places": found.places,
        "places_left": found.places - found.taken,
        "remote": found.remote,
        "state": found.state,
        "sign_up_id": row["sign_up_id"],
        "sign_up_state": row["sign_up_state"],
    }


async def calendar(
    tx: AsyncConnection, caller: Caller, window: Window, *, limit: int, language: Language
) -> bytes:
    rows = await seen_by(tx, caller, window, page=(None, limit))
    return feed([entry(row, language) for row in rows], language)


def entry(row: RowMapping, language: Language) -> Entry:
    titles = {each["code"]: each[f"title_{language}"] for each in row["titles"] or ()}
    return Entry(
        session=planned.as_session(row),
        name=row["programme"] or row["association"] or "",
        titles=tuple(titles.get(code, code) for code in row["modules"]),
    )


async def attendance_list(
    tx: AsyncConnection, caller: Caller, session_id: UUID
) -> list[dict[str, Any]]:
    """Show staff who has a place; a name that nobody can open (any more) stays empty."""
    found = await planned.find_session(tx, session_id)
    caller.require(found.association_id)
    rows = await planned.attendance_list(tx, session_id)
    names = await opened(tx, rows)
    return [
        {
            "id": row["id"],
            "person_id": row["person_id"],
            "state": row["state"],
            "minutes": row["minutes"],
            "given_name": names.get((row["person_id"], "given_name")),
            "family_name": names.get((row["person_id"], "family_name")),
        }
        for row in rows
    ]


async def opened(tx: AsyncConnection, rows: list[RowMapping]) -> dict[tuple[UUID, str], str | None]:
    sealed = [
        (row["person_id"], field, Sealed(row[field]))
        for row in rows
        for field in ("given_name", "family_name")
        if row[field]
    ]
    if not sealed:
        return {}
    texts = await vault_of(tx).open_many(sealed)
    return {(person, field): text for (person, field, _), text in zip(sealed, texts, strict=True)}


async def path(tx: AsyncConnection, caller: Caller, mentor_id: UUID) -> dict[str, Any]:
    """Show a mentor, or the staff of their association, what is done and what is missing."""
    if caller.person_id != mentor_id:
        caller = caller.narrowed(STAFF)
    mentor = await learnt.find_mentor(tx, mentor_id)
    if caller.person_id != mentor_id:
        caller.require(mentor.association_id)
    attended = await learnt.attended_by(tx, mentor_id)
    ready_in = await learnt.readiness_of(tx, mentor_id)
    return {
        "mentor_id": mentor_id,
        "state": mentor.state,
        "minutes": sum(each.minutes for each in attended),
        "exchange_sessions": sum(each.kind is SessionKind.EXCHANGE for each in attended),
        "programmes": [
            programme_shown(each, progress(each, attended), ready_in.get(each.programme_id))
            for each in await learnt.paths_of(tx, mentor.programme_ids)
        ],
    }


def programme_shown(
    path: Path, steps: tuple[Step, ...], ready: RowMapping | None
) -> dict[str, Any]:
    ready_at: datetime | None = ready["ready_at"] if ready else None
    return {
        "programme_id": path.programme_id,
        "programme": path.name,
        "policy_version": path.version,
        "ready_at": ready_at,
        "ready_under_policy_version": ready["policy_version"] if ready else None,
        "modules": [
            step.module.model_dump() | {"completed_at": step.completed_at} for step in steps
        ],
    }
