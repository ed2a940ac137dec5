"""NetworkX: a matching of greatest weight in any graph."""

import networkx as nx
import numpy as np

from benchmarks.matching.rivals import Pairs, seats
from matching.domain.assignment import Instance


def pairs(instance: Instance, bonus: int) -> Pairs:
    """Solve by NetworkX, which knows no places either."""
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
