"""Pages about mentors: who applied, who is checked, who is here."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from portal.api.cases import PAGE, next_after
from portal.api.doorkeeper import Reader
from portal.api.route import form_pages
from portal.api.visits import page
from portal.forms import Sheet

router = form_pages()


@router.get("/mentors", dependencies=[page("mentors.read")])
async def mentors(
    visit: Reader,
    status: Annotated[str | None, Query(max_length=40)] = None,
    after: UUID | None = None,
) -> Response:
    found = await visit.get("intake", "/mentors", status=status, after=after, limit=PAGE)
    return visit.render("mentors.html", mentors=found, state=status or "", after=next_after(found))


@router.get("/mentors/{mentor_id}", dependencies=[page("mentor.read")])
async def mentor(visit: Reader, mentor_id: UUID) -> Response:
    found = await visit.get("intake", f"/mentors/{mentor_id}")
    card, programmes = await visit.get_all(
        ("intake", f"/people/{mentor_id}"), ("intake", "/programmes")
    )
    path = await visit.part("training", f"/mentors/{mentor_id}/path")
    named = {each["id"]: each["name"] for each in programmes or ()}
    return visit.render(
        "mentor.html", mentor=found, card=card, path=path, programmes=named, sheet=Sheet()
    )
