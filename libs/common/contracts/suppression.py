"""What must not be shown: a figure about so few people that one of them could be recognised.

A small cell alone is not enough to hide: its split has a total, so it could be computed from the
others. So cells that are not small are hidden with the small ones, until every size that a
small cell may have fits what is shown. They are taken in the order of their names: to take the
next smallest would itself tell their size (5, 5 and 3 of 13 would give the 3 away).
"""

from collections.abc import Mapping
from itertools import accumulate

FEWEST = 5


def is_few(n: int) -> bool:
    """Tell whether so many are too few to speak of; nobody is no secret."""
    return 0 < n < FEWEST


def hidden(cells: Mapping[str, int]) -> frozenset[str] | None:
    """Choose the cells to hide; None: not even which groups there are may be shown."""
    names = sorted(cells)
    small = [name for name in names if is_few(cells[name])]
    if not small:
        return frozenset()
    first = names.index(small[0])
    others = [name for name in names[first:] + names[:first] if cells[name] >= FEWEST]
    slack = sum(cells[name] - (FEWEST - 1) for name in small)
    for count, gained in enumerate(accumulate(cells[name] - FEWEST for name in others), 1):
        if slack + gained >= 0:
            return frozenset(small + others[:count])
    return None
