"""OR-tools: a flow of least cost."""

import numpy as np
from ortools.graph.python import min_cost_flow

from benchmarks.matching.rivals import Pairs
from matching.domain.assignment import Instance


def pairs(instance: Instance, bonus: int) -> Pairs:
    """Solve by OR-tools: a source, an arc for each mentee, couple and mentor, and one around."""
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
