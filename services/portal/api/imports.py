"""Pages for spreadsheets: a file is looked at first, and taken only when somebody says so."""

from uuid import UUID

from fastapi import Response

from portal.api.route import form_pages
from portal.api.visits import Reader, page
from portal.forms import Form, Sheet
from portal.neighbours import File

router = form_pages()

MIB = 1024 * 1024
# intake says no to larger files; this only has to let its answer be heard.
LARGEST_FILE = 25 * MIB


@router.get("/imports", dependencies=[page("imports.read")])
async def imports(visit: Reader) -> Response:
    known = await visit.get("intake", "/associations")
    held = {str(each) for each in visit.associations("coordinator", "prescriber")}
    return visit.render(
        "imports.html",
        sheet=Sheet(),
        associations=[(each["id"], each["name"]) for each in known if each["id"] in held],
    )


@router.post("/imports", dependencies=[page("import.send")], max_body_size=LARGEST_FILE)
async def upload(visit: Reader, form: Form) -> Response:
    """Hand the file on for a dry run: nothing is taken before its report was seen."""
    given = form.file("file")
    file = File(
        name=given.filename or "",
        content=await given.read(),
        media_type=given.content_type or "application/octet-stream",
        fields=form.only(kind=form.given("kind"), association_id=form.given("association_id")),
    )
    read = await visit.upload("intake", "/imports", file, key=form.key)
    return visit.go(f"/imports/{UUID(str(read['id']))}")


@router.get("/imports/{import_id}", dependencies=[page("import.read")])
async def report(visit: Reader, import_id: UUID) -> Response:
    found = await visit.get("intake", f"/imports/{import_id}")
    return visit.render("import.html", found=found, sheet=Sheet())
