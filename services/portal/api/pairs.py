"""Pages about pairs, for both sides, the family and the association; each sees their own part."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from fastapi import Response

from portal.api.cases import PAGE, next_after
from portal.api.doorkeeper import Reader
from portal.api.route import form_pages
from portal.api.visits import page
from portal.forms import Sheet

router = form_pages()


@router.get("/pairs", dependencies=[page("pairs.read")])
async def pairs(visit: Reader, after: UUID | None = None) -> Response:
    found = await visit.get("followup", "/pairs", limit=PAGE, after=after)
    return visit.render("pairs.html", pairs=found, after=next_after(found))


@router.get("/pairs/{pair_id}", dependencies=[page("pair.read")])
async def pair(visit: Reader, pair_id: UUID) -> Response:
    found = await visit.get("followup", f"/pairs/{pair_id}")
    here = f"/pairs/{pair_id}"
    (
        goals,
        meetings,
        contacts,
        check_ins,
        interviews,
        reviews,
        outcomes,
        alerts,
    ) = await visit.get_all(
        ("followup", f"{here}/goals"),
        ("followup", f"{here}/meetings"),
        ("followup", f"{here}/contacts"),
        ("followup", f"{here}/check-ins"),
        ("followup", f"{here}/interviews"),
        ("followup", f"{here}/review"),
        ("followup", f"{here}/outcomes"),
        ("followup", f"/alerts?limit=200&pair_id={pair_id}"),
    )
    return visit.render(
        "pair.html",
        pair=found,
        goals=goals or [],
        told=newest_first(meetings or [], contacts or []),
        check_ins=check_ins or [],
        interviews=interviews or [],
        reviews=reviews or [],
        outcomes=outcomes or [],
        alerts=[each for each in alerts or () if each["pair_id"] == str(pair_id)],
        sheet=Sheet(),
    )


def newest_first(*told: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Put meetings and contacts in one order: a call stands between the meetings around it."""

    def happened(each: Mapping[str, Any]) -> datetime:
        return datetime.fromisoformat(each["held_at"] if "held_at" in each else each["at"])

    return sorted(chain(*told), key=happened, reverse=True)


@router.get("/pairs/{pair_id}/reports", dependencies=[page("reports.read")])
async def reports(visit: Reader, pair_id: UUID) -> Response:
    """Show what only a second person of the association reads."""
    found = await visit.get("followup", f"/pairs/{pair_id}/safeguarding-reports")
    return visit.render("reports.html", pair_id=pair_id, reports=found)


@router.get("/agreements/{agreement_id}", dependencies=[page("agreement.read")])
async def agreement(visit: Reader, agreement_id: UUID) -> Response:
    """Show the exact text; signing takes a code that is mailed, never a link alone."""
    found = await visit.get("followup", f"/agreements/{agreement_id}")
    read = await visit.text("followup", f"/agreements/{agreement_id}/text", "text/plain")
    pair = await visit.get("followup", f"/pairs/{found['pair_id']}")
    unsigned = [each for each in found["signatories"] if not each["signed"]]
    mine = [each for each in unsigned if may_sign(each, pair["side"], str(visit.person_id))]
    return visit.render(
        "agreement.html",
        agreement=found,
        text=bytes(read.body).decode(),
        pair=pair,
        mine=mine,
        unsigned=unsigned,
        sheet=Sheet(),
    )


def may_sign(signatory: dict[str, str], side: str, person_id: str) -> bool:
    """Offer the form to who is named, and the association's to its staff; followup decides."""
    if signatory["capacity"] == "organisation":
        return side == "association"
    return signatory["person_id"] == person_id


@router.get("/agreements/{agreement_id}/proof.json", dependencies=[page("agreement.prove")])
async def proof(visit: Reader, agreement_id: UUID) -> Response:
    """Hand over all that is needed to check the signatures without us."""
    answer = await visit.text("followup", f"/agreements/{agreement_id}/proof", "application/json")
    answer.headers["content-disposition"] = 'attachment; filename="proof.json"'
    return answer
