"""Pages for spreadsheets: a file is looked at first, and taken only when somebody says so."""

import json
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from common.http import public
from portal.api.doorkeeper import Reader
from portal.api.requests import UNDERSTOOD
from portal.api.route import form_pages
from portal.api.visits import Visit, page
from portal.forms import Filled, Form, Sheet, refused_sheet
from portal.neighbours import File, NeighbourSaidNo

router = form_pages()

MIB = 1024 * 1024
# intake says no to larger files; this only has to let its answer be heard.
LARGEST_FILE = 25 * MIB
CSV = "text/csv"
COLUMN = "column."
STAFF = ("coordinator", "volunteer")
Kind = Literal["referrals", "mentors"]


@router.get("/imports", dependencies=[page("imports.read")])
async def imports(visit: Reader) -> Response:
    return await upload_page(visit, Sheet())


@router.post("/imports", dependencies=[page("import.send")], max_body_size=LARGEST_FILE)
async def upload(visit: Reader, form: Form) -> Response:
    """Hand the file on for a dry run: nothing is taken before its report was seen."""
    given = form.file("file")
    file = File(
        name=given.filename or "",
        content=await given.read(),
        media_type=given.content_type or "application/octet-stream",
        fields=said_of(form),
    )
    try:
        read = await visit.upload("intake", "/imports", file, key=form.key)
    except NeighbourSaidNo as no:
        if no.status not in UNDERSTOOD:
            raise
        answer = await upload_page(visit, refused_sheet(form, no))
        answer.status_code = no.status
        return answer
    return visit.go(f"/imports/{UUID(str(read['id']))}")


def said_of(form: Filled) -> dict[str, str | list[str]]:
    """Give what a person says about a file, with what each column answers if they said so."""
    kind = form.given("kind")
    return form.only(
        kind=kind,
        association_id=form.given("association_id"),
        programme_id=form.many("programme_id") if kind == "mentors" else [],
        mapping=json.dumps(form.under(COLUMN)),
    )


async def upload_page(visit: Visit, sheet: Sheet) -> Response:
    """Show the form; staff of several associations say for which one they bring a file."""
    held = {str(each) for each in visit.associations(*STAFF)}
    known, programmes, brought = await visit.get_all(
        ("intake", "/associations"), ("intake", "/programmes"), ("intake", "/imports")
    )
    mine = [each for each in programmes or () if each["association_id"] in held]
    return visit.render(
        "imports.html",
        sheet=sheet,
        staff=bool(held),
        associations=[(each["id"], each["name"]) for each in known or () if each["id"] in held],
        # An association with one programme need not say it.
        programmes=[(each["id"], each["name"]) for each in mine] if len(mine) > len(held) else [],
        brought=brought or [],
    )


@router.get("/imports/template.csv", dependencies=[public("import.template")])
async def template(visit: Reader, kind: Kind = "referrals") -> Response:
    return await visit.text("intake", "/imports/template.csv", CSV, kind=kind)


@router.get("/imports/{import_id}/errors.csv", dependencies=[page("import.errors")])
async def errors(visit: Reader, import_id: UUID) -> Response:
    """Give the wrong rows back, to be mended and sent again."""
    return await visit.text("intake", f"/imports/{import_id}/errors.csv", CSV)


@router.get("/imports/{import_id}", dependencies=[page("import.read")])
async def report(
    visit: Reader, import_id: UUID, after: Annotated[int, Query(ge=0)] = 0
) -> Response:
    found = await visit.get("intake", f"/imports/{import_id}", after=after)
    wrong = {each["line"] for each in found["problems"]}
    return visit.render(
        "import.html",
        found=found,
        doubtful=[each for each in found["warnings"] if each["line"] not in wrong],
        # What the cells hold is shown only to who brought them.
        opens=any(each["heading"] is not None for each in found["columns"]),
        choices=[(each["field"], each["label"]) for each in found["fields"]],
        sheet=Sheet(),
    )
