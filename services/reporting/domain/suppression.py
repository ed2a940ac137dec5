"""What must not be shown: a figure about so few people that one of them could be recognised.

A small cell alone is not enough to hide: with a total beside it, it could be computed from the
others. So cells are hidden until at least two are, and until together they are not few either.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FEWEST = 5


@dataclass(frozen=True, slots=True)
class Hidden:
    """Which cells of one split must not be shown, and whether its total may be."""

    cells: frozenset[str]
    total: bool


def hidden(cells: Mapping[str, int], total: int) -> Hidden:
    """Decide what to hide; nobody is no secret, so a zero may be shown."""
    if 0 < total < FEWEST:
        return Hidden(frozenset(cells), total=True)
    by_size = sorted(cells, key=lambda cell: (cells[cell], cell))
    small = [cell for cell in by_size if 0 < cells[cell] < FEWEST]
    if not small:
        return Hidden(frozenset(), total=False)
    hide = small
    for cell in (cell for cell in by_size if cells[cell] >= FEWEST):
        if is_enough(cells, hide):
            break
        hide = [*hide, cell]
    return Hidden(frozenset(hide), total=not is_enough(cells, hide))


def is_enough(cells: Mapping[str, int], hide: list[str]) -> bool:
    return len(hide) > 1 and sum(cells[cell] for cell in hide) >= FEWEST
