"""From nearly optimal to optimal, on the side of mentors with a free seat and a price.

The same shortest augmenting paths as those of mentees, seen from the other side: a path ends with
a mentee who has nobody, or with a mentor whose seat is left empty because it is worth nothing.
"""

from matching.domain.assignment.compiled import compiled
from matching.domain.assignment.graph import NOBODY, Graph, State, has_place, rise, sit
from matching.domain.assignment.walk import (
    END,
    LIMIT,
    SEARCH,
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
def fill_mentors(graph: Graph, state: State, walk: Walk) -> None:
    """Fill every seat that has a price, or bring its price down to nothing."""
    for mentor in range(len(state.taken)):
        while state.mentor_price[mentor] > 0 and has_place(graph, state, mentor):
            find_way(graph, state, walk, mentor)
            settle_prices(state, walk, mentor)
            move_along(graph, state, walk, mentor)


@compiled
def find_way(graph: Graph, state: State, walk: Walk, root: int) -> None:
    begin(walk, state.mentor_price[root])
    walk.entered_in[root] = walk.now[SEARCH]
    look_around(graph, state, walk, root, 0)
    while True:
        mentee = next_settled(walk)
        if mentee == NOBODY:
            return
        mentor = state.mentor_of[mentee]
        if walk.entered_in[mentor] != walk.now[SEARCH]:
            walk.entered_in[mentor] = walk.now[SEARCH]
            walk.entered_by[mentor] = mentee
            length = walk.length[mentee]
            stop_at(walk, mentor, length + state.mentor_price[mentor])
            look_around(graph, state, walk, mentor, length)


@compiled
def look_around(graph: Graph, state: State, walk: Walk, mentor: int, so_far: int) -> None:
    """Reach mentees; those who sit here already too, as cheaply, for their prices move with ours."""
    base = so_far + state.mentor_price[mentor]
    for couple in range(graph.of_mentor[mentor], graph.of_mentor[mentor + 1]):
        mentee = graph.mentee[couple]
        gain = graph.bonus[mentee] + graph.points_again[couple]
        length = base + state.mentee_price[mentee] - gain
        if length >= walk.now[LIMIT] or not is_shorter(walk, mentee, length):
            continue
        if state.mentor_of[mentee] == NOBODY:
            end_at(walk, mentee, length, mentor)
        else:
            reach(walk, mentee, length, mentor)


@compiled
def settle_prices(state: State, walk: Walk, root: int) -> None:
    limit = walk.now[LIMIT]
    state.mentor_price[root] -= limit
    for place in range(walk.now[SETTLED]):
        mentee = walk.settled[place]
        rest = limit - walk.length[mentee]
        state.mentee_price[mentee] += rest
        mentor = state.mentor_of[mentee]
        if mentor != root and walk.entered_by[mentor] == mentee:
            state.mentor_price[mentor] -= rest


@compiled
def move_along(graph: Graph, state: State, walk: Walk, root: int) -> None:
    """Seat everybody on the path one mentor nearer to where it began."""
    mentee = walk.now[END]
    if walk.now[STOPS] != NOBODY:
        mentee = leave(graph, state, walk, walk.now[STOPS])
    while mentee != NOBODY:
        mentor = walk.came_from[mentee]
        follower = NOBODY
        if mentor != root:
            follower = leave(graph, state, walk, mentor)
        sit(graph, state, mentee, mentor)
        mentee = follower


@compiled
def leave(graph: Graph, state: State, walk: Walk, mentor: int) -> int:
    """Let the one by whom a mentor was entered stand up, and return them."""
    mentee = walk.entered_by[mentor]
    rise(graph, state, mentee)
    return int(mentee)
