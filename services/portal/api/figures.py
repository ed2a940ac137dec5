"""Pages of figures: each with its definition, as reporting computes them."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import Query, Response

from common.calendar import day_of
from portal.api.doorkeeper import Reader
from portal.api.route import form_pages
from portal.api.visits import Visit, page

router = form_pages()

Word = Annotated[str, Query(max_length=40)]


@router.get("/figures", dependencies=[page("figures.read")])
async def figures(visit: Reader) -> Response:
    return visit.render("figures.html", indicators=await visit.get("reporting", "/indicators"))


@router.get("/figures/{name}", dependencies=[page("figure.read")])
async def figure(
    visit: Reader,
    name: str,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    split: Word = "",
) -> Response:
    """Show one indicator over a time, told apart by what is asked."""
    first, last = over(visit, first, last)
    asked = {"from": first.isoformat(), "to": last.isoformat(), "split": split}
    if name.endswith(".csv"):
        return await visit.text("reporting", f"/indicators/{safe(name)}", "text/csv", **asked)
    found = await visit.get("reporting", f"/indicators/{safe(name)}", **asked)
    return visit.render("figure.html", found=found, first=first, last=last, split=split)


def over(visit: Visit, first: date | None, last: date | None) -> tuple[date, date]:
    """Take the last year if nothing else is said."""
    end = last or day_of(visit.now)
    return first or end - timedelta(days=365), end


def safe(name: str) -> str:
    """Let nothing but the name of an indicator into the address."""
    return "".join(letter for letter in name if letter.isalnum() or letter in "_-.")
