"""What each hard criterion costs: how many more would be served if it alone were lifted."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.contracts.policy import Constraint
from matching.domain.assignment import Instance, assign, points
from matching.domain.computation import Inputs, free_in_all, objective_of
from matching.domain.constraints import in_force
from matching.domain.pool import Verdicts, judge_all, pool_of

Ints = NDArray[np.int64]


def costs_of(inputs: Inputs) -> dict[Constraint, int]:
    """Solve the whole run once as it is, and once without each criterion that is in force.

    Nobody proposes to lift readiness or screening: their figure says where training or a check
    would serve somebody.
    """
    terms = {each.programme_id: each for each in inputs.terms}
    pool = pool_of(inputs.mentors)
    verdicts = [judge_all(each, pool, terms[each.programme_id]) for each in inputs.mentees]
    free = free_in_all(pool, inputs.terms)
    asked = {name for each in inputs.terms for name in in_force(each.policy)}
    as_it_is = served(inputs, verdicts, free, None)
    return {
        name: served(inputs, verdicts, free, name) - as_it_is
        for name in Constraint
        if name in asked
    }


def served(inputs: Inputs, verdicts: list[Verdicts], free: Ints, lifted: Constraint | None) -> int:
    """Count who would be served without a criterion, by the objective of the run."""
    places = np.full_like(free, len(verdicts)) if lifted is Constraint.CAPACITY else free
    found = [np.flatnonzero(possible(each.blocked, lifted) & (places > 0)) for each in verdicts]
    fits = [each.fit[mentors] for each, mentors in zip(verdicts, found, strict=True)]
    nothing: list[Any] = [np.zeros(0, dtype=np.int64)]
    instance = Instance(
        mentees=len(verdicts),
        places=places,
        mentee=np.repeat(np.arange(len(found)), [len(each) for each in found]),
        mentor=np.concatenate(found or nothing),
        points=points(np.concatenate(fits or nothing)),
    )
    return len(assign(instance, objective_of(inputs.terms)).pairs)


def possible(
    blocked: Mapping[Constraint, NDArray[np.bool_]], lifted: Constraint | None
) -> NDArray[np.bool_]:
    in_the_way = [hit for name, hit in blocked.items() if name is not lifted]
    free: NDArray[np.bool_] = ~np.logical_or.reduce(in_the_way)
    return free
