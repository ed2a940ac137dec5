"""Sign-in: an address, then the code that was mailed to it; never by a link alone."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Query, Request, Response

from common.http import Tx, public
from portal.api.doorkeeper import Doorkeeper, Reader
from portal.api.route import form_pages
from portal.api.visits import Visit, wall_clock
from portal.domain.codes import Outcome, TooManyCodes
from portal.domain.links import inside
from portal.domain.sessions import Session
from portal.forms import Form, Sheet
from portal.handlers import signin
from portal.handlers.signin import Asking
from portal.store import accounts

router = form_pages()

Next = Annotated[str, Query(alias="next", max_length=500)]
LONGEST_ADDRESS = 254
REFUSED = 422
TOO_OFTEN = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """One of the people who share an address, as they choose themselves."""

    id: str
    given_name: str
    roles: list[str]


@router.get("/sign-in", dependencies=[public("sign_in.read")])
async def sign_in(visit: Reader, after: Next = "/") -> Response:
    return visit.render("sign_in.html", sheet=Sheet(), after=inside(after))


@router.post("/sign-in", dependencies=[public("sign_in.ask")])
async def ask_code(visit: Reader, form: Form, tx: Tx) -> Response:
    """Answer the same, whoever's address it is."""
    email = form.text("email")[:LONGEST_ADDRESS]
    after = inside(form.text("next"))
    if "@" not in email:
        wrong = Sheet(form, errors={"email": visit.words("signin.not_an_address")})
        return visit.render("sign_in.html", status=REFUSED, sheet=wrong, after=after)
    asking = Asking(email=email, browser=visit.secret, client=visit.client)
    try:
        await signin.ask_code(tx, visit.settings, asking, at=wall_clock())
    except TooManyCodes:
        wrong = Sheet(form, errors={"email": visit.words("signin.too_often")})
        return visit.render("sign_in.html", status=TOO_OFTEN, sheet=wrong, after=after)
    return visit.go(with_next("/sign-in/code", after))


@router.get("/sign-in/code", dependencies=[public("sign_in.code")])
async def code_page(visit: Reader, after: Next = "/") -> Response:
    return visit.render("code.html", sheet=Sheet(), after=inside(after))


@router.post("/sign-in/code", dependencies=[public("sign_in.enter")])
async def enter_code(visit: Reader, form: Form, request: Request, tx: Tx) -> Response:
    after = inside(form.text("next"))
    entered = await signin.enter_code(
        tx, visit.settings, browser=visit.secret, code=form.text("code"), at=wall_clock()
    )
    if entered.outcome is not Outcome.RIGHT:
        wrong = Sheet(errors={"code": visit.words(f"signin.{entered.outcome}")})
        return visit.render("code.html", status=REFUSED, sheet=wrong, after=after)
    response = visit.go(after if after != "/" else "/welcome")
    doorkeeper: Doorkeeper = request.app.state.tokens
    doorkeeper.remember(response, entered.secret)
    return response


@router.get("/welcome", dependencies=[public("sign_in.welcome")])
async def welcome(visit: Reader) -> Response:
    """Lead people to where their day begins."""
    if visit.session is not None and visit.caller is None:
        return visit.go("/sign-in/person")
    return visit.go(first_page(visit))


def first_page(visit: Visit) -> str:
    starts = (
        ("/today", ("coordinator", "volunteer")),
        ("/mine", ("mentor", "mentee", "guardian")),
        ("/mine/referrals", ("prescriber",)),
        ("/associations", ("admin", "collective")),
        ("/figures", ("funder",)),
    )
    return next((page for page, roles in starts if visit.has(*roles)), "/")


@router.get("/sign-in/person", dependencies=[public("sign_in.people")])
async def people_page(visit: Reader, tx: Tx) -> Response:
    """Ask who it is, where a family shares an address."""
    if visit.session is None:
        return visit.go("/sign-in")
    found = await signin.people_at(tx, visit.settings, visit.session.email_index)
    names = await accounts.opened(tx, found, "given_name")
    people = [
        Somebody(
            id=str(each.id),
            given_name=names.get((each.id, "given_name"), ""),
            roles=sorted({grant.role for grant in (await signin.caller_of(tx, each.id)).grants}),
        )
        for each in found
    ]
    return visit.render("person.html", people=people)


@router.post("/sign-in/person", dependencies=[public("sign_in.choose")])
async def choose_person(visit: Reader, form: Form, tx: Tx) -> Response:
    session: Session | None = visit.session
    if session is None:
        return visit.go("/sign-in")
    await signin.choose_person(tx, visit.settings, session, form.id("person_id"))
    return visit.go("/welcome")


@router.post("/sign-out", dependencies=[public("sign_in.end")])
async def sign_out(visit: Reader, request: Request, tx: Tx) -> Response:
    if visit.session is not None:
        await signin.sign_out(tx, visit.session)
    response = visit.go("/", done="signed_out")
    doorkeeper: Doorkeeper = request.app.state.tokens
    response.delete_cookie(
        doorkeeper.cookie, path="/", httponly=True, secure=doorkeeper.is_production
    )
    return response


def with_next(path: str, after: str) -> str:
    return path if after == "/" else f"{path}?next={quote(after)}"
