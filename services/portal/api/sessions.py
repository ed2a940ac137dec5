"""Pages about training, exchange of practice and outings."""

from datetime import datetime, timedelta
from uuid import UUID

from fastapi import Response

from common.database import transaction
from common.http import Tx, public
from portal.api.cases import MANY, by_id, newest_mentors, unnoted_sessions
from portal.api.doorkeeper import Reader
from portal.api.route import form_pages
from portal.api.visits import Visit, page
from portal.forms import Sheet
from portal.handlers import calendars
from portal.neighbours import Json

router = form_pages()

# Who came may be corrected, and somebody who simply came be added, for so long by the list.
LATELY = timedelta(days=60)
APPROVED = ("available", "paused")
# Who is somewhere on their way with the association.
HERE = (*APPROVED, "applied", "screening", "suspended")


@router.get("/sessions", dependencies=[page("sessions.read")])
async def sessions(visit: Reader) -> Response:
    start = visit.now.isoformat()
    found = await visit.get("training", "/sessions", limit=MANY, **{"from": start})
    path = None
    if visit.has("mentor"):
        path = await visit.maybe("training", f"/mentors/{visit.person_id}/path")
    staff = visit.has("coordinator", "volunteer")
    mine = [str(each) for each in visit.associations("coordinator")]
    programmes = await visit.part("intake", "/programmes") if mine else []
    return visit.render(
        "sessions.html",
        sessions=found,
        unnoted=await unnoted_sessions(visit) if staff else [],
        lately=await held_lately(visit) if staff else [],
        path=path,
        mine=mine,
        programmes=[each for each in programmes or () if each["association_id"] in mine],
        associations=by_id(await visit.part("intake", "/associations")),
        sheet=Sheet(),
    )


async def held_lately(visit: Visit) -> Json:
    lately = {"from": (visit.now - LATELY).isoformat(), "to": visit.now.isoformat()}
    return await visit.get("training", "/sessions", limit=MANY, **lately)


@router.get("/sessions/{session_id}", dependencies=[page("session.read")])
async def session(visit: Reader, session_id: UUID, after: UUID | None = None) -> Response:
    found = await visit.get("training", f"/sessions/{session_id}")
    places = await visit.maybe("training", f"/sessions/{session_id}/sign-ups")
    # On an outing are children, who meet nobody that the association does not trust.
    welcome = APPROVED if found["kind"] == "outing" else HERE
    return visit.render(
        "session.html",
        session=found,
        begun=datetime.fromisoformat(found["starts_at"]) <= visit.now,
        places=places,
        mentors=[] if places is None else await newest_mentors(visit, *welcome, after=after),
        many=MANY,
        sheet=Sheet(),
    )


@router.get("/calendar.ics", dependencies=[page("calendar.read")])
async def calendar(visit: Reader) -> Response:
    return await visit.text("training", "/calendar.ics", "text/calendar")


@router.post("/calendars", dependencies=[page("calendar.open")])
async def open_calendar(visit: Reader, tx: Tx) -> Response:
    """Show the address this once: only its hash is kept."""
    secret = await calendars.open_calendar(tx, visit.person_id)
    return visit.render("calendar.html", address=f"{visit.settings.home}/calendars/{secret}.ics")


@router.get("/calendars/{secret}.ics", dependencies=[public("calendar.subscribe")])
async def subscribed_calendar(secret: str, visit: Reader) -> Response:
    async with transaction(visit.engine) as tx:
        reader = await calendars.reader_at(tx, secret)
    return await visit.read_by(reader).text("training", "/calendar.ics", "text/calendar")
