"""What must not be shown: a figure about so few people that one of them could be recognised.

A small cell alone is not enough to hide: its split has a total, so it could be computed from the
others. So cells that are not small are hidden with the small ones, until every size that a
small cell may have fits what is shown. They are taken in the order of their names: to take the
next smallest would itself tell their size (5, 5 and 3 of 13 would give the 3 away).
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate

FEWEST = 5


def is_few(n: int) -> bool:
    """Tell whether so many are too few to speak of; nobody is no secret."""
    return 0 < n < FEWEST


def hidden(cells: Mapping[str, int]) -> frozenset[str] | None:
    """Choose the cells to hide; None: not even which groups there are may be shown."""
    small, others = in_turn(cells)
    if not small:
        return frozenset()
    # Small ones alone could all be as many as few can be, which their sum would then tell.
    return enough(cells, small + others[:1], others[1:]) if others else None


def in_turn(cells: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """Name the small cells, and the others in the order in which they are hidden with them."""
    names = sorted(cells)
    small = [name for name in names if is_few(cells[name])]
    first = names.index(small[0]) if small else 0
    return small, [name for name in names[first:] + names[:first] if cells[name] >= FEWEST]


def enough(
    cells: Mapping[str, int], secret: Collection[str], others: Sequence[str]
) -> frozenset[str] | None:
    """Hide what is secret, and with it as many others as leave a doubt; None: all do not."""
    slack = sum(cells[name] - (FEWEST - 1 if is_few(cells[name]) else FEWEST) for name in secret)
    gains = accumulate((cells[name] - FEWEST for name in others), initial=0)
    for count, gained in enumerate(gains):
        if slack + gained >= 0:
            return frozenset(secret) | frozenset(others[:count])
    return None
