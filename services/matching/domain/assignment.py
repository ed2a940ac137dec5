"""The best pairs over a whole pool: as many as can be, the protected first, then the best fit.

Which sets of mentees can be served together is a transversal matroid: serving the protected one
after the other, each as long as nobody before loses their mentor, reaches the best list of
protected there is, and some assignment that serves as many as possible serves all of them. So the
first two aims never collide, and what is left is one assignment of least cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from common.contracts.policy import Objective
from common.errors import Conflict

# Fits are compared to a ten-thousandth, in whole points, so that sums are exact.
POINTS = 10_000
# Beyond this a double cannot count every point.
LARGEST_EXACT = 2**53

Ints: TypeAlias = NDArray[np.int64]


class TooLarge(Conflict):
    """The pool is too large for an exact run."""

    fr = "Le vivier est trop grand pour un calcul exact."


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """Who could be paired with whom: one entry of `mentee`, `mentor`, `points` for each couple."""

    mentees: int
    # For each mentor, how many more they can take on.
    places: Ints
    mentee: Ints
    mentor: Ints
    points: Ints
    # Mentees to be served before others, in this order.
    protected: Sequence[int] = field(default=())


def points(fits: NDArray[np.float64]) -> Ints:
    return np.rint(fits * POINTS).astype(np.int64)


def assign(instance: Instance, objective: Objective) -> list[tuple[int, int]]:
    """Return the best pairs as (mentee, mentor), in order of mentees."""
    if objective is Objective.FIT_FIRST:
        # Going without gains nothing, and any couple gains something.
        return cheapest(instance, gains_of_fit_first(instance), absent=0, must=set())
    served = protected_served(instance)
    barred = set(instance.protected) - served
    kept = without(instance, barred)
    absent = (kept.mentees + 1) * (POINTS + 1)
    return cheapest(kept, kept.points, absent=absent, must=served)


def gains_of_fit_first(instance: Instance) -> Ints:
    """Weigh couples so that fit counts first, then the number served, then the protected."""
    protected = np.zeros(instance.mentees, dtype=np.int64)
    protected[list(instance.protected)] = 1
    step = instance.mentees + 1
    if POINTS * step**3 >= LARGEST_EXACT:
        raise TooLarge
    gains: Ints = (instance.points * step + 1) * step + protected[instance.mentee]
    return gains


def without(instance: Instance, barred: set[int]) -> Instance:
    kept = ~np.isin(instance.mentee, list(barred))
    return Instance(
        mentees=instance.mentees,
        places=instance.places,
        mentee=instance.mentee[kept],
        mentor=instance.mentor[kept],
        points=instance.points[kept],
    )


def cheapest(
    instance: Instance, gains: Ints, *, absent: int, must: set[int]
) -> list[tuple[int, int]]:
    """Solve one assignment in which staying without a mentor costs `absent` more than the worst.

    Every mentee has a column of their own for going without, unless they must be served; so a
    full matching always exists. Costs begin at 1, because SciPy drops explicit zeros.
    """
    top = int(gains.max(initial=0))
    if (top + absent) * (instance.mentees + 1) >= LARGEST_EXACT:
        raise TooLarge
    first = np.concatenate(([0], np.cumsum(instance.places)))
    couple, place = places_of(instance, first)
    free = np.array(sorted(set(range(instance.mentees)) - must), dtype=np.int64)
    rows = np.concatenate((instance.mentee[couple], free))
    columns = np.concatenate((place, first[-1] + free))
    costs = np.concatenate((top + 1 - gains[couple], np.full(len(free), top + 1 + absent)))
    if not len(rows):
        return []
    shape = (instance.mentees, int(first[-1]) + instance.mentees)
    graph = csr_array((costs.astype(np.float64), (rows, columns)), shape=shape)
    mentees, taken = min_weight_full_bipartite_matching(graph)
    chosen = zip(mentees.tolist(), taken.tolist(), strict=True)
    owner = np.searchsorted(first, np.arange(first[-1]), side="right") - 1
    return [(mentee, int(owner[place])) for mentee, place in chosen if place < first[-1]]


def places_of(instance: Instance, first: Ints) -> tuple[Ints, Ints]:
    """Spread each couple over every place of its mentor."""
    repeats = instance.places[instance.mentor]
    couple = np.repeat(np.arange(len(instance.mentor)), repeats)
    within = np.arange(len(couple)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return couple, first[instance.mentor[couple]] + within


def protected_served(instance: Instance) -> set[int]:
    """Find who of the protected can be served, each without loss to those before them."""
    mentors_of = neighbours(instance)
    held: list[list[int]] = [[] for _ in instance.places]
    return {
        mentee
        for mentee in instance.protected
        if augment(mentee, mentors_of, held, instance.places.tolist())
    }


def neighbours(instance: Instance) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(instance.mentees)]
    for mentee, mentor in zip(instance.mentee.tolist(), instance.mentor.tolist(), strict=True):
        found[mentee].append(mentor)
    return found


def augment(
    mentee: int, mentors_of: list[list[int]], held: list[list[int]], places: list[int]
) -> bool:
    """Give a mentee a mentor, moving those served before along an alternating path if needed."""
    came_from: dict[int, int] = {}
    queue = [mentee]
    for asking in queue:
        for mentor in mentors_of[asking]:
            if mentor in came_from or not places[mentor]:
                continue
            came_from[mentor] = asking
            if len(held[mentor]) < places[mentor]:
                move_along(mentor, mentee, came_from, held)
                return True
            queue.extend(held[mentor])
    return False


def move_along(mentor: int, mentee: int, came_from: dict[int, int], held: list[list[int]]) -> None:
    """Seat everyone on the path one mentor further, back to the mentee who began it."""
    while True:
        moving = came_from[mentor]
        held[mentor].append(moving)
        if moving == mentee:
            return
        mentor = next(
            other for other, seated in enumerate(held) if other != mentor and moving in seated
        )
        held[mentor].remove(moving)
