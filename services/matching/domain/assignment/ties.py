"""Who comes first where nothing else decides: an order that the seed shuffles.

The rule for ties. Mentees and mentors are ordered by a number drawn from the seed and from their
place in the instance (splitmix64: Steele, Lea and Flood, OOPSLA 2014). The computation sees them
in that order and decides nothing by chance; so of assignments that are equally good, the same
instance and the same seed give the same one, on every machine and in whatever order couples are
listed, and nobody comes first always. How many are served, who of the protected, and the points
are the same under every seed.
"""

import numpy as np

from matching.domain.assignment.instance import Ints

GOLDEN = 0x9E3779B97F4A7C15
LAST_64 = 2**64 - 1
MENTEES, MENTORS = 1, 2


def shuffled(count: int, seed: int, side: int) -> Ints:
    """Return who comes first, second and so on."""
    origin = (seed * 4 + side) * GOLDEN & LAST_64
    drawn = np.uint64(origin) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(GOLDEN)
    order: Ints = np.argsort(mixed(mixed(drawn)), kind="stable")
    return order


def mixed(numbers: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> (
    np.ndarray[tuple[int], np.dtype[np.uint64]]
):
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def places_in(order: Ints) -> Ints:
    """Return the place of each in an order."""
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    return places
