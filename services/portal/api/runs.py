"""Pages about the whole pool: who waits, a run over all of them, and applying it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from portal.api.cases import PAGE, by_id, cases_of, mentors_of
from portal.api.doorkeeper import Reader
from portal.api.route import form_pages
from portal.api.visits import page
from portal.forms import Sheet
from portal.neighbours import Json

router = form_pages()

LINES = 100
First = Annotated[int, Query(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a page shows of a long table: so many lines, from the first of them on."""

    shown: Sequence[Json]
    first: int
    all: int

    @property
    def last(self) -> int:
        return self.first + len(self.shown)

    @property
    def before(self) -> int | None:
        return max(self.first - LINES, 0) if self.first else None

    @property
    def after(self) -> int | None:
        return self.last if self.last < self.all else None


@router.get("/runs", dependencies=[page("pool.read")])
async def pool(visit: Reader, after: UUID | None = None) -> Response:
    found = await visit.get("matching", "/pool", limit=PAGE, after=after)
    waiting = found["referrals"]
    associations, programmes = await visit.get_all(
        ("intake", "/associations"), ("intake", "/programmes")
    )
    return visit.render(
        "pool.html",
        pool=found,
        associations=by_id(associations),
        programmes=by_id(programmes),
        mine=[str(each) for each in visit.associations("coordinator")],
        names=await cases_of(visit, waiting),
        after=waiting[-1]["referral_id"] if len(waiting) == PAGE else None,
        sheet=Sheet(),
    )


@router.get("/runs/comparisons/{comparison_id}", dependencies=[page("run.contrast")])
async def comparison(visit: Reader, comparison_id: UUID, first: First = 0) -> Response:
    found = await visit.get("matching", f"/runs/comparisons/{comparison_id}")
    moved = found["result"]["moved"] if found["result"] else []
    shown = moved[first : first + LINES]
    return visit.render(
        "comparison.html",
        comparison=found,
        part_of=Part(shown=shown, first=first, all=len(moved)),
        mentors=await mentors_of(visit, [side for each in shown for side in sides_of(each)]),
        names=await cases_of(visit, shown),
    )


def sides_of(moved: Json) -> Sequence[Json]:
    return moved["one"], moved["other"]


@router.get("/runs/{run_id}/receipt.json", dependencies=[page("run.replay")])
async def receipt(visit: Reader, run_id: UUID) -> Response:
    """Hand on what it takes to compute a run again."""
    found = await visit.get("matching", f"/runs/{run_id}/receipt")
    return Response(
        json.dumps(found, ensure_ascii=False),
        media_type="application/json",
        headers={"content-disposition": f'attachment; filename="receipt-{run_id}.json"'},
    )


@router.get("/runs/{run_id}", dependencies=[page("run.read")])
async def run(visit: Reader, run_id: UUID, first: First = 0) -> Response:
    """Show a run, and as many of its lines as fit on a page."""
    found = await visit.get("matching", f"/runs/{run_id}")
    shown = found["lines"][first : first + LINES]
    return visit.render(
        "run.html",
        run=found,
        part_of=Part(shown=shown, first=first, all=len(found["lines"])),
        mentors=await mentors_of(visit, shown),
        names=await cases_of(visit, shown),
    )
