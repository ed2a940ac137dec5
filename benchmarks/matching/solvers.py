"""What one could pick to make pairs, each given the same pool, with what each library wants.

Exact ones maximise the same total: the points of the pairs and the same bonus for each pair. They
are called as their documentation says; turning the pool into what they read counts, as it does
for us. `python -m benchmarks.matching.solvers NAME POOL.npz` runs one and prints what came out.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np

from benchmarks.matching.country import pool
from benchmarks.matching.rivals import Array, Pairs
from common.contracts.policy import Objective
from matching.domain.assignment import Instance, assign


class Outcome(NamedTuple):
    """One run of one solver.

    Seconds are those of the processor: all solvers use one, and others may use this machine too.
    """

    seconds: float
    added_mb: float
    served: int
    points: int


def ours(instance: Instance, _: int) -> Pairs:
    found = assign(instance, Objective.MOST_SERVED_THEN_FIT)
    pairs = np.array(found.pairs, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def greedy(instance: Instance, _: int) -> Pairs:
    """Take the best couple left, again and again."""
    return taken_in(np.argsort(-instance.points.astype(np.int64), kind="stable"), instance)


def first_come(instance: Instance, _: int) -> Pairs:
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


def deferred(instance: Instance, _: int) -> Pairs:
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


Solver: TypeAlias = Callable[[Instance, int], Pairs]

OURS = "ours"
# Exact ones of others, by their modules.
RIVALS = {
    "OR-tools SimpleMinCostFlow": "flow",
    "SciPy min_weight_full_bipartite_matching": "sparse",
    "SciPy linear_sum_assignment": "dense",
    "NetworkX max_weight_matching": "blossom",
}
RULES: dict[str, Solver] = {
    "greedy": greedy,
    "first come": first_come,
    "deferred acceptance": deferred,
}
EXACT = (OURS, *RIVALS)


def solver(name: str) -> Solver:
    """Find a solver by its name, and import the library of no other."""
    if name not in RIVALS:
        return ours if name == OURS else RULES[name]
    found: Solver = import_module(f"benchmarks.matching.rivals.{RIVALS[name]}").pairs
    return found


def run(name: str, instance: Instance, bonus: int) -> Outcome:
    """Solve, and check that no rule was broken."""
    before = told_mb("VmRSS")
    started = time.process_time()
    mentees, mentors = solver(name)(instance, bonus)
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
    solver(name)(pool(100), int(bonus))
    with np.load(path) as told:
        instance = Instance(
            mentees=int(told["mentees"]),
            **{column: told[column] for column in ("places", "mentee", "mentor", "points")},
        )
    sys.stdout.write(json.dumps(run(name, instance, int(bonus))))


if __name__ == "__main__":
    main()
