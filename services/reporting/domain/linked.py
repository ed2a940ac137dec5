"""Which cells are hidden where one split adds up to another, and both may be asked for.

The age bands of minors add up to the settings of minors, the departments overseas to the
overseas, the programmes of an association to the association. Whoever holds both splits holds
those sums too, so cells are chosen from the branches of the tree upwards, as in P.-P. de Wolf,
"HiTaS: A Heuristic Approach to Cell Suppression in Hierarchical Tables", Inference Control in
Statistical Databases, LNCS 2316, 2002, 74-82. In each branch, what is hidden leaves a doubt even
to who knows how many are in it. Where a branch is too small for that, all of it is hidden in both
splits, and with it as much of other branches, in the order of their names, as leaves a doubt.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from common.contracts.suppression import enough, hidden, in_turn
from reporting.domain.definitions import Split

Table: TypeAlias = Mapping[str, int]
# None: not even which groups there are may be shown.
Hidden: TypeAlias = frozenset[str] | None

# By the finer split, the coarser one that it adds up to.
ADDS_UP_TO = {
    Split.AGE_BAND: Split.SETTING,
    Split.DEPARTMENT: Split.OVERSEAS,
    Split.PROGRAMME: Split.ASSOCIATION,
}
LINKED = ADDS_UP_TO | {coarser: finer for finer, coarser in ADDS_UP_TO.items()}
FINER, COARSER = 0, 1


@dataclass(frozen=True, slots=True)
class Beside:
    """A group of the other split, and the groups of the one asked for in which its people are."""

    group: str
    n: int
    among: Collection[str]


@dataclass(frozen=True, slots=True)
class Branch:
    """Groups of two splits, finer and coarser, between which nobody is missing."""

    tables: tuple[Table, Table]

    @property
    def name(self) -> str:
        return min(name for table in self.tables for name in table)

    @property
    def stands_alone(self) -> bool:
        """Tell whether what it hides stays hidden from who knows how many are in it."""
        return all(hidden(table) is not None for table in self.tables)


def hidden_beside(split: Split, cells: Table, others: Iterable[Beside]) -> Hidden:
    """Choose the cells to hide of a split that adds up to another, or another to it."""
    side = FINER if split in ADDS_UP_TO else COARSER
    both = hidden_in_both(sorted(branches(cells, others, side), key=lambda each: each.name))
    return both[side]


def branches(cells: Table, others: Iterable[Beside], side: int) -> list[Branch]:
    """Put together what shares people, directly or through others."""
    parts = [({name}, dict[str, int]()) for name in cells]
    for other in others:
        # What was heard between two questions may be in the answer to one alone.
        touched = [part for part in parts if not part[0].isdisjoint(other.among)]
        names = set[str]().union(*(part[0] for part in touched))
        beside = {group: n for part in touched for group, n in part[1].items()}
        parts = [part for part in parts if part not in touched]
        parts.append((names, beside | {other.group: other.n}))
    found = []
    for names, beside in parts:
        ours = {name: cells[name] for name in names}
        found.append(Branch((ours, beside) if side == FINER else (beside, ours)))
    return found


def hidden_in_both(branches: Sequence[Branch]) -> tuple[Hidden, Hidden]:
    """Choose the cells to hide of the finer and the coarser split, from branches in their order."""
    weak = [each for each in branches if not each.stands_alone]
    if not weak:
        return together(branches, FINER), together(branches, COARSER)
    start = branches.index(weak[0])
    strong = [each for each in [*branches[start:], *branches[:start]] if each.stands_alone]
    for count in range(1, len(strong) + 1):
        finer, coarser = (leaning(weak, strong[:count], side) for side in (FINER, COARSER))
        if finer is not None and coarser is not None:
            rest = strong[count:]
            return finer | together(rest, FINER), coarser | together(rest, COARSER)
    return one_alone(branches)


def together(branches: Iterable[Branch], side: int) -> frozenset[str]:
    return frozenset().union(*(hidden(each.tables[side]) or () for each in branches))


def leaning(weak: Sequence[Branch], upon: Sequence[Branch], side: int) -> Hidden:
    """Hide all of the weak branches, and as much of those they lean upon as leaves a doubt."""
    secret = [name for each in weak for name in each.tables[side]]
    more: list[str] = []
    for each in upon:
        _, others = in_turn(each.tables[side])
        # Something of each, or its number would be known, and that of the weak ones with it.
        first = hidden(each.tables[side]) or frozenset(others[:1])
        secret += first
        more += [name for name in others if name not in first]
    return enough(whole([*weak, *upon], side), secret, more)


def one_alone(branches: Sequence[Branch]) -> tuple[Hidden, Hidden]:
    """Where both cannot be shown together, show the coarser, or else the finer."""
    finer, coarser = (hidden(whole(branches, side)) for side in (FINER, COARSER))
    return (finer if coarser is None else None), coarser


def whole(branches: Iterable[Branch], side: int) -> dict[str, int]:
    return {name: n for each in branches for name, n in each.tables[side].items()}
