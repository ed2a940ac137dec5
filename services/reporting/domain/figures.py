"""From counted cells to figures that may be shown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from common.contracts.suppression import is_few
from reporting.domain.survival import Lasted, curve, median_days, share_lasting

HALF_A_YEAR, A_YEAR = 183, 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How many, and what was computed of them; without a group it speaks of all."""

    group: str | None
    n: int
    values: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A cell as it is shown: hidden, it says nothing but that it is there."""

    measure: str
    group: str | None
    hidden: bool
    n: int | None
    values: dict[str, float | None]


def lasting(group: str | None, pairs: Sequence[Lasted]) -> Cell:
    """Compute how long pairs last, those that still run included."""
    steps = curve(pairs)
    longest = max((pair.days for pair in pairs), default=None)
    return Cell(
        group=group,
        n=len(pairs),
        values={
            "median": rounded(median_days(steps)),
            "share_6_months": rounded(share_lasting(steps, HALF_A_YEAR, longest=longest)),
            "share_12_months": rounded(share_lasting(steps, A_YEAR, longest=longest)),
        },
    )


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def figures(
    measure: str, cells: Sequence[Cell], total: Cell, hide: Collection[str] | None
) -> list[Figure]:
    """Show the cells of a split and their total, except what must be hidden; None: all cells."""
    everything = shown(measure, total, is_hidden=is_few(total.n))
    if everything.hidden or hide is None:
        return [everything]
    return [
        *(shown(measure, cell, is_hidden=str(cell.group) in hide) for cell in cells),
        everything,
    ]


def shown(measure: str, cell: Cell, *, is_hidden: bool) -> Figure:
    return Figure(
        measure=measure,
        group=cell.group,
        hidden=is_hidden,
        n=None if is_hidden else cell.n,
        values=dict.fromkeys(cell.values) if is_hidden else cell.values,
    )
