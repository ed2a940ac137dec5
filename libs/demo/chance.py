"""Chance that can be lived again: every draw depends on the seed and on what it is about alone."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A draw for each question: in which order the questions are asked does not matter."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def about(self, *subject: object) -> Random:
        """Give the source of chance of one subject, such as ("answer", 12, 3)."""
        return Random("/".join(map(str, (self.seed, *subject))))  # noqa: S311 -- a play, no secret

    def happens(self, probability: float, *subject: object) -> bool:
        return happens(self.about(*subject), probability)

    def one_of(self, weights: Mapping[T, float], *subject: object) -> T:
        [chosen] = self.about(*subject).choices(list(weights), list(weights.values()))
        return chosen

    def between(self, least: int, most: int, *subject: object) -> int:
        return self.about(*subject).randint(least, most)


def happens(source: Random, probability: float) -> bool:
    return source.random() < probability


def some(source: Random, words: Sequence[T], least: int, most: int) -> list[T]:
    """Take a few different ones."""
    return source.sample(words, min(len(words), source.randint(least, most)))
