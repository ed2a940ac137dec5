"""SciPy: a full matching of least weight on a sparse graph."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from benchmarks.matching.rivals import Pairs, seats
from matching.domain.assignment import Instance


def pairs(instance: Instance, bonus: int) -> Pairs:
    """Solve by `min_weight_full_bipartite_matching`, with a column of one's own for going without.

    It drops explicit zeros, so costs begin at one.
    """
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
