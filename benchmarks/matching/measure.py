"""The goals of the whole pool (G1, G2, G3, G6), at several sizes and on pools made to be hard."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from benchmarks.matching.contest import contest
from benchmarks.matching.country import one_metropolis, pool
from benchmarks.matching.solvers import Outcome, run
from benchmarks.table import Aim, Line
from common.contracts.policy import Objective
from matching.domain.assignment import Instance, assign, certify

OURS, FLOW, SPARSE, DENSE, BLOSSOM = (
    "ours",
    "OR-tools SimpleMinCostFlow",
    "SciPy min_weight_full_bipartite_matching",
    "SciPy linear_sum_assignment",
    "NetworkX max_weight_matching",
)
SIMPLE = ("greedy", "first come", "deferred acceptance")
# Up to how many people each is asked: beyond, it needs minutes, or more memory than there is.
LARGEST = MappingProxyType({SPARSE: 20_000, DENSE: 5_000, BLOSSOM: 1_000})
USUAL = (1_000, 10_000, 20_000, 100_000)
NATIONAL, G2_AT = 100_000, 20_000
HARD: Mapping[str, Callable[[], Instance]] = MappingProxyType(
    {
        "one metropolis of 20,000": lambda: one_metropolis(20_000),
        "20,000 mentees for 4,000 mentors": lambda: pool(20_000, mentors=4_000),
        "4,000 mentees for 20,000 mentors": lambda: pool(4_000, mentors=20_000),
        "20,000, all scores equal": lambda: all_equal(pool(20_000)),
        "20,000, capacity 1": lambda: with_places(pool(20_000), 1),
        "20,000, capacity 3": lambda: with_places(pool(20_000), 3),
    }
)


async def whole_pool(sizes: Sequence[int] = USUAL) -> list[Line]:
    """Let all solvers compete at each size, then ours and a flow on what is made to be hard."""
    lines: list[Line] = []
    for size in sizes:
        lines += at_size(size)
        sys.stderr.write(f"matching: {size:,} measured\n")
    return lines + [against_flow(name, draw()) for name, draw in HARD.items()]


def at_size(size: int) -> list[Line]:
    instance = pool(size)
    asked = (FLOW, *(name for name, most in LARGEST.items() if size <= most))
    found = contest(instance, (OURS, *asked)) | {name: run(name, instance, 0) for name in SIMPLE}
    couples = f"{len(instance.points):,} couples"
    head = Line(number="", measure=f"{size:,} x {size:,}, {couples}", figure=told(found[OURS]))
    lines = [head, *(beside(name, found) for name in asked), served(size, found)]
    return [*lines, *goals(size, found), in_turn(instance)]


def told(outcome: Outcome) -> str:
    return (
        f"{outcome.seconds:.3f} s, {outcome.added_mb:.0f} MB, "
        f"{outcome.served:,} served, {outcome.points:,} points"
    )


def beside(name: str, found: Mapping[str, Outcome]) -> Line:
    times = found[name].seconds / found[OURS].seconds
    return Line(number="", measure=f"  {name}", figure=f"{told(found[name])}: {times:.1f} x ours")


def served(size: int, found: Mapping[str, Outcome]) -> Line:
    best = found[OURS].served
    more = ", ".join(f"{best / found[name].served - 1:+.1%} on {name}" for name in SIMPLE)
    return Line(number="G6", measure=f"people served at {size:,}", figure=more)


def goals(size: int, found: Mapping[str, Outcome]) -> list[Line]:
    """Judge what a goal speaks of, at the size of which it speaks."""
    ours = found[OURS]
    if size == G2_AT:
        return [ratio("G2", f"SciPy / ours at {size:,}", found, (SPARSE, 50, 200))]
    if size != NATIONAL:
        return []
    limit = Aim(goal=4, moonshot=1, unit="s")
    memory = Aim(goal=300, moonshot=100, unit="MB")
    seconds, added = f"{ours.seconds:.2f} s", f"{ours.added_mb:.0f} MB"
    return [
        ratio("G1", "OR-tools / ours, nationally", found, (FLOW, 4, 15)),
        Line(number="G1", measure="a national run", figure=seconds, value=ours.seconds, aim=limit),
        Line(number="G3", measure="memory it adds", figure=added, value=ours.added_mb, aim=memory),
    ]


def ratio(
    number: str, measure: str, found: Mapping[str, Outcome], aim: tuple[str, float, float]
) -> Line:
    other, goal, moonshot = aim
    seconds = found[other].seconds, found[OURS].seconds
    return Line(
        number=number,
        measure=measure,
        figure=f"{seconds[0]:.2f} s / {seconds[1]:.3f} s",
        value=seconds[0] / seconds[1],
        aim=Aim(goal=goal, moonshot=moonshot),
    )


def in_turn(instance: Instance) -> Line:
    """Protect three of ten, which no other can do, and say how long that and the proof take."""
    chance = np.random.default_rng(3)
    order = chance.permutation(instance.mentees)[: instance.mentees * 3 // 10]
    protecting = replace(instance, protected=order.tolist())
    started = time.process_time()
    found = assign(protecting, Objective.MOST_SERVED_THEN_FIT)
    solved = time.process_time()
    certify(protecting, found, Objective.MOST_SERVED_THEN_FIT)
    proven = time.process_time()
    figure = f"{solved - started:.3f} s, of which proof {proven - solved:.3f} s"
    return Line(number="", measure="  ours, 30 % protected in turn", figure=figure)


def against_flow(name: str, instance: Instance) -> Line:
    # Once each: these show how much harder it gets, and not by how many hundredths.
    found = contest(instance, (OURS, FLOW), rounds=1)
    times = found[FLOW].seconds / found[OURS].seconds
    figure = f"{told(found[OURS])}; OR-tools {found[FLOW].seconds:.3f} s: {times:.1f} x"
    return Line(number="", measure=f"hard: {name}", figure=figure)


def all_equal(instance: Instance) -> Instance:
    return replace(instance, points=np.full_like(instance.points, 7_000))


def with_places(instance: Instance, each: int) -> Instance:
    return replace(instance, places=np.full_like(instance.places, each))
