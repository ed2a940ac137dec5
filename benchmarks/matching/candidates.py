"""Finding whom each mentee could have: our kernels beside a k-d tree with NumPy, on one crowd.

Both begin with the same columns and end with the same fifty best couples of everyone, which is
asserted. The rival does what one would write with SciPy and NumPy: who lives near from the tree,
who accepts remote from a list, then mask after mask and the weighted sum, mentee by mentee.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from benchmarks.matching import crowd
from benchmarks.table import Aim, Line
from common.contracts.policy import Objective
from common.contracts.vocabulary import Modality
from matching.domain.candidates import generation
from matching.domain.candidates.asks import Asking
from matching.domain.candidates.couples import Crowd
from matching.domain.candidates.questions import NEAR, NO_WISH, Asks
from matching.domain.candidates.roster import Roster
from matching.domain.geography import EARTH_RADIUS_KM, distances_km
from matching.domain.people import Mentee
from tests.matching.cast import PROGRAMME, TERMS

Array = NDArray[Any]

PEOPLE = 20_000
WHOLE = 10_000
BEST = 50
ROUNDS = 3


async def candidates(people: int = PEOPLE, rounds: int = ROUNDS) -> list[Line]:
    """Take the time of both in turn, and assert that they find the same."""
    mentees, roster = crowd.mentees(people), Roster(crowd.mentors(people))
    ours = Crowd(mentees, roster, {PROGRAMME: TERMS})
    ours.best(BEST)
    rival = Rival.of(mentees, roster)
    measured = [(timed(lambda: ours.best(BEST)), timed(rival.best)) for _ in range(rounds)]
    for (_, found), (_, theirs) in measured:
        assert np.array_equal(np.diff(found.bounds), [len(each) for each in theirs])
        assert np.array_equal(sums(found.points, found.bounds), [each.sum() for each in theirs])
    mine = statistics.median(seconds for (seconds, _), _ in measured)
    other = statistics.median(seconds for _, (seconds, _) in measured)
    return [
        Line(
            number="G4",
            measure=f"the {BEST} best of each of {people:,}, against k-d tree and NumPy",
            figure=f"{mine:.2f} s against {other:.2f} s, {ours.count():,} couples",
            value=other / mine,
            aim=Aim(goal=3, moonshot=30),
        ),
        *whole(),
    ]


def whole(people: int = WHOLE) -> list[Line]:
    """Solve over all couples, without holding them, to the proven optimum."""
    roster = Roster(crowd.mentors(people))
    ours = Crowd(crowd.mentees(people), roster, {PROGRAMME: TERMS}, roster.places(3))
    aim = generation.Aim(
        places=roster.places(3)[:people],
        protected=(),
        objective=Objective.MOST_SERVED_THEN_FIT,
        seed=0,
    )
    few = generation.best_of_all(ours, aim, ours.best(generation.FIRST))
    spent = [timed(lambda: generation.best_of_all(ours, aim, ours.best(generation.FIRST)))]
    seconds = statistics.median(each for each, _ in spent)
    return [
        Line(
            number="G5",
            measure=f"exact over all couples of {people:,}, none held that is not needed",
            figure=f"{len(few.assignment.pairs):,} served, {few.rounds} rounds, "
            f"{len(few.couples):,} of {ours.count():,} couples",
            value=seconds,
            aim=Aim(goal=2, moonshot=1, unit="s"),
        )
    ]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    done = work()
    return time.perf_counter() - started, done


def sums(points: Array, bounds: Array) -> Array:
    totals: Array = np.concatenate(([0], np.cumsum(points)))
    return totals[bounds[1:]] - totals[bounds[:-1]]


@dataclass(frozen=True, slots=True, eq=False)
class Rival:
    """The same columns, and a tree of homes."""

    mentees: list[Mentee]
    roster: Roster
    asked: Asks
    holds: Any
    tree: cKDTree
    far: Array

    @classmethod
    def of(cls, mentees: list[Mentee], roster: Roster) -> "Rival":
        asked = Asking(roster, {PROGRAMME: TERMS}).asks(mentees)
        holds = np.unpackbits(roster.seats.bits.view(np.uint8), axis=1, bitorder="little")
        latitudes, longitudes = roster.points[:, roster.seats.place[: len(roster)]]
        remote = roster.find("offered", (Modality.REMOTE,))
        accept: Array = holds[list(remote), : len(roster)]
        far = np.flatnonzero(accept.sum(axis=0))
        tree = cKDTree(on_sphere(latitudes, longitudes))
        return cls(mentees, roster, asked, holds.astype(np.bool_), tree, far)

    def best(self) -> list[Array]:
        """Return the points of the best couples of each."""
        return [self.best_of(one) for one in range(len(self.mentees))]

    def best_of(self, one: int) -> Array:
        near = self.near(one)
        seats = np.union1d(near, self.far) if self.asked.remote[one] >= 0 else near
        is_near = np.isin(seats, near)
        for rows in self.clauses(one):
            held: Array
            if NEAR in rows:
                held = is_near | self.holds[[row for row in rows if row != NEAR]][:, seats].any(0)
            else:
                held = self.holds[rows][:, seats].any(axis=0)
            seats, is_near = seats[held], is_near[held]
        points = np.rint(self.fits(one, seats) * self.asked.whole).astype(np.int64)
        return points if len(points) <= BEST else np.partition(points, -BEST)[-BEST:]

    def near(self, one: int) -> Array:
        home, reach = self.mentees[one].facets.place, self.asked.reach[one]
        chord = 2 * np.sin((reach + 0.01) / EARTH_RADIUS_KM / 2)
        here = on_sphere(np.array([home.latitude]), np.array([home.longitude]))[0]
        seats = np.array(self.tree.query_ball_point(here, chord), dtype=np.int64)
        seats_of = self.roster.seats
        latitudes, longitudes = self.roster.points[:, seats_of.place[seats]]
        km = distances_km(home, latitudes, longitudes)
        near: Array = seats[km <= np.minimum(seats_of.reach[seats], reach)]
        return near

    def clauses(self, one: int) -> Iterator[list[int]]:
        asked = self.asked
        for each in range(asked.clauses[one], asked.clauses[one + 1]):
            yield asked.rows[asked.row_bounds[each] : asked.row_bounds[each + 1]].tolist()

    def fits(self, one: int, seats: Array) -> Array:
        asked, mentors = self.asked, self.roster.seats
        shared = [self.shared(one, of, seats) for of in range(len(mentors.masks))]
        motivation = asked.motivation[one][mentors.motivation[seats]]
        band = asked.band[one][mentors.band[seats]]
        parts = (*shared[:3], motivation, shared[3], band, self.tongue(one, seats), shared[4])
        return np.minimum(sum(parts, np.zeros(len(seats))), 1.0)

    def shared(self, one: int, of: int, seats: Array) -> Array:
        asked, mentors = self.asked, self.roster.seats
        both = np.bitwise_count(mentors.masks[of][seats] & asked.masks[of][one]).sum(axis=1)
        shorter = np.minimum(mentors.counts[of][seats], asked.counts[of, one])
        value = np.where(shorter > 0, both / np.maximum(shorter, 1), asked.neutral)
        weighed: Array = value * asked.weights[of, one]
        return weighed

    def tongue(self, one: int, seats: Array) -> Array:
        asked, theirs = self.asked, self.roster.seats.tongue[seats]
        weight, row = asked.tongue_weight[one], asked.tongue_row[one]
        if asked.tongue[one] == NO_WISH:
            return np.full(len(seats), asked.neutral * weight)
        speaks = self.holds[row][seats] if row >= 0 else np.zeros(len(seats), dtype=np.bool_)
        refused = np.where(theirs == 0, asked.neutral * weight, 0.0)
        return np.where((theirs == asked.tongue[one]) | speaks, weight, refused)


def on_sphere(latitudes: Array, longitudes: Array) -> Array:
    north, east = np.radians(latitudes), np.radians(longitudes)
    return np.column_stack(
        (np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north))
    )
