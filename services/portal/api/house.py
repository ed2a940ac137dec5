"""Pages about associations: who they are, who works there, what they offer."""

from uuid import UUID

from fastapi import Response

from common.errors import NotFound
from portal.api.cases import by_id
from portal.api.doorkeeper import Reader
from portal.api.route import form_pages
from portal.api.visits import page
from portal.forms import Sheet

router = form_pages()


class NoSuchAssociation(NotFound):
    """No association has this id."""

    fr = "Aucune association n'a cet identifiant."


@router.get("/associations", dependencies=[page("associations.read")])
async def associations(visit: Reader) -> Response:
    found = await visit.get("intake", "/associations")
    return visit.render("associations.html", associations=found, sheet=Sheet())


@router.get("/associations/{association_id}", dependencies=[page("association.read")])
async def association(visit: Reader, association_id: UUID) -> Response:
    found, programmes, templates, offers, staff = await visit.get_all(
        ("intake", "/associations"),
        ("intake", "/programmes"),
        ("intake", "/templates"),
        ("intake", "/catalogue"),
        ("intake", f"/associations/{association_id}/staff"),
    )
    known = by_id(found)
    this = known.get(str(association_id))
    if this is None:
        raise NoSuchAssociation(association_id)
    return visit.render(
        "association.html",
        association=this,
        others=[each for each in known.values() if each["id"] != this["id"]],
        programmes=[each for each in programmes if each["association_id"] == this["id"]],
        templates=templates,
        offers=[each for each in offers if each["association_id"] == this["id"]],
        staff=staff,
        sheet=Sheet(),
    )
