"""Pages of mentors, mentees, guardians and prescribers: their own, and nobody else's."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from common.database import transaction
from portal.api.cases import PAGE, by_id, next_after
from portal.api.doorkeeper import Reader
from portal.api.route import form_pages
from portal.api.visits import Visit, page
from portal.forms import Sheet
from portal.store import accounts

router = form_pages()


@router.get("/mine", dependencies=[page("mine.read")])
async def mine(visit: Reader) -> Response:
    """Show a person what concerns them, whatever they are here."""
    invitations = f"/proposals?status=open&mentor_id={visit.person_id}"
    referrals, pairs, todo, proposals, authorisations = await visit.parts(
        ("intake", "/referrals") if visit.has("mentee", "guardian") else None,
        ("followup", "/pairs"),
        ("followup", "/today"),
        ("matching", invitations) if visit.has("mentor") else None,
        ("intake", "/authorisations") if visit.has("guardian") else None,
    )
    me = str(visit.person_id)
    return visit.render(
        "mine.html",
        referrals=referrals or [],
        pairs=pairs or [],
        todo=todo or [],
        invited=proposals or [],
        asked=[each for each in authorisations or () if each["answer"] == "asked"],
        me=me,
    )


@router.get("/mine/proposals/{proposal_id}", dependencies=[page("proposal.read")])
async def proposal(visit: Reader, proposal_id: UUID) -> Response:
    """Show the profile without a name; opening this page answers nothing."""
    found = await visit.get("matching", f"/proposals/{proposal_id}")
    return visit.render("proposal.html", proposal=found, sheet=Sheet())


@router.get("/mine/authorisations", dependencies=[page("authorisations.read")])
async def authorisations(visit: Reader) -> Response:
    found = await visit.get("intake", "/authorisations")
    names = await names_of(visit, {each["mentee_id"] for each in found})
    return visit.render("authorisations.html", authorisations=found, names=names)


async def names_of(visit: Visit, person_ids: set[str]) -> dict[str, Any]:
    cards = await asyncio.gather(
        *(visit.maybe("intake", f"/people/{each}") for each in sorted(person_ids))
    )
    return by_id([each for each in cards if each])


@router.get("/mine/referrals", dependencies=[page("my_referrals.read")])
async def my_referrals(visit: Reader, after: UUID | None = None) -> Response:
    found = await visit.get("intake", "/referrals", order="newest", after=after, limit=PAGE)
    return visit.render("my_referrals.html", referrals=found, after=next_after(found))


@router.get("/mine/referrals/{referral_id}", dependencies=[page("my_referral.read")])
async def my_referral(visit: Reader, referral_id: UUID) -> Response:
    """Show how far a request is, and let its people choose an offer or withdraw."""
    found = await visit.get("intake", f"/referrals/{referral_id}")
    routing = await visit.maybe("intake", f"/referrals/{referral_id}/routing")
    journey = await visit.part("reporting", f"/journeys/{referral_id}")
    return visit.render(
        "my_referral.html", referral=found, routing=routing, journey=journey, sheet=Sheet()
    )


@router.get("/mine/privacy", dependencies=[page("privacy.read")])
async def privacy(visit: Reader) -> Response:
    """Show whom one may ask about, and lead to what is known of them."""
    referrals = await visit.maybe("intake", "/referrals") or []
    people = {str(visit.person_id), *(each["mentee_id"] for each in referrals)}
    return visit.render(
        "privacy.html", people=await names_of(visit, people), me=str(visit.person_id)
    )


@router.get("/mine/privacy/{person_id}", dependencies=[page("accesses.read")])
async def accesses(visit: Reader, person_id: UUID) -> Response:
    """Say who has opened a card: by their role and association, not by name."""
    card = await visit.get("intake", f"/people/{person_id}")
    seen = await visit.get("intake", f"/people/{person_id}/accesses")
    async with transaction(visit.engine) as tx:
        readers = await roles_of(tx, {UUID(each["reader_id"]) for each in seen})
    return visit.render("accesses.html", card=card, accesses=seen, readers=readers)


async def roles_of(tx: AsyncConnection, person_ids: set[UUID]) -> dict[str, list[tuple[str, str]]]:
    """Know the roles of people, and where they hold them."""
    names = await accounts.names_of_associations(tx)
    return {
        str(each): sorted(
            (str(grant.role), names.get(grant.association_id, "") if grant.association_id else "")
            for grant in await accounts.grants_of(tx, each)
        )
        for each in person_ids
    }


@router.get("/erasures/{erasure_id}", dependencies=[page("erasure.read")])
async def erasure(visit: Reader, erasure_id: UUID) -> Response:
    found = await visit.maybe("intake", f"/erasures/{erasure_id}")
    return visit.render("erasure.html", erasure=found)
