"""The three doors as pages: asking for a mentor, offering to be one, referring somebody."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from common.http import public
from portal.api.doorkeeper import Reader
from portal.api.route import form_pages
from portal.api.visits import Visit, page
from portal.commands import requests
from portal.forms import Form, Sheet, refused_sheet
from portal.neighbours import NeighbourSaidNo

router = form_pages()

# What is said about a form beside it, and never instead of it.
UNDERSTOOD = frozenset({403, 409, 422, 429})


@router.get("/ask", dependencies=[public("request.read")])
async def ask_page(visit: Reader, offer: Annotated[UUID | None, Query()] = None) -> Response:
    return await form_page(visit, Sheet(), door="public", offer_id=offer)


@router.post("/ask", dependencies=[public("request.send")])
async def ask(visit: Reader, form: Form) -> Response:
    """Take a request from the person or their family; it says no more than that it came in."""
    body = requests.referral(form, visit.language)
    try:
        await visit.post("intake", "/referrals/public", body, key=form.key)
    except NeighbourSaidNo as no:
        return await again(visit, form, no, door="public")
    return visit.go("/thanks?for=ask")


@router.get("/refer", dependencies=[page("referral.form")])
async def refer_page(visit: Reader) -> Response:
    return await form_page(visit, Sheet(), door="refer")


@router.post("/refer", dependencies=[page("referral.send")])
async def refer(visit: Reader, form: Form) -> Response:
    body = requests.referral(form, visit.language)
    try:
        sent = await visit.post("intake", "/referrals", body, key=form.key)
    except NeighbourSaidNo as no:
        return await again(visit, form, no, door="refer")
    staff = visit.has("coordinator", "volunteer")
    where = f"/referrals/{sent['id']}" if staff else "/mine/referrals"
    return visit.go(where, done="referral.sent")


async def again(visit: Visit, form: Form, no: NeighbourSaidNo, *, door: str) -> Response:
    """Show the form again, as it was filled in, with what was wrong."""
    if no.status not in UNDERSTOOD:
        raise no
    offer_id = form.id("offer_id") if form.given("offer_id") else None
    answer = await form_page(visit, refused_sheet(form, no), door=door, offer_id=offer_id)
    answer.status_code = no.status
    return answer


async def form_page(
    visit: Visit, sheet: Sheet, *, door: str, offer_id: UUID | None = None
) -> Response:
    """Show the form; staff of several associations say for which one they fill it in."""
    held = [str(each) for each in visit.associations("coordinator", "volunteer")]
    known = await visit.get("intake", "/associations") if len(held) > 1 else []
    return visit.render(
        "ask.html",
        sheet=sheet,
        door=door,
        offer=await chosen_offer(visit, offer_id),
        associations=[(each["id"], each["name"]) for each in known if each["id"] in held],
    )


async def chosen_offer(visit: Visit, offer_id: UUID | None) -> object:
    if offer_id is None:
        return None
    offers = await visit.get("intake", "/catalogue")
    return next((each for each in offers if each["offer_id"] == str(offer_id)), None)


@router.get("/volunteer", dependencies=[public("mentor.read_form")])
async def volunteer_page(visit: Reader) -> Response:
    return await mentor_form(visit, Sheet(), status=200)


@router.post("/volunteer", dependencies=[public("mentor.send_form")])
async def volunteer(visit: Reader, form: Form) -> Response:
    staff = visit.has("coordinator", "volunteer")
    path = "/mentors" if staff else "/mentors/public"
    body = requests.mentor(form, visit.language)
    try:
        sent = await visit.post("intake", path, body, key=form.key)
    except NeighbourSaidNo as no:
        if no.status not in UNDERSTOOD:
            raise
        return await mentor_form(visit, refused_sheet(form, no), status=no.status)
    return visit.go(f"/mentors/{sent['id']}" if staff else "/thanks?for=volunteer")


async def mentor_form(visit: Visit, sheet: Sheet, *, status: int) -> Response:
    """Offer each programme once, as the catalogue shows it to everybody."""
    offers = await visit.get("intake", "/catalogue")
    programmes = {
        f"{each['association_id']}/{each['programme_id']}": (
            f"{each['association']} – {each['programme']} ({each['department']})"
        )
        for each in offers
    }
    return visit.render(
        "volunteer.html", status=status, sheet=sheet, programmes=sorted(programmes.items())
    )


@router.get("/thanks", dependencies=[public("request.thanks")])
async def thanks(visit: Reader, what: Annotated[str, Query(alias="for")] = "ask") -> Response:
    return visit.render("thanks.html", what="volunteer" if what == "volunteer" else "ask")
