"""The season as a picture: four curves over one axis of time, as SVG that any browser shows."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt

from matching.lab.picture import COLOURS, DASHES, dashed, text, upright

Curve = npt.NDArray[np.float64]
WIDTH, LEFT, RIGHT = 960, 70, 810
PLOT, GAP, TOP = 130, 46, 58
TICKS = 4
LEGEND_LINE = 16
# The room that a word beside a mark takes.
WORD = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One plot: what it says, and a curve for each name, all on the grid of the picture."""

    title: str
    unit: str
    curves: Mapping[str, Curve]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment that all panels show: seconds from the left, and what began then."""

    at: float
    word: str


def picture(title: str, grid: Curve, panels: Sequence[Panel], marks: Sequence[Mark]) -> str:
    """Draw the panels one below the other; `grid` is in seconds from the left edge."""
    height = TOP + len(panels) * (PLOT + GAP)
    parts = [
        opening(height),
        f'<title id="title">{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="15">{escape(title)}</text>',
    ]
    for number, panel in enumerate(panels):
        parts += drawn(panel, grid, marks, TOP + number * (PLOT + GAP))
    foot = height - 8
    parts.append(text((LEFT + RIGHT) / 2, foot, "seconds since the clock was started", "middle"))
    return "\n".join([*parts, "</svg>", ""])


def opening(height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="11" role="img" aria-labelledby="title">'
    )


def drawn(panel: Panel, grid: Curve, marks: Sequence[Mark], top: int) -> list[str]:
    most = rounded_up(max(float(curve.max()) for curve in panel.curves.values()))
    whole = float(grid[-1])
    parts = [
        text(LEFT, top - 8, panel.title, "start"),
        upright(22, top + PLOT / 2, panel.unit),
        *levels(most, top),
        *times(whole, top),
        *marked(marks, whole, top),
    ]
    for number, (name, curve) in enumerate(panel.curves.items()):
        dash = dashed(DASHES[number // len(COLOURS)])
        stroke = f'stroke="{COLOURS[number % len(COLOURS)]}"{dash}'
        level = top + 10 + LEGEND_LINE * number
        path = path_of(curve / most, grid / whole, top)
        parts += [
            f'<path d="{path}" fill="none" {stroke} stroke-width="1.3"/>',
            f'<path d="M{RIGHT + 12},{level - 4}h18" {stroke} stroke-width="2"/>',
            text(RIGHT + 36, level, name, "start"),
        ]
    return parts


def levels(most: float, top: int) -> Iterator[str]:
    for tick in range(TICKS + 1):
        level = top + PLOT * (1 - tick / TICKS)
        yield f'<path d="M{LEFT},{level:.1f}H{RIGHT}" stroke="#e4e4e4"/>'
        yield text(LEFT - 6, level + 4, f"{most * tick / TICKS:g}", "end")


def times(whole: float, top: int) -> Iterator[str]:
    step = rounded_up(whole / TICKS)
    for at in np.arange(0, whole, step):
        yield text(across(at, whole), top + PLOT + 14, f"{at:g}", "middle")


def marked(marks: Sequence[Mark], whole: float, top: int) -> Iterator[str]:
    """Draw every mark, and its word if the last word leaves it room."""
    free = float(LEFT)
    for mark in marks:
        x = across(mark.at, whole)
        yield f'<path d="M{x:.1f},{top}V{top + PLOT}" stroke="#888888" stroke-dasharray="2 3"/>'
        if x >= free:
            yield text(x + 3, top + 10, mark.word, "start")
            free = x + WORD


def across(at: float, whole: float) -> float:
    return LEFT + (RIGHT - LEFT) * at / whole


def path_of(shares: Curve, places: Curve, top: int) -> str:
    """Go from point to point; a point between two of the same height is left out."""
    flat = np.zeros(len(shares), dtype=bool)
    flat[1:-1] = (shares[1:-1] == shares[:-2]) & (shares[1:-1] == shares[2:])
    points = (
        f"{across(place, 1.0):.1f},{top + PLOT * (1 - share):.1f}"
        for share, place in zip(shares[~flat], places[~flat], strict=True)
    )
    return "M" + "L".join(points)


def rounded_up(value: float) -> float:
    """End an axis at one, two, four, six or eight of a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value)
