"""What was found, told of the people as the instance numbers them."""

from typing import NamedTuple

import numpy as np

from matching.domain.assignment.compiled import compiled
from matching.domain.assignment.graph import NOBODY, Graph, Int32s, State
from matching.domain.assignment.instance import Assignment, Instance, Ints


class Found(NamedTuple):
    """A solved graph: who sits where at which prices, and when mentors were closed."""

    graph: Graph
    state: State
    closed_at: Ints
    # For serving somebody, and once more for serving somebody protected.
    bonus: int


def answer(instance: Instance, found: Found, order: tuple[Ints, Ints]) -> Assignment:
    """Undo the shuffle; `order` says whom of the instance the graph numbers 0, 1 and so on."""
    graph, state = found.graph, found.state
    taken = np.flatnonzero(state.mentor_of != NOBODY)
    pairs = zip(order[0][taken].tolist(), order[1][state.mentor_of[taken]].tolist(), strict=True)
    points = int(total_points(graph, state.mentor_of))
    price_placeless(instance, found, order)
    # Who has no place has none for anybody from the start.
    closed_at = np.where(instance.places == 0, -1, as_numbered(found.closed_at, order[1]))
    return Assignment(
        pairs=sorted(pairs),
        points=points,
        value=points + int(graph.bonus[taken].sum()),
        mentee_prices=as_numbered(state.mentee_price, order[0]),
        mentor_prices=as_numbered(state.mentor_price, order[1]),
        bonus=found.bonus,
        closed_at=closed_at,
    )


def as_numbered(values: Ints, order: Ints) -> Ints:
    numbered = np.empty_like(values)
    numbered[order] = values
    return numbered


def price_placeless(instance: Instance, found: Found, order: tuple[Ints, Ints]) -> None:
    """Price a place with mentors who have none: the graph leaves their couples out."""
    without = np.flatnonzero(instance.places[instance.mentor] == 0)
    if len(without):
        mentee, mentor = instance.mentee[without], instance.mentor[without]
        graph, state = found.graph, found.state
        beyond = as_numbered(graph.bonus - state.mentee_price, order[0])[mentee]
        prices = np.zeros(len(instance.places), dtype=np.int64)
        np.maximum.at(prices, mentor, instance.points[without] + beyond)
        state.mentor_price[:] = np.maximum(state.mentor_price, prices[order[1]])


@compiled
def total_points(graph: Graph, mentor_of: Int32s) -> int:
    total = 0
    for mentee in range(len(mentor_of)):
        for couple in range(graph.of_mentee[mentee], graph.of_mentee[mentee + 1]):
            if graph.mentor[couple] == mentor_of[mentee]:
                total += graph.points[couple]
    return total
