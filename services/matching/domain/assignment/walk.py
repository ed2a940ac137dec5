"""The room that a search for the shortest path works in, and its queue.

Lengths are what a step loses against the prices, never below zero (Dijkstra 1959 on reduced
lengths: Edmonds and Karp, Journal of the ACM 19, 1972). The queue is a heap of four children
that knows where each node lies, so that a node met again moves up instead of lying in it twice.
"""

from typing import NamedTuple

import numpy as np

from matching.domain.assignment.compiled import compiled
from matching.domain.assignment.graph import NOBODY, Int32s
from matching.domain.assignment.instance import Ints

CHILDREN = 4


class Walk(NamedTuple):
    """Nodes are mentors when a mentee looks for a place, and mentees when a mentor does."""

    length: Ints
    # From whom a node was reached.
    came_from: Int32s
    # In which search it was reached, and where it lies in the queue.
    reached_in: Int32s
    place: Int32s
    queue: Int32s
    # Nodes whose length is final, in that order.
    settled: Int32s
    # For mentors that are no nodes: the node by which they were entered, and in which search.
    entered_by: Int32s
    entered_in: Int32s
    # Search, length of the queue, number settled, length of the best path, where it ends.
    now: Ints


SEARCH, QUEUED, SETTLED, LIMIT, END, STOPS = range(6)


def new_walk(nodes: int, mentors: int) -> Walk:
    def room(count: int) -> Int32s:
        return np.zeros(count, dtype=np.int32)

    return Walk(
        length=np.zeros(nodes, dtype=np.int64),
        came_from=room(nodes),
        reached_in=room(nodes),
        place=room(nodes),
        queue=room(nodes),
        settled=room(nodes),
        entered_by=room(mentors),
        entered_in=room(mentors),
        now=np.zeros(6, dtype=np.int64),
    )


@compiled
def begin(walk: Walk, limit: int) -> None:
    """Begin a search whose first end is where it began, at the cost of `limit`."""
    walk.now[SEARCH] += 1
    walk.now[QUEUED] = 0
    walk.now[SETTLED] = 0
    walk.now[LIMIT] = limit
    walk.now[END] = NOBODY
    walk.now[STOPS] = NOBODY


@compiled
def is_shorter(walk: Walk, node: int, length: int) -> bool:
    return walk.reached_in[node] != walk.now[SEARCH] or length < walk.length[node]


@compiled
def reach(walk: Walk, node: int, length: int, came_from: int) -> None:
    """Put a node in the queue, or further up in it."""
    if walk.reached_in[node] != walk.now[SEARCH]:
        walk.reached_in[node] = walk.now[SEARCH]
        walk.place[node] = walk.now[QUEUED]
        walk.now[QUEUED] += 1
    walk.length[node] = length
    walk.came_from[node] = came_from
    move_up(walk, node)


@compiled
def end_at(walk: Walk, node: int, length: int, came_from: int) -> None:
    """Take a node that is free for the end of the best path so far."""
    walk.came_from[node] = came_from
    walk.now[LIMIT] = length
    walk.now[END] = node
    walk.now[STOPS] = NOBODY


@compiled
def stop_at(walk: Walk, who: int, length: int) -> None:
    """Take somebody who is given up for the end of the best path, if it is shorter so."""
    if length < walk.now[LIMIT]:
        walk.now[LIMIT] = length
        walk.now[STOPS] = who


@compiled
def next_settled(walk: Walk) -> int:
    """Return the nearest node of the queue, or nobody when no path through one is shorter."""
    if walk.now[QUEUED] == 0:
        return NOBODY
    node = walk.queue[0]
    if walk.length[node] >= walk.now[LIMIT]:
        return NOBODY
    walk.settled[walk.now[SETTLED]] = node
    walk.now[SETTLED] += 1
    walk.now[QUEUED] -= 1
    if walk.now[QUEUED]:
        move_down(walk, walk.queue[walk.now[QUEUED]])
    return int(node)


@compiled
def move_up(walk: Walk, node: int) -> None:
    place, length = walk.place[node], walk.length[node]
    while place:
        parent = (place - 1) // CHILDREN
        other = walk.queue[parent]
        if walk.length[other] <= length:
            break
        walk.queue[place] = other
        walk.place[other] = place
        place = parent
    walk.queue[place] = node
    walk.place[node] = place


@compiled
def move_down(walk: Walk, node: int) -> None:
    """Let a node sink from the head of the queue."""
    place, length = 0, walk.length[node]
    while True:
        child = least_child(walk, place)
        if child == NOBODY or walk.length[walk.queue[child]] >= length:
            break
        other = walk.queue[child]
        walk.queue[place] = other
        walk.place[other] = place
        place = child
    walk.queue[place] = node
    walk.place[node] = place


@compiled
def least_child(walk: Walk, place: int) -> int:
    first = CHILDREN * place + 1
    end = min(first + CHILDREN, walk.now[QUEUED])
    if first >= end:
        return NOBODY
    least = first
    for child in range(first + 1, end):
        if walk.length[walk.queue[child]] < walk.length[walk.queue[least]]:
            least = child
    return int(least)
