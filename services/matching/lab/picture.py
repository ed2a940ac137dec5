"""The scenarios as a picture: two curves side by side, as SVG that any browser shows.

Written as text: a library to draw would be larger than the service, and no two of its versions
draw the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from matching.lab.figures import Curve, Row
from matching.lab.words import WORDS, Language

WIDTH, HEIGHT, LEGEND_LINE = 920, 340, 20
PLOT_WIDTH, PLOT_HEIGHT, TOP = 360, 220, 64
LEFTS = (70, 530)
# Okabe and Ito's colours, which colour-blind people tell apart; dashes for those who print.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
DASHES = ("", "7 3", "2 3", "9 3 2 3", "12 4", "4 4", "1 4")
TICKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One of the two plots: where it stands, what its axes say and how far they go."""

    left: int
    title: str
    x_title: str
    y_title: str
    most: float
    # What a whole is on the axis of x.
    whole: float

    def x(self, value: float) -> float:
        return self.left + PLOT_WIDTH * min(value / self.most, 1.0)

    def path(self, curve: Curve) -> str:
        """Draw a curve as steps, to the right edge."""
        drawn = [f"M{self.x(curve[0][0]):.1f},{y(curve[0][1]):.1f}"] if curve else []
        for at, share in curve[1:]:
            if at <= self.most:
                drawn.append(f"H{self.x(at):.1f}V{y(share):.1f}")
        return "".join([*drawn, f"H{self.left + PLOT_WIDTH}"]) if drawn else ""


def y(share: float) -> float:
    return TOP + PLOT_HEIGHT * (1 - share)


def picture(rows: Sequence[Row], language: Language) -> str:
    """Draw the curves of all scenarios; equal rows give equal bytes."""
    words = WORDS[language]
    longest = max((row.wait[-1][0] for row in rows), default=0.0)
    days = Panel(
        left=LEFTS[0],
        title=words["wait_title"],
        x_title=words["wait_x"],
        y_title=words["wait_y"],
        most=max(rounded_up(longest), 1.0),
        whole=1.0,
    )
    fits = Panel(
        left=LEFTS[1],
        title=words["fit_title"],
        x_title=words["fit_x"],
        y_title=words["fit_y"],
        most=1.0,
        whole=100.0,
    )
    height = HEIGHT + LEGEND_LINE * (len(rows) + 1)
    parts = [
        opening(height),
        f'<title id="title">{escape(words["title"])}</title>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFTS[0]}" y="26" font-size="16">{escape(words["title"])}</text>',
        *frame(days),
        *frame(fits),
    ]
    for number, row in enumerate(rows):
        parts += [line(number, days.path(row.wait)), line(number, fits.path(row.fit))]
        parts += legend(number, row.name)
    return "\n".join([*parts, "</svg>", ""])


def rounded_up(longest: float) -> float:
    """End an axis of days at a whole number of ticks of ten days."""
    step = 10.0 * TICKS
    return step * -(-longest // step)


def frame(panel: Panel) -> list[str]:
    bottom, right = TOP + PLOT_HEIGHT, panel.left + PLOT_WIDTH
    middle = panel.left + PLOT_WIDTH / 2
    parts = [
        text(middle, TOP - 14, panel.title, "middle"),
        text(middle, bottom + 40, panel.x_title, "middle"),
        upright(panel.left - 44, TOP + PLOT_HEIGHT / 2, panel.y_title),
    ]
    for tick in range(TICKS + 1):
        part = tick / TICKS
        at, level = panel.left + PLOT_WIDTH * part, y(part)
        parts += [
            f'<path d="M{panel.left},{level:.1f}H{right}" stroke="#dddddd"/>',
            text(at, bottom + 18, f"{panel.most * panel.whole * part:.0f}", "middle"),
            text(panel.left - 8, level + 4, f"{100 * part:.0f}", "end"),
        ]
    axes = f"M{panel.left},{TOP}V{bottom}H{right}"
    return [*parts, f'<path d="{axes}" fill="none" stroke="#444444"/>']


def opening(height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="12" role="img" aria-labelledby="title">'
    )


def upright(x: float, y_: float, words: str) -> str:
    return (
        f'<text transform="translate({x:.1f},{y_:.1f}) rotate(-90)" '
        f'text-anchor="middle">{escape(words)}</text>'
    )


def text(x: float, y_: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y_:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def line(number: int, path: str) -> str:
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed(dash)}/>'


def dashed(dash: str) -> str:
    return f' stroke-dasharray="{dash}"' if dash else ""


def legend(number: int, name: str) -> list[str]:
    level = HEIGHT + LEGEND_LINE * (number + 1) - 4
    sample = f"M{LEFTS[0]},{level - 4}h40"
    return [line(number, sample), text(LEFTS[0] + 50, level, name, "start")]
