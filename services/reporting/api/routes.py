"""Each route translates a request into one question, and says who may ask it."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from common.caller import Caller as KnownCaller
from common.contracts.vocabulary import Role
from common.http import Caller, Model, Now, Tx, may, routes
from common.models import InAddress
from common.problems import language_of
from reporting.api import views
from reporting.domain.catalogue import CATALOGUE, definition
from reporting.domain.definitions import Split
from reporting.domain.periods import period

router = routes()

NOT_FUNDERS = (Role.COORDINATOR, Role.COLLECTIVE, Role.ADMIN)
READERS = (*NOT_FUNDERS, Role.FUNDER)
CSV = ".csv"


class FiguresAsked(Model):
    """Over which days, under which version, and told apart by what."""

    version: Annotated[int | None, Field(ge=1), InAddress] = None
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    split: Split | None = None
    association: UUID | None = None


@router.get("/indicators", dependencies=[may("indicator.list", *READERS)])
async def list_indicators(request: Request) -> list[dict[str, Any]]:
    language = language_of(request.scope)
    return [views.definition_shown(each, language) for each in CATALOGUE]


async def question(
    name: str, query: Annotated[FiguresAsked, Query()], request: Request, caller: Caller
) -> views.Asked:
    """Put together what is asked, as far as the caller may ask it."""
    told = definition(name.removesuffix(CSV), query.version)
    return views.Asked(
        definition=told,
        period=period(query.first, query.last),
        split=told.split_by(query.split),
        association_ids=associations_for(caller, query.association),
        language=language_of(request.scope),
        as_sheet=name.endswith(CSV) or "text/csv" in request.headers.get("accept", ""),
    )


def associations_for(caller: KnownCaller, asked: UUID | None) -> frozenset[UUID] | None:
    """Return the associations whose figures the caller is shown; None means all of them.

    A funder sees figures of all together, split by association where they are enough: one
    association alone would give away what its split hides.
    """
    if asked is not None:
        caller.narrowed(NOT_FUNDERS).require(asked)
        return frozenset({asked})
    funds_all = any(
        grant.role is Role.FUNDER and grant.association_id is None for grant in caller.grants
    )
    return None if funds_all else caller.associations


@router.get(
    "/indicators/{name}",
    dependencies=[may("indicator.see", *READERS)],
    response_model=None,
    responses={200: {"content": {"text/csv": {}}}},
)
async def see_indicator(
    asked: Annotated[views.Asked, Depends(question)], now: Now, tx: Tx
) -> Response | dict[str, Any]:
    """Answer JSON, or CSV if the address ends so or the Accept header asks for it."""
    answer = await views.indicator(tx, asked, now)
    if not asked.as_sheet:
        return answer
    return Response(
        views.as_sheet(answer, asked.language),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{asked.file_name}{CSV}"'},
    )


@router.get(
    "/journeys/{referral_id}",
    dependencies=[may("journey.see", Role.COORDINATOR, Role.PRESCRIBER)],
)
async def see_journey(referral_id: UUID, caller: Caller, tx: Tx) -> dict[str, Any]:
    return await views.journey(tx, caller, referral_id)
