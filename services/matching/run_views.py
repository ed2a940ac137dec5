"""What coordinators see of runs: pairs and reasons, the receipt, whom it serves, and two compared.

Never a name, and no figure about so few people that one could be recognised.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import RowMapping

from common.contracts.policy import Constraint
from matching.domain.comparisons import Chosen, Comparison, compared
from matching.domain.fairness import Shown, Split, shown
from matching.domain.receipts import Receipt
from matching.domain.runs import Gone, PairState, RunState, Side
from matching.store.runs import TALLIES


class RunLine(BaseModel):
    """What a run has for one mentee."""

    referral_id: UUID
    mentor_id: UUID | None
    state: PairState
    fit: float | None
    remote: bool | None
    blocked: dict[Constraint, int] | None
    # Why a pair no longer held when it was to be proposed.
    stale_because: list[Gone | Constraint] | None
    proposal_id: UUID | None


class Progress(BaseModel):
    """How many parts a run has, and how many of them are computed."""

    parts: int
    done: int


class RunHead(BaseModel):
    """A run without its pairs."""

    id: UUID
    state: RunState
    association_id: UUID
    programme_id: UUID | None
    pooled: bool
    seed: int
    asked_at: datetime
    computed_at: datetime | None
    refusal: str | None
    comparison_id: UUID | None
    side: Side | None
    variant: dict[str, Any] | None
    receipt: Receipt | None


class RunView(RunHead):
    """A run, and once it is computed its receipt, its pairs and whom it serves."""

    progress: Progress
    fairness: dict[Split, list[Shown]] | None
    # How many more would be served without one hard criterion; None: not asked, or not yet known.
    costs: dict[Constraint, int] | None
    costs_asked_at: datetime | None
    # Why they could not be computed.
    costs_refusal: str | None
    lines: list[RunLine]


class ComparisonView(BaseModel):
    """Two runs of one picture, and what the other changes once both are computed."""

    id: UUID
    one: RunHead
    other: RunHead
    result: Comparison | None


class Exported(BaseModel):
    """A receipt, and the text that it was computed from: all that it takes to compute it again."""

    receipt: Receipt
    # None: they are old, or somebody in them was erased since.
    inputs: str | None


def head(row: RowMapping) -> dict[str, Any]:
    return {name: row[name] for name in RunHead.model_fields}


def run_view(row: RowMapping, lines: Sequence[RowMapping], progress: tuple[int, int]) -> RunView:
    fairness = shown(TALLIES.validate_python(row["fairness"])) if row["fairness"] else None
    return RunView(
        **head(row),
        progress=Progress(parts=progress[0], done=progress[1]),
        fairness=fairness,
        costs=row["costs"],
        costs_asked_at=row["costs_asked_at"],
        costs_refusal=row["costs_refusal"],
        lines=[RunLine(**each) for each in lines],
    )


def comparison_view(
    comparison_id: UUID,
    sides: Sequence[RowMapping],
    lines: Sequence[Sequence[RowMapping]],
) -> ComparisonView:
    one, other = (RunHead(**head(each)) for each in sides)
    result = None
    if one.receipt and other.receipt:
        mine, theirs = (chosen(each) for each in lines)
        both = {each: (mine[each], theirs[each]) for each in mine.keys() & theirs.keys()}
        result = compared(one.receipt.reached, other.receipt.reached, both)
    return ComparisonView(id=comparison_id, one=one, other=other, result=result)


def chosen(lines: Sequence[RowMapping]) -> Mapping[UUID, Chosen]:
    return {
        each["referral_id"]: Chosen(mentor_id=each["mentor_id"], fit=each["fit"]) for each in lines
    }
