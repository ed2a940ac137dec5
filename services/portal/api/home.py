"""The first page, the catalogue of offers, and what browsers and services fetch beside pages."""

from typing import Annotated

from fastapi import Query, Request, Response

from common.http import public
from portal.api.doorkeeper import Doorkeeper, Reader
from portal.api.route import form_pages
from portal.api.visits import Visit
from portal.neighbours import Json
from portal.words import language_named

router = form_pages()

Territory = Annotated[str, Query(max_length=120)]


@router.get("/", dependencies=[public("home.read")])
async def home(visit: Reader) -> Response:
    return visit.render("home.html")


@router.get("/catalogue", dependencies=[public("catalogue.read")])
async def catalogue(visit: Reader, territory: Territory = "") -> Response:
    offers = await visit.get("intake", "/catalogue")
    found = await place_named(visit, territory)
    near = [each for each in offers if found is None or is_near(each, found)]
    return visit.render("catalogue.html", offers=near, territory=territory, found=found)


async def place_named(visit: Visit, written: str) -> Json:
    """Find the commune that somebody wrote, by its name or postcode."""
    if not written:
        return None
    communes = await visit.get("intake", "/territories", q=written, limit=1)
    return communes[0] if communes else None


def is_near(offer: Json, place: Json) -> bool:
    """Show what is offered in the same department, and what is offered at a distance."""
    return offer["department"] == place["department"] or "remote" in offer["modalities"]


@router.get("/language/{chosen}", dependencies=[public("language.choose")])
async def choose_language(
    chosen: str, request: Request, visit: Reader, after: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    response = visit.go(after)
    if language := language_named(chosen):
        doorkeeper: Doorkeeper = request.app.state.tokens
        doorkeeper.choose_language(response, language)
    return response
