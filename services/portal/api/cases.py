"""Pages of those who look after referrals: what needs them today, cases, suggestions."""

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
    todo, offered, submitted, applied, pool = await visit.get_all(
        ("followup", "/today"),
        ("intake", f"/referrals?status=offered&limit={MANY}"),
        ("intake", f"/referrals?status=submitted&limit={MANY}"),
        ("intake", f"/mentors?status=applied&limit={MANY}"),
        ("matching", f"/pool?limit={MANY}"),
    )
    unasked = [each for each in (pool or {}).get("referrals", ()) if not each["open_proposal_id"]]
    return visit.render(
        "today.html",
        todo=todo or [],
        offered=offered or [],
        submitted=submitted or [],
        applied=applied or [],
        unasked=unasked,
        unnoted=await unnoted_sessions(visit),
        names=await names_of_cases(visit) if unasked else {},
        pairs=await names_of_pairs(visit) if todo else {},
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
async def suggestions(visit: Reader, referral_id: UUID) -> Response:
    found, case, mentors = await visit.get_all(
        ("matching", f"/referrals/{referral_id}/suggestions"),
        ("intake", f"/referrals/{referral_id}"),
        ("intake", f"/mentors?limit={MANY}"),
    )
    return visit.render(
        "suggestions.html",
        referral_id=referral_id,
        found=found,
        referral=case or {"id": referral_id},
        names=by_id(mentors),
    )


@router.get("/referrals/{referral_id}/why", dependencies=[page("suggestion.explain")])
async def why(visit: Reader, referral_id: UUID, mentor_id: UUID) -> Response:
    """Say of any mentor why, or why not, and what would change it."""
    path = f"/referrals/{referral_id}/suggestions/{mentor_id}"
    told = await visit.get("matching", path)
    case, mentors = await visit.get_all(
        ("intake", f"/referrals/{referral_id}"), ("intake", f"/mentors?limit={MANY}")
    )
    return visit.render(
        "why.html",
        referral_id=referral_id,
        told=told,
        referral=case or {"id": referral_id},
        names=by_id(mentors),
    )


@router.get("/proposals", dependencies=[page("proposals.read")])
async def proposals(visit: Reader, after: UUID | None = None) -> Response:
    found = await visit.get("matching", "/proposals", after=after, limit=PAGE)
    mentors = await visit.maybe("intake", "/mentors", limit=MANY)
    return visit.render(
        "proposals.html",
        proposals=found,
        after=next_after(found),
        mentors=by_id(mentors),
        names=await names_of_cases(visit),
    )


def by_id(listed: Json) -> dict[str, Any]:
    return {each["id"]: each for each in listed or ()}


def next_after(found: Json) -> str | None:
    """Say where the next page of a list begins, if there may be one."""
    return found[-1]["id"] if len(found) == PAGE else None


async def names_of_cases(visit: Visit) -> dict[str, Any]:
    """Know the cases of this reader by their id, as far as one page of them reaches."""
    return by_id(await visit.maybe("intake", "/referrals", status="in_matching", limit=MANY))


async def unnoted_sessions(visit: Visit) -> Json:
    """List what began and where it is not said who came."""
    begun = {"attendance": "to_note", "to": visit.now.isoformat(), "limit": MANY}
    return await visit.maybe("training", "/sessions", **begun) or []


async def names_of_pairs(visit: Visit) -> dict[str, Any]:
    return by_id(await visit.maybe("followup", "/pairs", limit=MANY))
