"""What one could pick to make pairs, each given the same pool, with what each library wants.

Exact ones maximise the same total: the points of the pairs and the same bonus for each pair. They
are called as their documentation says; turning the pool into what they read counts, as it does
for us. `python -m benchmarks.matching.solvers NAME POOL.npz` runs one and prints what came out.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.matching.country import pool
from common.contracts.policy import Objective
from matching.domain.assignment import Instance, assign

Array: TypeAlias = NDArray[Any]
# (mentees, mentors) of the pairs, in the same order.
Pairs: TypeAlias = tuple[Array, Array]


class Outcome(NamedTuple):
    """One run of one solver.

    Seconds are those of the processor: all solvers use one, and others may use this machine too.
    """

    seconds: float
    added_mb: float
    served: int
    points: int


def ours(instance: Instance, bonus: int) -> Pairs:  # noqa: ARG001 -- it finds its own
    found = assign(instance, Objective.MOST_SERVED_THEN_FIT)
    pairs = np.array(found.pairs, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def min_cost_flow(instance: Instance, bonus: int) -> Pairs:
    """Solve by OR-tools: a source, an arc for each mentee, couple and mentor, and one around."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415 -- only this child needs it

    flow = min_cost_flow.SimpleMinCostFlow()
    mentees, mentors = instance.mentees, len(instance.places)
    source, sink = mentees + mentors, mentees + mentors + 1
    gains = instance.points.astype(np.int64) + bonus
    ones = np.ones(len(gains), dtype=np.int64)
    couples = flow.add_arcs_with_capacity_and_unit_cost(
        instance.mentee, instance.mentor + mentees, ones, -gains
    )
    everyone, all_mentors = np.arange(mentees), np.arange(mentors)
    for tails, heads, most in (
        (np.full(mentees, source), everyone, np.ones(mentees, dtype=np.int64)),
        (all_mentors + mentees, np.full(mentors, sink), instance.places),
        (np.array([source]), np.array([sink]), np.array([mentees])),
    ):
        flow.add_arcs_with_capacity_and_unit_cost(tails, heads, most, np.zeros_like(most))
    flow.set_nodes_supplies(np.array([source, sink]), np.array([mentees, -mentees]))
    assert flow.solve() == flow.OPTIMAL
    chosen = np.flatnonzero(flow.flows(couples))
    return instance.mentee[chosen], instance.mentor[chosen]


def seats(instance: Instance) -> tuple[Array, Array, Array]:
    """Repeat each couple for each seat; return couples, seats, and whose a seat is."""
    repeats = instance.places[instance.mentor]
    couple = np.repeat(np.arange(len(repeats)), repeats)
    within = np.arange(len(couple)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    first = np.cumsum(instance.places) - instance.places
    owner = np.repeat(np.arange(len(instance.places)), instance.places)
    return couple, first[instance.mentor[couple]] + within, owner


def sparse_scipy(instance: Instance, bonus: int) -> Pairs:
    """Solve by `min_weight_full_bipartite_matching`, with a column of one's own for going without.

    It drops explicit zeros, so costs begin at one.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415 -- only this child needs it
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching  # noqa: PLC0415 -- same

    couple, seat, owner = seats(instance)
    everyone = np.arange(instance.mentees)
    top = int(instance.points.max()) + bonus + 1
    costs = np.concatenate((top - bonus - instance.points[couple], np.full(len(everyone), top)))
    rows = np.concatenate((instance.mentee[couple], everyone))
    columns = np.concatenate((seat, len(owner) + everyone))
    graph = csr_array(
        (costs.astype(np.float64), (rows, columns)),
        shape=(instance.mentees, len(owner) + instance.mentees),
    )
    mentees, taken = min_weight_full_bipartite_matching(graph)
    served = taken < len(owner)
    return mentees[served], owner[taken[served]]


def dense_scipy(instance: Instance, bonus: int) -> Pairs:
    """Solve by `linear_sum_assignment` on a whole table, where what is barred gains nothing."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 -- only this child needs it

    couple, seat, owner = seats(instance)
    gains = np.zeros((instance.mentees, len(owner)))
    gains[instance.mentee[couple], seat] = instance.points[couple] + bonus
    mentees, taken = linear_sum_assignment(gains, maximize=True)
    served = gains[mentees, taken] > 0
    return mentees[served], owner[taken[served]]


def blossom(instance: Instance, bonus: int) -> Pairs:
    """Solve by NetworkX, which knows no places either."""
    import networkx as nx  # noqa: PLC0415 -- only this child needs it

    couple, seat, owner = seats(instance)
    mentees = instance.mentees
    graph = nx.Graph()
    gains = (instance.points[couple] + bonus).tolist()
    seats_after = (seat + mentees).tolist()
    graph.add_weighted_edges_from(
        zip(instance.mentee[couple].tolist(), seats_after, gains, strict=True)
    )
    pairs = np.array([sorted(pair) for pair in nx.max_weight_matching(graph)])
    return pairs[:, 0], owner[pairs[:, 1] - mentees]


def greedy(instance: Instance, bonus: int) -> Pairs:  # noqa: ARG001 -- it looks at points only
    """Take the best couple left, again and again."""
    return taken_in(np.argsort(-instance.points.astype(np.int64), kind="stable"), instance)


def first_come(instance: Instance, bonus: int) -> Pairs:  # noqa: ARG001 -- it looks at points only
    """Let each mentee in turn take the best mentor left."""
    return taken_in(np.lexsort((-instance.points, instance.mentee)), instance)


def taken_in(order: Array, instance: Instance) -> Pairs:
    left, waiting = instance.places.tolist(), [True] * instance.mentees
    chosen = []
    mentees, mentors = instance.mentee[order].tolist(), instance.mentor[order].tolist()
    for couple, mentee, mentor in zip(order.tolist(), mentees, mentors, strict=True):
        if waiting[mentee] and left[mentor]:
            left[mentor] -= 1
            waiting[mentee] = False
            chosen.append(couple)
    return instance.mentee[chosen], instance.mentor[chosen]


def deferred(instance: Instance, bonus: int) -> Pairs:  # noqa: ARG001 -- it looks at points only
    """Let mentees ask from the best on, and mentors keep the best (Gale and Shapley, 1962)."""
    order = np.lexsort((-instance.points, instance.mentee))
    begins = np.searchsorted(instance.mentee[order], np.arange(instance.mentees + 1)).tolist()
    mentors, points = instance.mentor[order].tolist(), instance.points[order].tolist()
    places, at = instance.places.tolist(), begins[:-1].copy()
    held: list[list[tuple[int, int]]] = [[] for _ in places]
    asking = list(range(instance.mentees))
    while asking:
        mentee = asking.pop()
        if at[mentee] == begins[mentee + 1]:
            continue
        mentor = mentors[at[mentee]]
        held[mentor].append((points[at[mentee]], mentee))
        at[mentee] += 1
        if len(held[mentor]) > places[mentor]:
            worst = min(held[mentor])
            held[mentor].remove(worst)
            asking.append(worst[1])
    pairs = np.array([(each, mentor) for mentor, kept in enumerate(held) for _, each in kept])
    return pairs[:, 0], pairs[:, 1]


SOLVERS: dict[str, Callable[[Instance, int], Pairs]] = {
    "ours": ours,
    "OR-tools SimpleMinCostFlow": min_cost_flow,
    "SciPy min_weight_full_bipartite_matching": sparse_scipy,
    "SciPy linear_sum_assignment": dense_scipy,
    "NetworkX max_weight_matching": blossom,
    "greedy": greedy,
    "first come": first_come,
    "deferred acceptance": deferred,
}
EXACT = tuple(SOLVERS)[:5]


def run(name: str, instance: Instance, bonus: int) -> Outcome:
    """Solve, and check that no rule was broken."""
    before = told_mb("VmRSS")
    started = time.process_time()
    mentees, mentors = SOLVERS[name](instance, bonus)
    seconds = time.process_time() - started
    added = told_mb("VmHWM") - before
    assert len(np.unique(mentees)) == len(mentees)
    assert (np.bincount(mentors, minlength=len(instance.places)) <= instance.places).all()
    return Outcome(seconds, max(added, 0.0), len(mentees), points_of(mentees, mentors, instance))


def told_mb(name: str) -> float:
    """Ask the kernel for resident memory, now or at its peak.

    Not `ru_maxrss`: a child inherits that of the parent that it was forked from.
    """
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(told[name].split()[0]) / 1024


def points_of(mentees: Array, mentors: Array, instance: Instance) -> int:
    mentor_of = np.full(instance.mentees, -1)
    mentor_of[mentees] = mentors
    chosen = mentor_of[instance.mentee] == instance.mentor
    assert np.count_nonzero(chosen) == len(mentees)
    return int(instance.points[chosen].sum(dtype=np.int64))


def main() -> None:
    name, path, bonus = sys.argv[1:]
    # What is compiled or imported at the first call is not what is measured.
    SOLVERS[name](pool(100), int(bonus))
    with np.load(path) as told:
        instance = Instance(
            mentees=int(told["mentees"]),
            **{column: told[column] for column in ("places", "mentee", "mentor", "points")},
        )
    sys.stdout.write(json.dumps(run(name, instance, int(bonus))))


if __name__ == "__main__":
    main()
