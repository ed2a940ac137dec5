"""Pages about the whole pool: who waits, a run over all of them, and applying it."""

import json
from uuid import UUID

from fastapi import Response

from portal.api.cases import MANY, by_id, names_of_cases
from portal.api.doorkeeper import Reader
from portal.api.route import form_pages
from portal.api.visits import page
from portal.forms import Sheet

router = form_pages()


@router.get("/runs", dependencies=[page("pool.read")])
async def pool(visit: Reader) -> Response:
    found = await visit.get("matching", "/pool", limit=MANY)
    associations, programmes = await visit.get_all(
        ("intake", "/associations"), ("intake", "/programmes")
    )
    return visit.render(
        "pool.html",
        pool=found,
        associations=by_id(associations),
        programmes=by_id(programmes),
        mine=[str(each) for each in visit.associations("coordinator")],
        names=await names_of_cases(visit),
        sheet=Sheet(),
    )


@router.get("/runs/comparisons/{comparison_id}", dependencies=[page("run.contrast")])
async def comparison(visit: Reader, comparison_id: UUID) -> Response:
    found = await visit.get("matching", f"/runs/comparisons/{comparison_id}")
    mentors = await visit.maybe("intake", "/mentors", limit=MANY)
    return visit.render(
        "comparison.html",
        comparison=found,
        mentors=by_id(mentors),
        names=await names_of_cases(visit),
    )


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
async def run(visit: Reader, run_id: UUID) -> Response:
    found = await visit.get("matching", f"/runs/{run_id}")
    mentors = await visit.maybe("intake", "/mentors", limit=MANY)
    return visit.render(
        "run.html", run=found, mentors=by_id(mentors), names=await names_of_cases(visit)
    )
