"""The season as a picture: four curves over one axis of time, as SVG that any browser shows."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt

from matching.lab.picture import COLOURS, text, upright

Curve = npt.NDArray[np.float64]
WIDTH, LEFT, RIGHT = 960, 70, 810
PLOT, GAP, TOP = 130, 46, 58
TICKS = 4
LEGEND_LINE = 16


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
    parts = [text(LEFT, top - 8, panel.title, "start"), upright(22, top + PLOT / 2, panel.unit)]
    for tick in range(TICKS + 1):
        level, at = top + PLOT * (1 - tick / TICKS), LEFT + (RIGHT - LEFT) * tick / TICKS
        parts += [
            f'<path d="M{LEFT},{level:.1f}H{RIGHT}" stroke="#e4e4e4"/>',
            text(LEFT - 6, level + 4, f"{most * tick / TICKS:g}", "end"),
            text(at, top + PLOT + 14, f"{whole * tick / TICKS:.0f}", "middle"),
        ]
    for mark in marks:
        x = LEFT + (RIGHT - LEFT) * mark.at / whole
        parts += [
            f'<path d="M{x:.1f},{top}V{top + PLOT}" stroke="#888888" stroke-dasharray="2 3"/>',
            text(x + 3, top + 10, mark.word, "start"),
        ]
    for number, (name, curve) in enumerate(panel.curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        level = top + 10 + LEGEND_LINE * number
        path = path_of(curve / most, grid / whole, top)
        parts += [
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.3"/>',
            f'<path d="M{RIGHT + 12},{level - 4}h18" stroke="{colour}" stroke-width="2"/>',
            text(RIGHT + 36, level, name, "start"),
        ]
    return parts


def path_of(shares: Curve, places: Curve, top: int) -> str:
    """Go from point to point; a point between two of the same height is left out."""
    flat = np.zeros(len(shares), dtype=bool)
    flat[1:-1] = (shares[1:-1] == shares[:-2]) & (shares[1:-1] == shares[2:])
    points = (
        f"{LEFT + (RIGHT - LEFT) * place:.1f},{top + PLOT * (1 - share):.1f}"
        for share, place in zip(shares[~flat], places[~flat], strict=True)
    )
    return "M" + "L".join(points)


def rounded_up(value: float) -> float:
    """End an axis at one, two, four, six or eight of a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value)
