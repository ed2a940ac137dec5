"""One line for each measure: what was found, what it should be, and whether it is."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEADINGS = ("", "measure", "figure", "ratio", "goal", "reached")


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a value should be at least if it is a ratio, and at most if it has a unit."""

    goal: float
    moonshot: float
    unit: str = ""

    def told(self) -> str:
        sign, unit = ("≤", f" {self.unit}") if self.unit else ("≥", "")
        return f"{sign} {self.goal:g}{unit} ({self.moonshot:g})"

    def verdict(self, value: float) -> str:
        if self._is_reached(value, self.moonshot):
            return "moonshot"
        return "yes" if self._is_reached(value, self.goal) else "no"

    def _is_reached(self, value: float, wanted: float) -> bool:
        return value <= wanted if self.unit else value >= wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One measure; without an aim it only explains the line above."""

    number: str
    measure: str
    figure: str
    value: float | None = None
    aim: Aim | None = None

    def cells(self) -> tuple[str, ...]:
        ratio = goal = reached = ""
        if self.aim and self.value is not None:
            ratio = "" if self.aim.unit else f"{self.value:.2f}"
            goal, reached = self.aim.told(), self.aim.verdict(self.value)
        return (self.number, self.measure, self.figure, ratio, goal, reached)


def table(lines: Iterable[Line]) -> str:
    """Lay the lines out under one heading; a moonshot stands in brackets behind its goal."""
    rows = [HEADINGS, *(line.cells() for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(padded)


def timed(number: str, measure: str, seconds: Sequence[float], aims: dict[int, Aim]) -> list[Line]:
    """Tell percentiles of times, in milliseconds."""
    return [
        Line(
            number=number,
            measure=f"{measure}, p{percent}",
            figure=f"{percentile(seconds, percent) * 1000:.1f} ms of {len(seconds)}",
            value=percentile(seconds, percent) * 1000,
            aim=aim,
        )
        for percent, aim in aims.items()
    ]


def percentile(values: Sequence[float], percent: int) -> float:
    """Give the least value that so many of a hundred do not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def rates(values: Sequence[float], unit: str = "/s") -> str:
    """Tell a median, and between what the rounds lay."""
    middle = statistics.median(values)
    return f"{middle:,.0f}{unit} ({min(values):,.0f}-{max(values):,.0f})"
