"""From nearly optimal to optimal, on the side of mentees who gain nothing yet and could.

Shortest augmenting paths (Jonker and Volgenant, A shortest augmenting path algorithm for dense
and sparse linear assignment problems, Computing 38, 1987), kept to the same three promises at
every step: no couple gains more than the prices of its two sides; every pair gains just that;
whoever was finished with stays so. A path ends with a mentor who has a place, or with a mentee
who gives theirs up because going without is worth as much to them.
"""

from matching.domain.assignment.compiled import compiled
from matching.domain.assignment.graph import NOBODY, Graph, State, has_place, rise, sit
from matching.domain.assignment.walk import (
    END,
    LIMIT,
    SETTLED,
    STOPS,
    Walk,
    begin,
    end_at,
    is_shorter,
    next_settled,
    reach,
    stop_at,
)


@compiled
def price_mentees(graph: Graph, state: State) -> None:
    """Give mentees the least prices that no couple exceeds; pairs that gain less come apart."""
    for mentee in range(len(state.mentor_of)):
        best, own = 0, -1
        for couple in range(graph.of_mentee[mentee], graph.of_mentee[mentee + 1]):
            mentor = graph.mentor[couple]
            left = graph.bonus[mentee] + graph.points[couple] - state.mentor_price[mentor]
            best = max(best, left)
            if mentor == state.mentor_of[mentee]:
                own = left
        state.mentee_price[mentee] = best
        if state.mentor_of[mentee] != NOBODY and own != best:
            rise(graph, state, mentee)


@compiled
def seat_mentees(graph: Graph, state: State, walk: Walk) -> None:
    """Seat every mentee who would gain by it, or bring their price down to nothing."""
    for mentee in range(len(state.mentor_of)):
        if state.mentor_of[mentee] == NOBODY and state.mentee_price[mentee] > 0:
            find_way(graph, state, walk, mentee)
            settle_prices(graph, state, walk, mentee)
            move_along(graph, state, walk, mentee)


@compiled
def find_way(graph: Graph, state: State, walk: Walk, root: int) -> None:
    begin(walk, state.mentee_price[root])
    look_around(graph, state, walk, root, 0)
    while True:
        mentor = next_settled(walk)
        if mentor == NOBODY:
            return
        length = walk.length[mentor]
        for seat in range(graph.seat[mentor], graph.seat[mentor + 1]):
            mentee = state.occupant[seat]
            stop_at(walk, mentee, length + state.mentee_price[mentee])
            look_around(graph, state, walk, mentee, length)


@compiled
def look_around(graph: Graph, state: State, walk: Walk, mentee: int, so_far: int) -> None:
    base = so_far + state.mentee_price[mentee] - graph.bonus[mentee]
    for couple in range(graph.of_mentee[mentee], graph.of_mentee[mentee + 1]):
        mentor = graph.mentor[couple]
        length = base + state.mentor_price[mentor] - graph.points[couple]
        if length >= walk.now[LIMIT] or not is_shorter(walk, mentor, length):
            continue
        if has_place(graph, state, mentor):
            end_at(walk, mentor, length, mentee)
        else:
            reach(walk, mentor, length, mentee)


@compiled
def settle_prices(graph: Graph, state: State, walk: Walk, root: int) -> None:
    limit = walk.now[LIMIT]
    state.mentee_price[root] -= limit
    for place in range(walk.now[SETTLED]):
        mentor = walk.settled[place]
        rest = limit - walk.length[mentor]
        state.mentor_price[mentor] += rest
        for seat in range(graph.seat[mentor], graph.seat[mentor + 1]):
            state.mentee_price[state.occupant[seat]] -= rest


@compiled
def move_along(graph: Graph, state: State, walk: Walk, root: int) -> None:
    """Seat everybody on the path one mentor further, from its end back to where it began."""
    mentor = walk.now[END]
    stops = walk.now[STOPS]
    if stops != NOBODY:
        mentor = rise(graph, state, stops)
    while mentor != NOBODY:
        mentee = walk.came_from[mentor]
        left = NOBODY
        if mentee != root:
            left = rise(graph, state, mentee)
        sit(graph, state, mentee, mentor)
        mentor = left
