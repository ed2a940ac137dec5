"""From the inputs of a run to its pairs: the same text in gives the same text out, anywhere."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from pydantic import BaseModel, TypeAdapter

from common.contracts.policy import Constraint, Objective
from matching.domain.assignment import POINTS, Assignment, Instance
from matching.domain.candidates.couples import Couples, Crowd, Reasons
from matching.domain.candidates.generation import FIRST, Aim, best_of_all, instance_of
from matching.domain.people import Mentee, Mentor, Terms
from matching.domain.pool import Pool, free_places, pool_of
from matching.domain.protection import in_order

# So many are held at once, in a tenth of a gigabyte with all that is made of them.
FEW_COUPLES = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that the result of a run depends on."""

    at: datetime
    seed: int
    mentees: tuple[Mentee, ...]
    mentors: tuple[Mentor, ...]
    terms: tuple[Terms, ...]


class Line(BaseModel):
    """What a run has for one mentee: a mentor, or the reasons why there is none."""

    referral_id: UUID
    mentor_id: UUID | None = None
    fit: float | None = None
    remote: bool | None = None
    # Mentors by what hinders them; under `capacity` also those whom the run gave to others.
    blocked: dict[Constraint, int] = {}


class Figures(BaseModel):
    """What an assignment is worth."""

    served: int
    protected_served: int
    # Total fit in ten-thousandths, which add up exactly.
    points: int


class Certificate(BaseModel):
    """What proves that nothing better exists; it was checked before the run was told."""

    # What the pairs gain: their points, and for each a bonus, twice for somebody protected.
    value: int
    bonus: int
    # What prices of people allow any assignment to gain: just as much.
    bound: int


class Result(BaseModel):
    """The outcome of a run, line by line, beside what a simple rule would have reached."""

    objective: Objective
    waiting: int
    protected: int
    mentors: int
    places: int
    couples: int
    reached: Figures
    # Whoever waits longest takes the best mentor left.
    first_come: Figures
    # One for each part that was computed and proven by itself.
    certificates: list[Certificate]
    lines: list[Line]


INPUTS: TypeAdapter[Inputs] = TypeAdapter(Inputs)


def canonical(inputs: Inputs) -> str:
    """Write the inputs in the one way that equal inputs are written."""
    read = INPUTS.dump_python(inputs)
    return json.dumps(ordered(read), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def ordered(value: Any) -> Any:
    """Put what has no order of its own in order, and what JSON does not know in words."""
    if isinstance(value, dict):
        return {str(name): ordered(each) for name, each in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(ordered(each) for each in value)
    if isinstance(value, (list, tuple)):
        return [ordered(each) for each in value]
    if isinstance(value, (UUID,)):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def read(text: str) -> Inputs:
    return INPUTS.validate_json(text)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def compute(inputs: Inputs) -> Result:
    """Find the best pairs over the whole pool, and say for everyone else why there is none."""
    terms = {each.programme_id: each for each in inputs.terms}
    mentees = sorted(inputs.mentees, key=lambda each: each.referral_id)
    pool = pool_of(inputs.mentors)
    protected = in_order(mentees, terms, inputs.at)
    objective = objective_of(inputs.terms)
    places = free_in_all(pool, inputs.terms)
    aim = Aim(places=places, protected=protected, objective=objective, seed=inputs.seed)
    crowd = Crowd(mentees, pool.roster, terms, places)
    solution = best_of_all(crowd, aim, held_first(crowd))
    instance, best = instance_of(solution.couples, aim), solution.assignment
    chosen = best.pairs
    waiting_first = sorted(range(len(mentees)), key=lambda place: mentees[place].waiting_since)
    return Result(
        objective=objective,
        waiting=len(mentees),
        protected=len(protected),
        mentors=len(pool),
        places=int(places.sum()),
        couples=crowd.count(),
        reached=figures(chosen, instance),
        first_come=figures(first_come(instance, waiting_first), instance),
        certificates=[certificate_of(best, instance)],
        lines=lines(mentees, pool, Answers(crowd.reasons(), solution.couples, dict(chosen))),
    )


def held_first(crowd: Crowd) -> Couples:
    """Begin with all couples while there are not many, and else with the best of each mentee."""
    return crowd.all() if crowd.count() <= FEW_COUPLES else crowd.best(FIRST)


def certificate_of(best: Assignment, instance: Instance) -> Certificate:
    bound = int(best.mentee_prices.sum() + (best.mentor_prices * instance.places).sum())
    return Certificate(value=best.value, bonus=best.bonus, bound=bound)


def objective_of(terms: Sequence[Terms]) -> Objective:
    """Take the objective that all programmes name; where they differ, serve most first."""
    named = {each.policy.matching.objective for each in terms}
    return named.pop() if len(named) == 1 else Objective.MOST_SERVED_THEN_FIT


def free_in_all(pool: Pool, terms: Sequence[Terms]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Count the places of each mentor that every programme of the run would grant."""
    free = [free_places(pool, each) for each in terms]
    return np.minimum.reduce(free) if free else np.zeros(len(pool), dtype=np.int64)


def first_come(instance: Instance, order: Sequence[int]) -> list[tuple[int, int]]:
    """Let each in turn take the best mentor left: what a run is compared with."""
    left = instance.places.copy()
    bounds = np.searchsorted(instance.mentee, np.arange(instance.mentees + 1))
    chosen = []
    for mentee in order:
        couples = slice(bounds[mentee], bounds[mentee + 1])
        mentors, worth = instance.mentor[couples], instance.points[couples]
        open_ones = np.flatnonzero(left[mentors] > 0)
        if len(open_ones):
            mentor = int(mentors[open_ones[np.argmax(worth[open_ones])]])
            left[mentor] -= 1
            chosen.append((mentee, mentor))
    return chosen


def figures(chosen: Sequence[tuple[int, int]], instance: Instance) -> Figures:
    worth = dict(
        zip(
            zip(instance.mentee.tolist(), instance.mentor.tolist(), strict=True),
            instance.points.tolist(),
            strict=True,
        )
    )
    served = {mentee for mentee, _ in chosen}
    return Figures(
        served=len(chosen),
        protected_served=len(served.intersection(instance.protected)),
        points=sum(worth[pair] for pair in chosen),
    )


@dataclass(frozen=True, slots=True)
class Answers:
    """What a run found: whom everyone may have, whom some of them have, and what hinders."""

    reasons: Reasons
    couples: Couples
    chosen: dict[int, int]


def lines(mentees: Sequence[Mentee], pool: Pool, found: Answers) -> list[Line]:
    """Write a line for everyone, in order of referrals, whatever the seed."""
    written = [
        matched(mentee, pool, found, place)
        if place in found.chosen
        else unmatched(mentee, found.reasons, place)
        for place, mentee in enumerate(mentees)
    ]
    return sorted(written, key=lambda line: line.referral_id)


def matched(mentee: Mentee, pool: Pool, found: Answers, place: int) -> Line:
    mentor, couples = found.chosen[place], found.couples
    couple = couples.find(place, mentor)
    return Line(
        referral_id=mentee.referral_id,
        mentor_id=pool.mentors[mentor].mentor_id,
        fit=int(couples.points[couple]) / POINTS,
        remote=bool(couples.remote[couple]),
    )


def unmatched(mentee: Mentee, reasons: Reasons, place: int) -> Line:
    taken = int(reasons.feasible[place])
    hindered = reasons.blocked(place)
    if taken:
        hindered[Constraint.CAPACITY] = hindered.get(Constraint.CAPACITY, 0) + taken
    return Line(referral_id=mentee.referral_id, blocked=hindered)
