"""From a crowd of mentees and a pool of mentors to the couples that the rules allow.

Whoever lives in the same place and goes as far shares the same neighbours, so mentees are gone
through place by place; what is held at once is a batch of them, whatever the size of the pool.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from common.contracts.policy import Constraint
from common.contracts.vocabulary import Place
from matching.domain.assignment import TooLarge
from matching.domain.candidates import collecting
from matching.domain.candidates.asks import CONSTRAINTS, Asking, bounds
from matching.domain.candidates.compiled import WORD, Bools, Floats, Ints, Small
from matching.domain.candidates.questions import Best, Kept, Near, People, Sifted, Wanted
from matching.domain.candidates.roster import Roster
from matching.domain.geography import EARTH_RADIUS_KM, distances_km
from matching.domain.people import Mentee, Terms

# Mentees looked at together: their bits fit in what is nearest to the processor.
BATCH = 64
# Nine bytes a couple: at most 0.9 GB.
MOST_COUPLES = 100_000_000
# Sixteen bytes a distance: at most 0.16 GB.
MOST_REMEMBERED = 10_000_000
KM_PER_DEGREE = EARTH_RADIUS_KM * np.pi / 180


@dataclass(frozen=True, slots=True, eq=False)
class Couples:
    """Whom the rules would let be a pair: those of a mentee from one bound to the next."""

    bounds: Ints
    mentor: Small
    # Ten-thousandths of a whole fit.
    points: Small
    # They could only meet at a distance.
    remote: Bools

    def __len__(self) -> int:
        return len(self.mentor)

    @property
    def mentee(self) -> Ints:
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))

    def none(self) -> "Couples":
        """Leave out all."""
        nobody = slice(0)
        columns = self.mentor[nobody], self.points[nobody], self.remote[nobody]
        return Couples(np.zeros_like(self.bounds), *columns)

    def find(self, mentee: int, mentor: int) -> int:
        """Say where the couple of these two stands."""
        first, last = self.bounds[mentee], self.bounds[mentee + 1]
        return int(first + np.searchsorted(self.mentor[first:last], mentor))


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """For each mentee how many may be theirs, and how many hinders what."""

    feasible: Ints
    hindered: Ints

    def blocked(self, mentee: int) -> dict[Constraint, int]:
        """Count the mentors whom each constraint hinders; one may count under several."""
        counts = self.hindered[mentee].tolist()
        return {name: count for name, count in zip(CONSTRAINTS, counts, strict=True) if count}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a couple costs on both sides, and what it gains beside its points."""

    mentees: Ints
    mentors: Ints
    bonus: Ints


class Crowd:
    """Mentees before a roster of mentors, gone through as often as one likes.

    A mentor's number is their seat: in a roster made of a pool, their place in it.
    """

    def __init__(
        self,
        mentees: Sequence[Mentee],
        roster: Roster,
        terms: Mapping[UUID, Terms],
        places: Ints | None = None,
    ) -> None:
        """Take the mentees in their order; `places` are those that a run may still give."""
        self.size = len(mentees)
        asked = Asking(roster, terms).asks(mentees)
        self._people = People(mentors=roster.seats, mentees=asked)
        self._taken = roster.among()
        self._open = self._taken if places is None else self._taken & roster.marked(places > 0)
        self._map = Neighbours(roster, [each.facets.place for each in mentees])
        self._order = np.lexsort((asked.reach, self._map.home))
        self._sifted = room_for(len(mentees), len(self._taken))
        self._prices = np.zeros(len(self._taken) * WORD, dtype=np.int64)
        self._count: Ints | None = None
        self._measured: dict[int, Near] = {}
        self._remembered = 0

    def reasons(self) -> Reasons:
        """Say for each mentee how many may be theirs, and what hinders the others."""
        self._counted()
        return Reasons(feasible=self._sifted.suitable, hindered=self._sifted.hindered)

    def count(self) -> int:
        """Count the couples that the rules allow and that there are places for."""
        return int(self._counted().sum())

    def all(self, most: int = MOST_COUPLES) -> Couples:
        """Find every couple; refuse at once if there are more than `most`."""
        if self.count() > most:
            raise TooLarge(self.count())
        kept = Kept(bounds(self._counted()), *columns_for(self.count()))
        for who in self._batches():
            collecting.keep_all(self._people, who, self._sifted, self._open, kept)
        return Couples(*kept)

    def best(self, most: int) -> Couples:
        """Find the couples of most points, so many for each mentee; their turn breaks ties."""
        below = np.full(self.size, -1, dtype=np.int64)
        return self._best(most, Wanted(1, self._prices, below, self._turns(), self._open))

    def violated(self, prices: Prices, most: int) -> Couples:
        """Find couples that gain more than both prices, the worst so many for each mentee.

        None: then no pairing at all gains more than prices that a pairing reaches.
        """
        return self._beyond(1, prices.mentors, prices.mentees - prices.bonus, most)

    def leaving(self, closed_at: Ints, enclosed_at: Ints, most: int) -> Couples:
        """Find couples with mentors who were closed later than those a mentee was known to have.

        None: then whoever was shown to be one too many among some couples is so among all.
        """
        return self._beyond(0, -closed_at, enclosed_at, most)

    def _beyond(self, scale: int, price: Ints, bar: Ints, most: int) -> Couples:
        asked = self._prices.copy()
        asked[: len(price)] = price
        return self._best(most, Wanted(scale, asked, bar, self._turns(), self._open))

    def _best(self, most: int, wanted: Wanted) -> Couples:
        shape = (self.size, most)
        best = Best(np.zeros(self.size, dtype=np.int64), *columns_for(shape))
        for who in self._batches():
            collecting.keep_best(self._people, who, self._sifted, wanted, best)
        held = np.arange(most) < best.found[:, None]
        return Couples(bounds(best.found), best.mentor[held], best.points[held], best.remote[held])

    def _turns(self) -> Ints:
        """Let each mentee begin somewhere else, so that equals are spread over all."""
        return np.arange(self.size, dtype=np.int64) * len(self._taken) // max(self.size, 1)

    def _counted(self) -> Ints:
        if self._count is None:
            self._count = np.zeros(self.size, dtype=np.int64)
            for who in self._batches():
                collecting.count_some(who, self._sifted, self._open, self._count)
        return self._count

    def _near(self, start: int, who: Ints) -> Near:
        """Measure what is around some mentees, once while there is room to remember it."""
        if start in self._measured:
            return self._measured[start]
        near = self._map.near(who, self._people.mentees.reach)
        if self._remembered + len(near.km) <= MOST_REMEMBERED:
            self._remembered += len(near.km)
            self._measured[start] = near
        return near

    def _batches(self) -> Iterator[Ints]:
        """Sift the pool for some mentees at a time, neighbours one after the other."""
        for start in range(0, self.size, BATCH):
            who = self._order[start : start + BATCH]
            near = self._near(start, who)
            collecting.sift_some(self._people, who, near, self._taken, self._sifted)
            yield who


class Neighbours:
    """Which places of mentors lie around the homes of mentees."""

    def __init__(self, roster: Roster, homes: Sequence[Place]) -> None:
        latitudes, longitudes = roster.points
        # From south to north, so that only a band has to be measured.
        self._places = np.argsort(latitudes, kind="stable")
        self._latitudes, self._longitudes = latitudes[self._places], longitudes[self._places]
        numbers: dict[tuple[float, float], int] = {}
        self.home = np.fromiter(
            (numbers.setdefault((one.latitude, one.longitude), len(numbers)) for one in homes),
            dtype=np.int64,
        )
        self._homes = homes

    def near(self, who: Ints, reach: Ints) -> Near:
        """Measure what is around the homes of some mentees, who are in order of homes."""
        _, first, group = np.unique(self.home[who], return_index=True, return_inverse=True)
        furthest = np.maximum.reduceat(reach[who], first)
        around = [
            self._around(self._homes[one], int(far))
            for one, far in zip(who[first], furthest, strict=True)
        ]
        return Near(
            bounds=bounds(len(km) for _, km in around),
            places=np.concatenate([places for places, _ in around]),
            km=np.concatenate([km for _, km in around]),
            group=group.astype(np.int64),
        )

    def _around(self, home: Place, reach: int) -> tuple[Ints, Floats]:
        """Find the places within reach, by the arithmetic of the rules themselves."""
        # A metre more, for distances are rounded to it.
        far = (reach + 0.001) / KM_PER_DEGREE
        south, north = np.searchsorted(self._latitudes, (home.latitude - far, home.latitude + far))
        band = slice(south, north)
        km = distances_km(home, self._latitudes[band], self._longitudes[band])
        return self._places[band][km <= reach], km[km <= reach]


def room_for(mentees: int, words: int) -> Sifted:
    return Sifted(
        feasible=np.zeros((BATCH, words), dtype=np.uint64),
        remote=np.zeros((BATCH, words), dtype=np.uint64),
        suitable=np.zeros(mentees, dtype=np.int64),
        hindered=np.zeros((mentees, len(CONSTRAINTS)), dtype=np.int64),
    )


def columns_for(shape: int | tuple[int, int]) -> tuple[Small, Small, Bools]:
    mentor, points = np.empty(shape, dtype=np.int32), np.empty(shape, dtype=np.int32)
    return mentor, points, np.empty(shape, dtype=np.bool_)
