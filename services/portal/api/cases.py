"""Pages of those who look after referrals: what needs them today, cases, suggestions."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from portal.api.doorkeeper import Reader
from portal.api.route import form_pages
from portal.api.visits import Visit, page
from portal.forms import Sheet
from portal.neighbours import Json

router = form_pages()

PAGE = 50
MANY = 200


@router.get("/today", dependencies=[page("today.read")])
async def today(visit: Reader) -> Response:
    coordinates = visit.has("coordinator")
    todo, offered, submitted, applied, pool = await visit.parts(
        ("followup", f"/today?limit={MANY}") if coordinates else None,
        ("intake", f"/referrals?status=offered&limit={PAGE}"),
        ("intake", f"/referrals?status=submitted&limit={PAGE}"),
        ("intake", f"/mentors?status=applied&limit={PAGE}"),
        ("matching", f"/pool?limit={MANY}") if coordinates else None,
    )
    waiting = (pool or {}).get("referrals", [])
    unasked = [each for each in waiting if not each["open_proposal_id"]]
    return visit.render(
        "today.html",
        todo=todo or [],
        offered=offered or [],
        submitted=submitted or [],
        applied=applied or [],
        unasked=unasked[:PAGE],
        # Whoever waits beyond this page of the pool is not counted.
        more_unasked=len(unasked) > PAGE or len(waiting) == MANY,
        unnoted=await unnoted_sessions(visit),
        names=await cases_of(visit, unasked[:PAGE]),
        pairs=await visit.known("followup", "/pairs", (each["pair_id"] for each in todo or ())),
        page=PAGE,
        most_to_do=MANY,
    )


@router.get("/referrals", dependencies=[page("referrals.read")])
async def referrals(
    visit: Reader,
    status: Annotated[str | None, Query(max_length=40)] = None,
    after: UUID | None = None,
) -> Response:
    found = await visit.get("intake", "/referrals", status=status, after=after, limit=PAGE)
    return visit.render(
        "referrals.html", referrals=found, state=status or "", after=next_after(found)
    )


@router.get("/referrals/{referral_id}", dependencies=[page("referral.read")])
async def referral(visit: Reader, referral_id: UUID) -> Response:
    found = await visit.get("intake", f"/referrals/{referral_id}")
    mentee_id, guardian_id = found["mentee_id"], found.get("guardian_id")
    routing, duplicates, card, guardian, authorisations = await visit.get_all(
        ("intake", f"/referrals/{referral_id}/routing"),
        ("intake", f"/referrals/{referral_id}/duplicates"),
        ("intake", f"/people/{mentee_id}"),
        ("intake", f"/people/{guardian_id or mentee_id}"),
        ("intake", f"/people/{mentee_id}/authorisations"),
    )
    return visit.render(
        "referral.html",
        referral=found,
        routing=routing,
        duplicates=duplicates or [],
        card=card,
        guardian=guardian if guardian_id else None,
        authorisations=authorisations or [],
        sheet=Sheet(),
    )


@router.get("/referrals/{referral_id}/suggestions", dependencies=[page("suggestions.read")])
async def suggestions(visit: Reader, referral_id: UUID, after: UUID | None = None) -> Response:
    found = await visit.maybe("matching", f"/referrals/{referral_id}/suggestions")
    case = await visit.part("intake", f"/referrals/{referral_id}")
    return visit.render(
        "suggestions.html",
        referral_id=referral_id,
        found=found,
        referral=case or {"id": referral_id},
        names=await mentors_of(visit, found["suggestions"] if found else ()),
        mentors=await newest_mentors(visit, "available", after=after),
        many=MANY,
    )


@router.get("/referrals/{referral_id}/why", dependencies=[page("suggestion.explain")])
async def why(visit: Reader, referral_id: UUID, mentor_id: UUID) -> Response:
    """Say of any mentor why, or why not, and what would change it."""
    path = f"/referrals/{referral_id}/suggestions/{mentor_id}"
    told = await visit.get("matching", path)
    named = [told["mentor_id"], (told["behind"] or {}).get("first_id")]
    return visit.render(
        "why.html",
        referral_id=referral_id,
        told=told,
        referral=await visit.part("intake", f"/referrals/{referral_id}") or {"id": referral_id},
        names=await visit.known("intake", "/mentors", named),
    )


@router.get("/proposals", dependencies=[page("proposals.read")])
async def proposals(visit: Reader, after: UUID | None = None) -> Response:
    found = await visit.get("matching", "/proposals", after=after, limit=PAGE)
    return visit.render(
        "proposals.html",
        proposals=found,
        after=next_after(found),
        mentors=await mentors_of(visit, found),
        names=await cases_of(visit, found),
    )


def by_id(listed: Json) -> dict[str, Any]:
    return {each["id"]: each for each in listed or ()}


def next_after(found: Json) -> str | None:
    """Say where the next page of a list begins, if there may be one."""
    return found[-1]["id"] if len(found) == PAGE else None


async def cases_of(visit: Visit, shown: Iterable[Json]) -> dict[str, Any]:
    """Know the cases that a page speaks of."""
    return await visit.known("intake", "/referrals", (each["referral_id"] for each in shown))


async def mentors_of(visit: Visit, shown: Iterable[Json]) -> dict[str, Any]:
    """Know the mentors that a page speaks of."""
    return await visit.known("intake", "/mentors", (each["mentor_id"] for each in shown))


async def newest_mentors(visit: Visit, *statuses: str, after: UUID | None) -> Json:
    """List the mentors among whom to choose, whoever came last first."""
    asked = {"status": list(statuses), "order": "newest", "after": after, "limit": MANY}
    return await visit.part("intake", "/mentors", **asked) or []


async def unnoted_sessions(visit: Visit) -> Json:
    """List what began and where it is not said who came."""
    begun = {"attendance": "to_note", "to": visit.now.isoformat(), "limit": PAGE}
    return await visit.part("training", "/sessions", **begun) or []
