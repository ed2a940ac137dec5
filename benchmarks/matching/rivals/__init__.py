"""What a user would pick instead, a library in each module: only its own process imports it."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.domain.assignment import Instance

Array: TypeAlias = NDArray[Any]
# (mentees, mentors) of the pairs, in the same order.
Pairs: TypeAlias = tuple[Array, Array]


def seats(instance: Instance) -> tuple[Array, Array, Array]:
    """Repeat each couple for each seat; return couples, seats, and whose a seat is."""
    repeats = instance.places[instance.mentor]
    couple = np.repeat(np.arange(len(repeats)), repeats)
    within = np.arange(len(couple)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    first = np.cumsum(instance.places) - instance.places
    owner = np.repeat(np.arange(len(instance.places)), instance.places)
    return couple, first[instance.mentor[couple]] + within, owner
