"""The proof that an assignment is best, checked without a word of the code that found it.

**Points.** Every couple has a gain: its points, and under `most_served_then_fit` a bonus, and
another one if the mentee is a protected one who is served. Prices of mentees u and of mentors v,
none below zero, with u + v at least the gain of each couple, bound the gain of *any* assignment
by Σu + Σ places · v (weak duality of linear programming). An assignment that gains just that
much is best; then every pair gains just u + v, and only who is served, and only mentors who are
full, have a price (complementary slackness). These three are checked one by one, because they
name the person where a proof fails, and the sum then follows and is checked too.

**Number served and protected.** Mentors were closed at turns: 0, 1, … for the protected in their
order, and one more for all others. At any turn t, let C be the mentors closed until then. If the
number of places in C equals the number of people whose mentors all lie in C and who are served
before t (or, under `fit_first`, in every assignment of as many points, for they have a price),
then nobody else whose mentors all lie in C can be served beside them: Hall's condition fails
(P. Hall, On representatives of subsets, 1935). So every protected person without a mentor is
shown to be one too many for those before them in order, and everybody else without one to be one
too many at all: nobody can be exchanged for the better, and no more can be served. Under
`fit_first` only couples that gain just u + v count, because assignments of as many points have
no others.

Under `most_served_then_fit` the bonuses then decide nothing any more: every assignment that
serves as many and the same of the protected gains the same bonuses, so the best gain among them
is the most points.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.contracts.policy import Objective
from matching.domain.assignment.instance import Assignment, Instance, Ints

# Couples looked at together, so that a proof needs little memory.
AT_ONCE = 1 << 17


class Unproven(Exception):
    """What was computed is not proven to be the best: a fault of the computation, never a no."""


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """An assignment seen from each mentee and each mentor."""

    # For each mentee their mentor, or -1, and for each mentor how many they have.
    mentor_of: Ints
    taken: Ints
    # What each mentee brings beside points.
    bonus: Ints


@dataclass(slots=True)
class Couples:
    """What is found by looking at every couple once."""

    # For each mentee, when the last of their mentors was closed; never, if one was not.
    enclosed_at: Ints
    pairs: int = 0
    points: int = 0
    least_slack: int = 0
    slack_of_pairs: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """Mentees by the turns of the proof that no better list of people could be served."""

    own: Ints
    enclosed_at: Ints
    served: NDArray[np.bool_]


def certify(instance: Instance, assignment: Assignment, objective: Objective) -> None:
    """Check the whole proof; raise `Unproven` with the first condition that does not hold."""
    check_shape(instance, assignment, objective)
    sides = sides_of(instance, assignment)
    couples = look_at_couples(instance, assignment, sides, objective)
    check_pairs(instance, assignment, sides, couples)
    check_prices(instance, assignment, sides, couples)
    own = turns_of(instance)
    if objective is Objective.FIT_FIRST:
        own[assignment.mentee_prices > 0] = -1
    turns = Turns(own, couples.enclosed_at, sides.mentor_of >= 0)
    check_turns(instance, assignment.closed_at, turns)


def demand(holds: bool | np.bool_, otherwise: str) -> None:
    if not holds:
        raise Unproven(otherwise)


def check_shape(instance: Instance, assignment: Assignment, objective: Objective) -> None:
    mentees, mentors = instance.mentees, len(instance.places)
    demand(len(assignment.mentee_prices) == mentees, "not a price for each mentee")
    demand(len(assignment.mentor_prices) == mentors, "not a price for each mentor")
    demand(len(assignment.closed_at) == mentors, "not a turn for each mentor")
    demand(assignment.bonus >= 0, "a bonus below zero")
    demand(objective is not Objective.FIT_FIRST or not assignment.bonus, "a bonus beside fit")
    strangers = [pair for pair in assignment.pairs if not within(pair, (mentees, mentors))]
    demand(not strangers, "a pair of people not there")


def within(pair: tuple[int, int], sizes: tuple[int, int]) -> bool:
    return 0 <= pair[0] < sizes[0] and 0 <= pair[1] < sizes[1]


def sides_of(instance: Instance, assignment: Assignment) -> Sides:
    pairs = np.array(assignment.pairs, dtype=np.int64).reshape(-1, 2)
    mentor_of = np.full(instance.mentees, -1)
    mentor_of[pairs[:, 0]] = pairs[:, 1]
    protected = np.asarray(instance.protected, dtype=np.int64)
    bonus = np.full(instance.mentees, assignment.bonus)
    bonus[protected[mentor_of[protected] >= 0]] += assignment.bonus
    taken = np.bincount(pairs[:, 1], minlength=len(instance.places))
    return Sides(mentor_of, taken, bonus)


def look_at_couples(
    instance: Instance, assignment: Assignment, sides: Sides, objective: Objective
) -> Couples:
    seen = Couples(np.full(instance.mentees, -1))
    beyond = assignment.mentee_prices - sides.bonus
    for begin in range(0, len(instance.points), AT_ONCE):
        some = slice(begin, begin + AT_ONCE)
        mentee, mentor, points = instance.mentee[some], instance.mentor[some], instance.points[some]
        slack = beyond[mentee] + assignment.mentor_prices[mentor] - points
        chosen = np.flatnonzero(sides.mentor_of[mentee] == mentor)
        seen.pairs += len(chosen)
        seen.points += int(points[chosen].sum(dtype=np.int64))
        seen.least_slack = min(seen.least_slack, int(slack.min()))
        seen.slack_of_pairs = max(seen.slack_of_pairs, int(slack[chosen].max(initial=0)))
        closed_at = assignment.closed_at[mentor]
        if objective is Objective.FIT_FIRST:
            closed_at[slack > 0] = -1
        np.maximum.at(seen.enclosed_at, mentee, closed_at)
    return seen


def check_pairs(
    instance: Instance, assignment: Assignment, sides: Sides, couples: Couples
) -> None:
    """Check that this is an assignment, and that it is worth what it says."""
    pairs, served = len(assignment.pairs), sides.mentor_of >= 0
    demand(pairs == np.count_nonzero(served), "somebody has two mentors")
    demand((sides.taken <= instance.places).all(), "a mentor has more than their places")
    demand(couples.pairs == pairs, "a pair that a rule forbids")
    demand(couples.points == assignment.points, "not the points of the pairs")
    gained = couples.points + int(sides.bonus[served].sum())
    demand(gained == assignment.value, "not the value of the pairs")


def check_prices(
    instance: Instance, assignment: Assignment, sides: Sides, couples: Couples
) -> None:
    """Check that prices bound every assignment, and this one reaches the bound."""
    of_mentees, of_mentors = assignment.mentee_prices, assignment.mentor_prices
    demand((of_mentees >= 0).all(), "a mentee's price below zero")
    demand((of_mentors >= 0).all(), "a mentor's price below zero")
    demand(couples.least_slack >= 0, "a couple that gains more than its prices")
    demand(couples.slack_of_pairs == 0, "a pair that gains less than its prices")
    demand(not of_mentees[sides.mentor_of < 0].any(), "a price of somebody not served")
    demand(not of_mentors[sides.taken < instance.places].any(), "a price of an empty seat")
    bound = int(of_mentees.sum()) + int((of_mentors * instance.places).sum())
    demand(bound == assignment.value, "prices that add up to another value")


def turns_of(instance: Instance) -> Ints:
    turns = np.full(instance.mentees, len(instance.protected))
    turns[np.asarray(instance.protected, dtype=np.int64)] = np.arange(len(instance.protected))
    return turns


def check_turns(instance: Instance, closed_at: Ints, turns: Turns) -> None:
    """Check that whoever is not served is one too many for those who come before them."""
    left = ~turns.served
    demand((turns.enclosed_at[left] <= turns.own[left]).all(), "somebody not served in their turn")
    # At which turn each of the served is known to need a place among the closed ones.
    since = np.sort(np.maximum(turns.own, turns.enclosed_at)[turns.served])
    order = np.argsort(closed_at, kind="stable")
    places = np.concatenate(([0], np.cumsum(instance.places[order])))
    at = np.unique(turns.own[left])
    needed = np.searchsorted(since, at, side="right")
    closed = places[np.searchsorted(closed_at[order], at, side="right")]
    demand((needed >= closed).all(), "a place left for somebody not served")
