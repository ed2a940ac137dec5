"""Couples laid out for both sides, and who sits with whom: the arrays that the kernels share."""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.domain.assignment.compiled import compiled
from matching.domain.assignment.instance import Ints, Malformed

Int32s: TypeAlias = NDArray[np.int32]

NOBODY = -1


class Graph(NamedTuple):
    """Who could be paired with whom, in compressed rows for mentees and for mentors."""

    # Couples of mentee i are of_mentee[i] up to of_mentee[i + 1], in order of mentors.
    of_mentee: Ints
    mentor: Int32s
    points: Int32s
    # The same couples for mentors.
    of_mentor: Ints
    mentee: Int32s
    points_again: Int32s
    # Seats of mentor j are seat[j] up to seat[j + 1].
    seat: Ints
    # What each mentee brings beside points to whoever takes them.
    bonus: Ints


class State(NamedTuple):
    """Who sits where, and the prices: what the kernels change."""

    mentor_of: Int32s
    seat_of: Int32s
    # By seat; those of a mentor are filled from the first on.
    occupant: Int32s
    taken: Int32s
    mentee_price: Ints
    mentor_price: Ints


def new_state(graph: Graph) -> State:
    mentees, mentors = len(graph.of_mentee) - 1, len(graph.of_mentor) - 1
    return State(
        mentor_of=np.full(mentees, NOBODY, dtype=np.int32),
        seat_of=np.full(mentees, NOBODY, dtype=np.int32),
        occupant=np.full(int(graph.seat[-1]), NOBODY, dtype=np.int32),
        taken=np.zeros(mentors, dtype=np.int32),
        mentee_price=np.zeros(mentees, dtype=np.int64),
        mentor_price=np.zeros(mentors, dtype=np.int64),
    )


@compiled
def has_place(graph: Graph, state: State, mentor: int) -> bool:
    return state.taken[mentor] < graph.seat[mentor + 1] - graph.seat[mentor]


@compiled
def sit(graph: Graph, state: State, mentee: int, mentor: int) -> None:
    """Seat somebody who stands with a mentor who has a place."""
    seat = graph.seat[mentor] + state.taken[mentor]
    state.taken[mentor] += 1
    state.occupant[seat] = mentee
    state.mentor_of[mentee] = mentor
    state.seat_of[mentee] = seat


@compiled
def rise(graph: Graph, state: State, mentee: int) -> int:
    """Free a seat, which the last of that mentor takes, and return the mentor."""
    mentor = state.mentor_of[mentee]
    state.taken[mentor] -= 1
    last = graph.seat[mentor] + state.taken[mentor]
    mover = state.occupant[last]
    state.occupant[state.seat_of[mentee]] = mover
    state.seat_of[mover] = state.seat_of[mentee]
    state.occupant[last] = NOBODY
    state.mentor_of[mentee] = NOBODY
    state.seat_of[mentee] = NOBODY
    return int(mentor)


@compiled
def turned(
    first: Ints, to: Int32s, points: Int32s, others: int
) -> tuple[Ints, Int32s, Int32s]:
    """Lay couples out for the other side, each row in order of this side (counting sort)."""
    begin = np.zeros(others + 1, dtype=np.int64)
    for couple in range(len(to)):
        begin[to[couple] + 1] += 1
    for other in range(others):
        begin[other + 1] += begin[other]
    back, again = np.empty_like(to), np.empty_like(points)
    free = begin[:-1].copy()
    for one in range(len(first) - 1):
        for couple in range(first[one], first[one + 1]):
            place = free[to[couple]]
            back[place] = one
            again[place] = points[couple]
            free[to[couple]] += 1
    return begin, back, again


@compiled
def rows_of_mentors(
    mentee: Int32s, mentor: Int32s, points: Int32s, places: Ints
) -> tuple[Ints, Int32s, Int32s]:
    """Lay listed couples out by mentor, leaving out mentors without a place."""
    begin = np.zeros(len(places) + 1, dtype=np.int64)
    for couple in range(len(mentor)):
        begin[mentor[couple] + 1] += places[mentor[couple]] > 0
    for one in range(len(places)):
        begin[one + 1] += begin[one]
    to = np.empty(begin[-1], dtype=np.int32)
    worth = np.empty(begin[-1], dtype=np.int32)
    free = begin[:-1].copy()
    for couple in range(len(mentor)):
        one = mentor[couple]
        if places[one] > 0:
            to[free[one]] = mentee[couple]
            worth[free[one]] = points[couple]
            free[one] += 1
    return begin, to, worth


@compiled
def has_twins(first: Ints, to: Int32s) -> bool:
    """Tell whether a couple stands twice in ordered rows."""
    for one in range(len(first) - 1):
        for couple in range(first[one] + 1, first[one + 1]):
            if to[couple] == to[couple - 1]:
                return True
    return False


def graph_of(listed: tuple[Int32s, Int32s, Int32s], mentees: int, places: Ints) -> Graph:
    """Lay couples (mentee, mentor, points) out; the order in which they are listed is lost.

    Two counting sorts put each row in order, so equal instances make equal graphs.
    """
    by_mentor = rows_of_mentors(*listed, places)
    of_mentee, mentor, points = turned(*by_mentor, mentees)
    if has_twins(of_mentee, mentor):
        raise Malformed("mentor")
    of_mentor, mentee, points_again = turned(of_mentee, mentor, points, len(places))
    return Graph(
        of_mentee=of_mentee,
        mentor=mentor,
        points=points,
        of_mentor=of_mentor,
        mentee=mentee,
        points_again=points_again,
        seat=np.concatenate(([0], np.cumsum(places))).astype(np.int64),
        bonus=np.zeros(mentees, dtype=np.int64),
    )
