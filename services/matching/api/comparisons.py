"""Two policies side by side over HTTP: two dry runs on one picture, and what sets them apart."""

from math import isclose
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError

from common.contracts.policy import Constraint, Criterion, Objective
from common.contracts.vocabulary import Role
from common.http import Caller, Model, Now, Tx, may, routes
from common.identity import new_id
from matching import run_views as views
from matching.api.runs import NewRun
from matching.domain.runs import Run, Side
from matching.domain.variants import Variant
from matching.handlers import runs as handlers
from matching.store import runs as store

router = routes()

Weight = Annotated[float, Field(ge=0, le=1)]
LONGEST_WAIT_DAYS = 3650


class VariantForm(Model):
    """What to take otherwise than the rules in force say, within the bounds of any policy."""

    policy_versions: Annotated[
        dict[UUID, Annotated[int, Field(ge=1)]] | None, Field(max_length=100)
    ] = None
    weights: dict[Criterion, Weight] | None = None
    hard: Annotated[tuple[Constraint, ...] | None, Field(max_length=len(Constraint))] = None
    objective: Objective | None = None
    protect_after_days: Annotated[int | None, Field(ge=1, le=LONGEST_WAIT_DAYS)] = None

    @field_validator("weights")
    @classmethod
    def sum_to_one(cls, weights: dict[Criterion, float] | None) -> dict[Criterion, float] | None:
        if weights is not None and not isclose(sum(weights.values()), 1, abs_tol=1e-9):
            raise PydanticCustomError("weights_not_one", "weights must sum to 1")
        return weights

    @property
    def variant(self) -> Variant:
        return Variant(**{name: getattr(self, name) for name in type(self).model_fields})


class NewComparison(NewRun):
    """Whom to look for mentors for, and the two ways to do it."""

    one: VariantForm = VariantForm()
    other: VariantForm = VariantForm()


class Compared(BaseModel):
    """Two runs that will be computed on one picture of the pool."""

    id: UUID
    one: UUID
    other: UUID


@router.post(
    "/runs/comparisons", status_code=201, dependencies=[may("run.compare", Role.COORDINATOR)]
)
async def compare(asked: NewComparison, caller: Caller, now: Now, tx: Tx) -> Compared:
    caller.require(asked.association_id)
    comparison_id = new_id()
    one, other = (
        Run(
            id=new_id(),
            scope=asked.scope,
            seed=asked.seed,
            asked_at=now,
            comparison_id=comparison_id,
            side=side,
            variant=form.variant,
        )
        for side, form in ((Side.ONE, asked.one), (Side.OTHER, asked.other))
    )
    for run in (one, other):
        await handlers.ask_run(tx, run, caller.person_id)
    return Compared(id=comparison_id, one=one.id, other=other.id)


@router.get(
    "/runs/comparisons/{comparison_id}", dependencies=[may("run.contrast", Role.COORDINATOR)]
)
async def read_comparison(comparison_id: UUID, caller: Caller, tx: Tx) -> views.ComparisonView:
    sides = await store.sides_of(tx, comparison_id)
    caller.require(sides[0]["association_id"])
    lines = [await store.lines_of(tx, each["id"]) for each in sides]
    return views.comparison_view(comparison_id, sides, lines)
