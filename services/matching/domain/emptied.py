"""Why nobody is left for somebody: what each rule took away, and the least that would open it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from common.contracts.policy import Constraint
from matching.domain.columns import Bools
from matching.domain.computation import Inputs, Line
from matching.domain.counterfactuals import STAYS
from matching.domain.pool import judge_all, pool_of

# For each mentor, which rules stand in the way: one bit for each, in the order of the rules.
Marks: TypeAlias = NDArray[np.int64]
Blocked: TypeAlias = Mapping[Constraint, Bools]
# Of those whom a run leaves without a mentor so many are looked at, in order of their referrals.
LOOKED_AT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How many are left once one more rule is applied."""

    constraint: Constraint
    remaining: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Rules which would have to be lifted together, and for how many that would be enough."""

    constraints: tuple[Constraint, ...]
    opens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptied:
    """The rules in their order, and the smallest sets of them that stand before somebody.

    For one mentee mentors are counted. For a run mentees are: those whom nobody is left for, by
    how many still had somebody after each rule, and by what is the least that each would need.
    """

    considered: int
    steps: tuple[Step, ...]
    # The rule after which nobody was left; none, if nobody was there to begin with.
    emptied_by: Constraint | None
    openings: tuple[Opening, ...]


def marks_of(blocked: Blocked) -> Marks:
    marks = np.zeros(len(next(iter(blocked.values()))), dtype=np.int64)
    for bit, hit in enumerate(blocked.values()):
        marks |= hit.astype(np.int64) << bit
    return marks


def left_after(marks: Marks, rules: int) -> int:
    """Count whom none of the first so many rules hinders."""
    return int(((marks & ((1 << rules) - 1)) == 0).sum())


def smallest(marks: Marks, names: tuple[Constraint, ...]) -> dict[int, int]:
    """Find the smallest sets of rules that stand before anybody, with how many they stand before.

    A set with a rule in it that must stay is no opening.
    """
    stays = sum(1 << bit for bit, name in enumerate(names) if name in STAYS)
    sets, counts = np.unique(marks[(marks & stays) == 0], return_counts=True)
    found = dict(zip(sets.tolist(), counts.tolist(), strict=True))
    fewest = min((each.bit_count() for each in found), default=0)
    return {each: count for each, count in found.items() if each.bit_count() == fewest}


def named(opened: Mapping[int, int], names: tuple[Constraint, ...]) -> tuple[Opening, ...]:
    """Say sets in words: what opens most first, then in the order of the rules."""
    ordered = sorted(opened.items(), key=lambda each: (-each[1], each[0].bit_count(), each[0]))
    return tuple(
        Opening(
            constraints=tuple(name for bit, name in enumerate(names) if marks >> bit & 1),
            opens=count,
        )
        for marks, count in ordered
    )


def told(left: Mapping[Constraint, int], considered: int, openings: tuple[Opening, ...]) -> Emptied:
    steps = tuple(Step(constraint=name, remaining=count) for name, count in left.items())
    gone = (step.constraint for step in steps if considered and not step.remaining)
    return Emptied(
        considered=considered, steps=steps, emptied_by=next(gone, None), openings=openings
    )


def emptied(*parts: Blocked) -> Emptied:
    """Say for one mentee what emptied the pool, of what hinders each mentor, part by part."""
    names, marks = tuple(parts[0]), np.concatenate([marks_of(each) for each in parts])
    left = {name: left_after(marks, place + 1) for place, name in enumerate(names)}
    return told(left, len(marks), named(smallest(marks, names), names))


def emptied_for_all(each_blocked: Iterable[Blocked]) -> Emptied | None:
    """Say for the mentees of a run whom nobody is left for what emptied the pool.

    Rules that differ between programmes are read in the order of their definition. Nothing, if
    somebody is left for everyone.
    """
    order = tuple(Constraint)
    considered, pool, had, opened = 0, 0, Counter[Constraint](), Counter[int]()
    for blocked in each_blocked:
        nothing = np.zeros(len(next(iter(blocked.values()))), dtype=np.bool_)
        marks = marks_of({name: blocked.get(name, nothing) for name in order})
        if (marks == 0).any():
            continue
        considered, pool = considered + 1, len(marks)
        had.update(name for place, name in enumerate(order) if left_after(marks, place + 1))
        opened.update(smallest(marks, order).keys())
    if not considered:
        return None
    left = {name: had[name] for name in order} if pool else {}
    return told(left, considered, named(opened, order))


def emptied_in(inputs: Inputs, lines: Iterable[Line]) -> Emptied | None:
    """Say what emptied the pool for those whom nobody could be the mentor of."""
    without = sorted(line.referral_id for line in lines if line.mentor_id is None)[:LOOKED_AT]
    mentees = {each.referral_id: each for each in inputs.mentees}
    terms = {each.programme_id: each for each in inputs.terms}
    pool = pool_of(inputs.mentors)

    def blocked() -> Iterator[Blocked]:
        for each in without:
            mentee = mentees[each]
            yield judge_all(mentee, pool, terms[mentee.programme_id]).blocked

    return emptied_for_all(blocked())
