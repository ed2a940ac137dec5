"""SciPy: an assignment on a whole table."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.matching.rivals import Pairs, seats
from matching.domain.assignment import Instance


def pairs(instance: Instance, bonus: int) -> Pairs:
    """Solve by `linear_sum_assignment` on a whole table, where what is barred gains nothing."""
    couple, seat, owner = seats(instance)
    gains = np.zeros((instance.mentees, len(owner)))
    gains[instance.mentee[couple], seat] = instance.points[couple] + bonus
    mentees, taken = linear_sum_assignment(gains, maximize=True)
    served = gains[mentees, taken] > 0
    return mentees[served], owner[taken[served]]
