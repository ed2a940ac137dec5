"""HTTP in: each route translates a request into one handler call."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import AwareDatetime, Field

from common.contracts.training import SessionKind
from common.contracts.vocabulary import Code, Role
from common.http import Caller, Model, Now, Tx, may, routes
from common.identity import new_id
from common.problems import language_of
from training import handlers
from training.api import views
from training.domain.sessions import Plan, Wish
from training.store.planned import Window

router = routes()

STAFF = (Role.COORDINATOR, Role.VOLUNTEER)
AUDIENCE = (*STAFF, Role.MENTOR, Role.MENTEE, Role.GUARDIAN)
ONLOOKERS = (Role.COLLECTIVE, Role.ADMIN)
LONGEST_SESSION = 24 * 60
PAGE = 200
# A calendar shows what was lately, and everything that is public ahead.
FEED_BACK = timedelta(days=60)
FEED_LENGTH = 1000


class NewSession(Model):
    """A session to be planned."""

    association_id: UUID
    programme_id: UUID | None = None
    kind: SessionKind
    modules: Annotated[tuple[Code, ...], Field(max_length=50)] = ()
    starts_at: AwareDatetime
    minutes: Annotated[int, Field(ge=1, le=LONGEST_SESSION)]
    places: Annotated[int, Field(ge=1, le=10_000)]
    remote: bool


class NewSignUp(Model):
    """A place for oneself, or as staff for somebody else."""

    person_id: UUID | None = None


class Attendance(Model):
    """Whether somebody was there, and for how long if not to the end."""

    present: bool
    minutes: Annotated[int | None, Field(ge=1, le=LONGEST_SESSION)] = None


@router.post("/sessions", status_code=201, dependencies=[may("session.plan", Role.COORDINATOR)])
async def schedule_session(asked: NewSession, caller: Caller, now: Now, tx: Tx) -> dict[str, UUID]:
    caller.require(asked.association_id)
    session_id = new_id()
    plan = Plan(**asked.model_dump())
    await handlers.schedule_session(tx, plan, session_id=session_id, now=now)
    return {"id": session_id}


@router.get("/sessions", dependencies=[may("session.list", *AUDIENCE, *ONLOOKERS)])
async def list_sessions(
    caller: Caller,
    tx: Tx,
    window: Annotated[views.SessionsAsked, Query()],
) -> list[dict[str, Any]]:
    return await views.sessions(tx, caller, window)


@router.get("/sessions/{session_id}", dependencies=[may("session.see", *AUDIENCE, *ONLOOKERS)])
async def see_session(session_id: UUID, caller: Caller, tx: Tx) -> dict[str, Any]:
    return await views.session(tx, caller, session_id)


@router.post(
    "/sessions/{session_id}/cancellation",
    status_code=204,
    dependencies=[may("session.cancel", Role.COORDINATOR)],
)
async def cancel_session(session_id: UUID, caller: Caller, now: Now, tx: Tx) -> None:
    await handlers.cancel_session(tx, session_id=session_id, caller=caller, now=now)


@router.post(
    "/sessions/{session_id}/sign-ups",
    status_code=201,
    dependencies=[may("session.sign_up", *AUDIENCE)],
)
async def sign_up(
    session_id: UUID, asked: NewSignUp, caller: Caller, now: Now, tx: Tx
) -> dict[str, UUID]:
    person_id = asked.person_id or caller.person_id
    wish = Wish(sign_up_id=new_id(), session_id=session_id, person_id=person_id)
    if person_id == caller.person_id:
        seen = await views.sights_of(tx, caller)
        return {"id": await handlers.sign_up(tx, wish, seen=seen, now=now)}
    staff = caller.narrowed(STAFF)
    return {"id": await handlers.enrol(tx, wish, caller=staff, now=now)}


@router.get("/sessions/{session_id}/sign-ups", dependencies=[may("attendance.list", *STAFF)])
async def list_sign_ups(session_id: UUID, caller: Caller, tx: Tx) -> list[dict[str, Any]]:
    return await views.attendance_list(tx, caller, session_id)


@router.post(
    "/sign-ups/{sign_up_id}/cancellation",
    status_code=204,
    dependencies=[may("sign_up.cancel", *AUDIENCE)],
)
async def give_up_place(sign_up_id: UUID, caller: Caller, now: Now, tx: Tx) -> None:
    await handlers.give_up_place(tx, sign_up_id=sign_up_id, caller=caller, now=now)


@router.post(
    "/sign-ups/{sign_up_id}/attendance",
    status_code=204,
    dependencies=[may("attendance.record", *STAFF)],
)
async def record_attendance(
    sign_up_id: UUID, seen: Attendance, caller: Caller, now: Now, tx: Tx
) -> None:
    minutes = seen.minutes if seen.present else 0
    await handlers.record_attendance(
        tx, sign_up_id=sign_up_id, minutes=minutes, caller=caller, now=now
    )


@router.get("/mentors/{mentor_id}/path", dependencies=[may("path.see", *STAFF, Role.MENTOR)])
async def see_path(mentor_id: UUID, caller: Caller, tx: Tx) -> dict[str, Any]:
    return await views.path(tx, caller, mentor_id)


@router.post(
    "/associations/{association_id}/exchange-sessions",
    status_code=201,
    dependencies=[may("exchange.publish", Role.COORDINATOR)],
)
async def publish_exchange_sessions(
    association_id: UUID, caller: Caller, now: Now, tx: Tx
) -> dict[str, list[UUID]]:
    """Publish at once what the clock would publish within minutes."""
    caller.require(association_id)
    _, published = await handlers.publish_exchange_sessions(
        tx, now, limit=PAGE, association_id=association_id
    )
    return {"ids": published}


@router.get(
    "/calendar.ics",
    dependencies=[may("calendar.see", *AUDIENCE, *ONLOOKERS)],
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}}},
)
async def see_calendar(request: Request, caller: Caller, now: Now, tx: Tx) -> Response:
    window = Window(start=now - FEED_BACK)
    content = await views.calendar(
        tx, caller, window, limit=FEED_LENGTH, language=language_of(request.scope)
    )
    return Response(content, media_type="text/calendar; charset=utf-8")
