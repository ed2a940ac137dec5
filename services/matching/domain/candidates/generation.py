"""The best pairs over every couple that the rules allow, without ever holding them all.

Column generation (L. Ford and D. Fulkerson, A suggested computation for maximal multi-commodity
network flows, 1958): solve on the best few couples of each mentee, go through all couples for
those that the proof of this solution does not cover, take them in, and solve again, until there
are none. What proved the last solution best then proves it best among all couples:

- no couple gains more than the prices of both sides, so nothing gains more (weak duality);
- nobody who was shown to be one too many has another mentor (Hall's condition), so nobody more
  can be served, and none of the protected instead of a later one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.contracts.policy import Objective
from matching.domain.assignment import Assignment, Instance, assign
from matching.domain.candidates.compiled import Ints
from matching.domain.candidates.couples import Couples, Crowd, Prices

# Enough that most of the best couples are among them.
FIRST = 32
# What a mentee is given more each time; also couples that fall short of their prices by so many
# points, for they would be asked for as soon as prices move.
MORE = 64
SHORT = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a run aims at, beside who may be whose mentor."""

    places: Ints
    protected: Sequence[int]
    objective: Objective
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The best pairs of all, the couples that it took, and how often it was solved."""

    couples: Couples
    assignment: Assignment
    rounds: int


def best_of_all(crowd: Crowd, aim: Aim, held: Couples) -> Solution:
    """Find the best pairs over all couples of a crowd, beginning with some that are held."""
    rounds = 0
    while True:
        rounds += 1
        found = assign(instance_of(held, aim), aim.objective, aim.seed)
        if len(held) == crowd.count():
            return Solution(held, found, rounds)
        together = joined(held, uncovered(crowd, held, found, aim))
        if len(together) == len(held):
            return Solution(held, found, rounds)
        held = together


def instance_of(couples: Couples, aim: Aim) -> Instance:
    return Instance(
        mentees=len(couples.bounds) - 1,
        places=aim.places,
        mentee=couples.mentee,
        mentor=couples.mentor,
        points=couples.points,
        protected=aim.protected,
    )


def uncovered(crowd: Crowd, held: Couples, found: Assignment, aim: Aim) -> Couples:
    """Find couples of which the proof says nothing yet, so many of each mentee."""
    prices = prices_of(found, aim)
    violated = around(crowd, prices)
    if aim.objective is Objective.FIT_FIRST:
        return violated if len(violated) else tight(crowd, held, prices)
    enclosed_at = np.full(len(held.bounds) - 1, -1, dtype=np.int64)
    np.maximum.at(enclosed_at, held.mentee, found.closed_at[held.mentor])
    return joined(violated, crowd.leaving(found.closed_at, enclosed_at, MORE))


def prices_of(found: Assignment, aim: Aim) -> Prices:
    """Say what a couple gains beside points: a bonus, and another if the protected is served."""
    served = {mentee for mentee, _ in found.pairs}
    bonus = np.full(len(found.mentee_prices), found.bonus, dtype=np.int64)
    bonus[[each for each in aim.protected if each in served]] += found.bonus
    return Prices(mentees=found.mentee_prices, mentors=found.mentor_prices, bonus=bonus)


def around(crowd: Crowd, prices: Prices) -> Couples:
    """Find couples that gain more than their prices; if there are any, also those nearly so."""
    lower = Prices(mentees=prices.mentees - SHORT, mentors=prices.mentors, bonus=prices.bonus)
    found = crowd.violated(lower, MORE)
    asked = (prices.mentees - prices.bonus)[found.mentee] + prices.mentors[found.mentor]
    return found if (found.points > asked).any() else found.none()


def tight(crowd: Crowd, held: Couples, prices: Prices) -> Couples:
    """Find couples that gain just their prices: some of as many points may serve more.

    Those that are held come up too, so ever more are asked for until there is another one.
    """
    just = Prices(mentees=prices.mentees - 1, mentors=prices.mentors, bonus=prices.bonus)
    most = MORE
    while True:
        found = crowd.violated(just, most)
        if len(joined(held, found)) > len(held) or np.diff(found.bounds).max(initial=0) < most:
            return found
        most *= 4


def joined(one: Couples, other: Couples) -> Couples:
    """Put couples together, each once, in order."""
    mentors = max(int(each.mentor.max(initial=0)) for each in (one, other)) + 1
    both = np.concatenate([each.mentee * mentors + each.mentor for each in (one, other)])
    _, kept = np.unique(both, return_index=True)
    count = np.bincount(both[kept] // mentors, minlength=len(one.bounds) - 1)
    return Couples(
        bounds=np.concatenate((np.zeros(1, np.int64), np.cumsum(count))),
        mentor=np.concatenate((one.mentor, other.mentor))[kept],
        points=np.concatenate((one.points, other.points))[kept],
        remote=np.concatenate((one.remote, other.remote))[kept],
    )
