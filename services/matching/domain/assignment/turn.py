"""Serving people in turn: each is served if that is possible without loss to anyone before them.

Which sets of mentees can be served together is a transversal matroid (Edmonds and Fulkerson,
Transversals and matroid partition, 1965). So serving one after the other, each along an
alternating path that keeps those before them served, reaches the best list that there is (Rado;
Gale 1968), and some assignment that serves as many as possible serves that list.

A search that fails leaves a set of mentors whose every place is needed by those served before,
none of whom has a mentor outside the set. That never changes again: the mentors are *closed* from
that turn on, no later search enters them, and all failures together look at each couple once.
The turns at which mentors were closed are the proof that is kept (see `certificate`).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.domain.assignment.compiled import compiled
from matching.domain.assignment.graph import NOBODY, Graph, Int32s, State, has_place, rise, sit
from matching.domain.assignment.instance import Ints

OPEN = np.iinfo(np.int64).max


class Search(NamedTuple):
    """The room that searches work in, and what is left of those that failed."""

    # Mentors reached, first come first: from whom, and in which search.
    queue: Int32s
    came_from: Int32s
    reached_in: Int32s
    # At whose turn a mentor was closed.
    closed_at: Ints
    # The number of the search, and how many mentors it has reached.
    now: Ints


SEARCH, REACHED = range(2)


def new_search(mentors: int) -> Search:
    return Search(
        queue=np.zeros(mentors, dtype=np.int32),
        came_from=np.zeros(mentors, dtype=np.int32),
        reached_in=np.zeros(mentors, dtype=np.int32),
        closed_at=np.full(mentors, OPEN, dtype=np.int64),
        now=np.zeros(2, dtype=np.int64),
    )


@compiled
def serve_in_turn(
    graph: Graph, state: State, search: Search, order: Ints, may_lose: NDArray[np.bool_]
) -> None:
    """Serve those of `order`, each as long as nobody before loses their mentor.

    Those who `may_lose` theirs do so to anyone whose turn it is, until they are served in turn.
    """
    for turn in range(len(order)):
        mentee = order[turn]
        if state.mentor_of[mentee] == NOBODY:
            new_round(search)
            mentor = free_or_lost(graph, state, search, mentee, may_lose)
            if mentor == NOBODY:
                close(search, turn)
                continue
            seat_along(graph, state, search, mentor, mentee)
        may_lose[mentee] = False


@compiled
def new_round(search: Search) -> None:
    search.now[SEARCH] += 1
    search.now[REACHED] = 0


@compiled
def free_or_lost(
    graph: Graph, state: State, search: Search, mentee: int, may_lose: NDArray[np.bool_]
) -> int:
    """Find the nearest mentor with a place, or with somebody who may lose it and then does."""
    ask_mentors(graph, search, mentee)
    seen = 0
    while seen < search.now[REACHED]:
        mentor = search.queue[seen]
        seen += 1
        if has_place(graph, state, mentor):
            return int(mentor)
        for seat in range(graph.seat[mentor], graph.seat[mentor + 1]):
            if may_lose[state.occupant[seat]]:
                return rise(graph, state, state.occupant[seat])
        for seat in range(graph.seat[mentor], graph.seat[mentor + 1]):
            ask_mentors(graph, search, state.occupant[seat])
    return NOBODY


@compiled
def ask_mentors(graph: Graph, search: Search, mentee: int) -> None:
    """Reach the open mentors of a mentee who were not reached before."""
    for couple in range(graph.of_mentee[mentee], graph.of_mentee[mentee + 1]):
        mentor = graph.mentor[couple]
        if search.reached_in[mentor] != search.now[SEARCH] and search.closed_at[mentor] == OPEN:
            search.reached_in[mentor] = search.now[SEARCH]
            search.came_from[mentor] = mentee
            search.queue[search.now[REACHED]] = mentor
            search.now[REACHED] += 1


@compiled
def close(search: Search, turn: int) -> None:
    for place in range(search.now[REACHED]):
        search.closed_at[search.queue[place]] = turn


@compiled
def seat_along(graph: Graph, state: State, search: Search, mentor: int, root: int) -> None:
    """Seat everyone on the path one mentor further, back to the mentee who began it."""
    while True:
        mentee = search.came_from[mentor]
        if mentee == root:
            sit(graph, state, mentee, mentor)
            return
        left = rise(graph, state, mentee)
        sit(graph, state, mentee, mentor)
        mentor = left


@compiled
def close_the_rest(graph: Graph, state: State, search: Search, turn: int) -> bool:
    """Close all mentors whom those without one can reach; tell whether no place was among them.

    If none was, no alternating path leads to one, and nobody can be served beside those who are
    (Berge 1957).
    """
    new_round(search)
    for mentee in range(len(state.mentor_of)):
        if state.mentor_of[mentee] == NOBODY:
            ask_mentors(graph, search, mentee)
    seen = 0
    while seen < search.now[REACHED]:
        mentor = search.queue[seen]
        seen += 1
        if has_place(graph, state, mentor):
            return False
        for seat in range(graph.seat[mentor], graph.seat[mentor + 1]):
            ask_mentors(graph, search, state.occupant[seat])
    close(search, turn)
    return True
