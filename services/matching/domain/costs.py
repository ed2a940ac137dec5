"""What each hard criterion costs: how many more would be served if it alone were lifted."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from common.contracts.policy import Constraint
from matching.domain.assignment import Instance, TooLarge, assign, points
from matching.domain.computation import Inputs, free_in_all, objective_of
from matching.domain.constraints import in_force
from matching.domain.pool import judge_all, pool_of

Ints: TypeAlias = NDArray[np.int64]
Packed: TypeAlias = NDArray[np.uint16]

# Mentees times mentors: four bytes for each are kept, and fifty while it is a possible couple.
MOST_COUPLES = 10_000_000
BITS = {name: np.uint16(1 << place) for place, name in enumerate(Constraint)}
EVERY_RULE = np.uint16((1 << len(BITS)) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Everybody who waits against every mentor, line by line."""

    # Which rules stand in the way: one bit for each.
    marks: Packed
    points: Packed


def costs_of(inputs: Inputs) -> dict[Constraint, int]:
    """Solve the whole run once as it is, and once without each criterion that is in force.

    Nobody proposes to lift readiness or screening: their figure says where training or a check
    would serve somebody.
    """
    judged = judged_of(inputs)
    free = free_in_all(pool_of(inputs.mentors), inputs.terms)
    asked = {name for each in inputs.terms for name in in_force(each.policy)}
    as_it_is = served(inputs, judged, free, None)
    return {
        name: served(inputs, judged, free, name) - as_it_is for name in Constraint if name in asked
    }


def judged_of(inputs: Inputs) -> Judged:
    size = (len(inputs.mentees), len(inputs.mentors))
    if size[0] * size[1] > MOST_COUPLES:
        raise TooLarge
    terms = {each.programme_id: each for each in inputs.terms}
    pool = pool_of(inputs.mentors)
    judged = Judged(marks=np.zeros(size, np.uint16), points=np.empty(size, np.uint16))
    for mentee, marks, worth in zip(inputs.mentees, judged.marks, judged.points, strict=True):
        verdicts = judge_all(mentee, pool, terms[mentee.programme_id])
        for name, hit in verdicts.blocked.items():
            marks[hit] |= BITS[name]
        worth[:] = points(verdicts.fit)
    return judged


def served(inputs: Inputs, judged: Judged, free: Ints, lifted: Constraint | None) -> int:
    """Count who would be served without a criterion, by the objective of the run."""
    mentees = len(inputs.mentees)
    places = np.full_like(free, mentees) if lifted is Constraint.CAPACITY else free
    asked = EVERY_RULE & ~BITS[lifted] if lifted else EVERY_RULE
    possible = ((judged.marks & asked) == 0) & (places > 0)
    mentee, mentor = np.nonzero(possible)
    instance = Instance(
        mentees=mentees,
        places=places,
        mentee=mentee,
        mentor=mentor,
        points=judged.points[possible].astype(np.int64),
    )
    return len(assign(instance, objective_of(inputs.terms)).pairs)
