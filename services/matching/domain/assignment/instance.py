"""What is asked of an assignment, and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from common.errors import Conflict, Invalid

# Fits are compared to a ten-thousandth, in whole points, so that sums are exact.
POINTS = 10_000
# Points, mentees, mentors and couples are kept in 32 bits, and all sums of them in 64.
LARGEST = 2**31 - 1

Ints: TypeAlias = NDArray[np.int64]
AnyInts: TypeAlias = NDArray[np.integer[Any]]


class TooLarge(Conflict):
    """The pool is too large for an exact run."""

    fr = "Le vivier est trop grand pour un calcul exact."


class Malformed(Invalid):
    """This pool cannot be assigned: a number in it makes no sense."""

    fr = "Ce vivier ne peut pas être réparti : un de ses nombres n'a pas de sens."


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """Who could be paired with whom: one entry of `mentee`, `mentor`, `points` for each couple."""

    mentees: int
    # For each mentor, how many more they can take on.
    places: Ints
    mentee: AnyInts
    mentor: AnyInts
    points: AnyInts
    # Mentees to be served before others, in this order.
    protected: Sequence[int] = field(default=())


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """The best pairs, and all that it takes to prove that none are better."""

    # (mentee, mentor), in order of mentees.
    pairs: list[tuple[int, int]]
    # Total fit of the pairs.
    points: int
    # Total of what the pairs gain: their points, and a bonus for each of some of them.
    value: int
    # The dual solution. One more place with a mentor would add at most this to the value, and one
    # less would cost at least this.
    mentor_prices: Ints
    # What is left to each mentee of the gain when the mentor's price is paid.
    mentee_prices: Ints
    # What a pair gains for being one, and once more for serving somebody protected.
    bonus: int
    # At whose turn it was clear that those before need all places of a mentor (see `turn`).
    closed_at: Ints


def points(fits: NDArray[np.float64]) -> Ints:
    if not np.isfinite(fits).all():
        raise Malformed("points")
    return np.rint(fits * POINTS).astype(np.int64)


def check(instance: Instance) -> None:
    """Refuse what has no meaning, naming the field, and what 64 bits cannot count."""
    couples, mentors = len(instance.points), len(instance.places)
    if not len(instance.mentee) == len(instance.mentor) == couples:
        raise Malformed("points")
    within("places", instance.places, LARGEST)
    within("mentee", instance.mentee, instance.mentees)
    within("mentor", instance.mentor, mentors)
    within("points", instance.points, LARGEST)
    within("protected", np.asarray(instance.protected, dtype=np.int64), instance.mentees)
    if len(set(instance.protected)) < len(instance.protected):
        raise Malformed("protected")
    if max(couples, instance.mentees, int(instance.places.sum())) > LARGEST:
        raise TooLarge


def within(name: str, numbers: AnyInts, end: int) -> None:
    """Refuse numbers below zero or not below `end`."""
    if not np.issubdtype(numbers.dtype, np.integer):
        raise Malformed(name)
    if numbers.min(initial=0) < 0 or (len(numbers) and int(numbers.max()) >= end):
        raise Malformed(name)
