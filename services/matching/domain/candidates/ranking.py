"""One mentee before a roster of mentors: the best of them in order, and what hinders the others."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np

from common.contracts.policy import Constraint
from matching.domain.candidates import collecting
from matching.domain.candidates.asks import CONSTRAINTS, Asking
from matching.domain.candidates.compiled import Floats, Ints, Small, Words
from matching.domain.candidates.questions import People
from matching.domain.candidates.roster import Roster
from matching.domain.people import Mentee, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The best mentors by their ids, and how many suit, hinder and were looked at."""

    best: tuple[UUID, ...]
    suitable: int
    considered: int
    blocked: dict[Constraint, int]


def rank(mentee: Mentee, roster: Roster, terms: Terms, among: Words, *, limit: int) -> Ranking:
    """Rank those who are marked: by fit, then the nearest, then in order of ids."""
    asked = Asking(roster, {terms.programme_id: terms}).asks([mentee])
    people = People(mentors=roster.seats, mentees=asked)
    km, hindered = roster.km_from(mentee.facets.place), np.zeros(len(CONSTRAINTS), dtype=np.int64)
    seats, fits = collecting.weigh_one(people, km, among.copy(), hindered)
    named = zip(CONSTRAINTS, hindered.tolist(), strict=True)
    return Ranking(
        best=first(roster, seats, fits, km[people.mentors.place[seats]], limit),
        suitable=len(seats),
        considered=int(collecting.counted(among)),
        blocked={name: count for name, count in named if count},
    )


def first(roster: Roster, seats: Small, fits: Floats, km: Floats, limit: int) -> tuple[UUID, ...]:
    """Sort no more than may be among the first."""
    likely = best_places(-fits, limit)
    order = likely[np.lexsort((km[likely], -fits[likely]))]
    # Ids decide among those who are as good and as near as the last one.
    last = order[limit - 1 : limit]
    if len(last):
        is_as_good = (fits[order] > fits[last]) | (
            (fits[order] == fits[last]) & (km[order] <= km[last])
        )
        order = order[is_as_good]
    rows = zip((-fits[order]).tolist(), km[order].tolist(), seats[order].tolist(), strict=True)
    named = sorted((worst, far, roster.ids[seat]) for worst, far, seat in rows)
    return tuple(mentor_id for _, _, mentor_id in named[:limit] if mentor_id)


def best_places(worst: Floats, limit: int) -> Ints:
    """Find where the least values are, with all that equal the last of them."""
    if len(worst) <= limit:
        return np.arange(len(worst))
    return np.flatnonzero(worst <= np.partition(worst, limit - 1)[limit - 1])
