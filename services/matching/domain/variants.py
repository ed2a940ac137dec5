"""Rules that are not in force: what a policy would do if it were a little otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from common.contracts.policy import Constraint, Criterion, MatchingPolicy, Objective
from matching.domain.people import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What to take otherwise than the rules in force say; None: as they say."""

    # Versions of programmes' policies that are not the newest.
    policy_versions: Mapping[UUID, int] | None = None
    weights: Mapping[Criterion, float] | None = None
    hard: tuple[Constraint, ...] | None = None
    objective: Objective | None = None
    protect_after_days: int | None = None


AS_IT_IS = Variant()


def varied(terms: Terms, variant: Variant) -> Terms:
    """Change the matching part of a programme's rules; its bounds hold as for any policy."""
    asked = {
        "weights": variant.weights,
        "hard": variant.hard,
        "objective": variant.objective,
        "protect_after_days": variant.protect_after_days,
    }
    changed = {name: value for name, value in asked.items() if value is not None}
    if not changed:
        return terms
    matching = MatchingPolicy(**(terms.policy.matching.model_dump() | changed))
    return replace(terms, policy=terms.policy.model_copy(update={"matching": matching}))
