"""How the aims of a run become one number each couple gains, and stay apart in it.

`most_served_then_fit`: a couple gains its points, a bonus for being a pair, and a bonus if the
mentee is one of the protected who can be served (`turn` knows whom). A bonus of four times the
highest score is nearly always enough, and twice as fast as one that always is. So it is tried,
and what comes out is checked by other means: no alternating path to a free place is left, and
everyone protected who can be served is. Then no assignment that does as well has more points,
since all of those gain the same bonuses. Otherwise the bonus is raised, and all is solved again.

`fit_first`: a couple gains its points alone. All assignments of that many points are those of
couples that gain just the prices of both sides, with everyone served and every seat filled that
has a price. Among them, alternating paths serve as many as can be, then the protected in turn.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from common.contracts.policy import Objective
from matching.domain.assignment.answer import Found, answer
from matching.domain.assignment.auction import auction
from matching.domain.assignment.certificate import certify
from matching.domain.assignment.graph import NOBODY, Graph, State, graph_of, new_state
from matching.domain.assignment.instance import (
    LARGEST,
    Assignment,
    Instance,
    Ints,
    TooLarge,
    check,
)
from matching.domain.assignment.paths_of_mentees import price_mentees, seat_mentees
from matching.domain.assignment.paths_of_mentors import fill_mentors
from matching.domain.assignment.ties import MENTEES, MENTORS, places_in, shuffled
from matching.domain.assignment.turn import (
    Search,
    close_the_rest,
    new_search,
    serve_in_turn,
)
from matching.domain.assignment.walk import new_walk

FIRST_BONUS = 4
RAISED = 8


def assign(instance: Instance, objective: Objective, seed: int = 0) -> Assignment:
    """Return the best pairs, proven; `ties` says which, where several assignments are best."""
    check(instance)
    order = (
        shuffled(instance.mentees, seed, MENTEES),
        shuffled(len(instance.places), seed, MENTORS),
    )
    graph = shuffled_graph(instance, *order)
    protected = places_in(order[0])[list(instance.protected)]
    solve = fit_first if objective is Objective.FIT_FIRST else most_served
    assignment = answer(instance, solve(graph, protected), order)
    certify(instance, assignment, objective)
    return assignment


def shuffled_graph(instance: Instance, mentees: Ints, mentors: Ints) -> Graph:
    listed = (
        places_in(mentees).astype(np.int32)[instance.mentee],
        places_in(mentors).astype(np.int32)[instance.mentor],
        instance.points.astype(np.int32),
    )
    return graph_of(listed, instance.mentees, instance.places[mentors])


def most_served(graph: Graph, protected: Ints) -> Found:
    search = new_search(len(graph.of_mentor) - 1)
    served = protected_served(graph, search, protected)
    top = max(int(graph.points.max(initial=0)), 1)
    bonus = FIRST_BONUS * top
    while True:
        graph.bonus[:] = bonus
        graph.bonus[served] += bonus
        state = most_gained(graph)
        if (state.mentor_of[served] != NOBODY).all() and close_the_rest(
            graph, state, search, len(protected)
        ):
            return Found(graph, state, search.closed_at, bonus)
        bonus *= RAISED


def protected_served(graph: Graph, search: Search, protected: Ints) -> Ints:
    """Find who of the protected can be served, each without loss to those before them."""
    state = new_state(graph)
    nobody = np.zeros(len(state.mentor_of), dtype=np.bool_)
    serve_in_turn(graph, state, search, protected, nobody)
    return protected[state.mentor_of[protected] != NOBODY]


def most_gained(graph: Graph) -> State:
    """Solve one assignment of greatest gain, and leave with it the prices that prove it."""
    most = int(graph.points.max(initial=0)) + int(graph.bonus.max(initial=0))
    mentees, mentors = len(graph.of_mentee) - 1, len(graph.of_mentor) - 1
    if most * (mentees + 1) > LARGEST**2:
        raise TooLarge
    state = new_state(graph)
    seat_price = np.zeros(int(graph.seat[-1]), dtype=np.int64)
    auction(graph, state, seat_price, np.zeros(mentors, dtype=np.int64), most)
    price_mentees(graph, state)
    seat_mentees(graph, state, new_walk(mentors, mentors))
    fill_mentors(graph, state, new_walk(mentees, mentors))
    return state


def fit_first(graph: Graph, protected: Ints) -> Found:
    state = most_gained(graph)
    tight = without_loss(graph, state)
    mentees, mentors = len(graph.of_mentee) - 1, len(graph.of_mentor) - 1
    everyone = np.flatnonzero(state.mentor_of == NOBODY)
    nobody = np.zeros(mentees, dtype=np.bool_)
    serve_in_turn(tight, state, new_search(mentors), everyone, nobody)
    search = new_search(mentors)
    serve_in_turn(tight, state, search, protected, state.mentee_price == 0)
    close_the_rest(tight, state, search, len(protected))
    return Found(graph, state, search.closed_at, 0)


def without_loss(graph: Graph, state: State) -> Graph:
    """Keep the couples that gain just the prices of both sides."""
    mentee = np.repeat(
        np.arange(len(state.mentor_of), dtype=np.int32), np.diff(graph.of_mentee)
    )
    prices = state.mentee_price[mentee] + state.mentor_price[graph.mentor]
    kept = prices == graph.points
    listed = (mentee[kept], graph.mentor[kept], graph.points[kept])
    return graph_of(listed, len(state.mentor_of), np.diff(graph.seat))
