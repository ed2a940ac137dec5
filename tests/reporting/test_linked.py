"""Nobody computes what is hidden in one split from another that adds up to it, or it to that."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import product
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from common.contracts.suppression import FEWEST, hidden, is_few
from reporting.domain.definitions import Split
from reporting.domain.linked import Beside, hidden_beside

# How many are in a group of the finer split and at once in one of the coarser. The first letter
# of both is what everybody knows to belong together, as bands of minors do to settings of minors.
People: TypeAlias = Mapping[tuple[str, str], int]
Shown: TypeAlias = dict[str, int | None] | None
SPLITS = (Split.AGE_BAND, Split.SETTING)
SIDES = (0, 1)
LETTERS, FINER, COARSER = "abc", "12", "xy"

PLACES = [
    (f"{letter}{finer}", f"{letter}{coarser}")
    for letter, finer, coarser in product(LETTERS, FINER, COARSER)
]
crowds = st.dictionaries(st.sampled_from(PLACES), st.integers(1, 12), min_size=1)


def counted(people: People, side: int) -> Counter[str]:
    cells: Counter[str] = Counter()
    for place, n in people.items():
        cells[place[side]] += n
    return cells


def hidden_at(people: People, side: int) -> frozenset[str] | None:
    among: defaultdict[str, list[str]] = defaultdict(list)
    for place in people:
        among[place[1 - side]].append(place[side])
    others = counted(people, 1 - side)
    beside = [Beside(group, n, among[group]) for group, n in sorted(others.items())]
    return hidden_beside(SPLITS[side], counted(people, side), beside)


def shown(people: People, side: int) -> Shown:
    hide = hidden_at(people, side)
    if hide is None:
        return None
    return {name: None if name in hide else n for name, n in counted(people, side).items()}


def possible(people: People) -> dict[str, tuple[int, int]]:
    """Find how few and how many each hidden cell may be, from all that both splits show.

    What is shown constrains the cells as a network does a flow: extremes are whole numbers.
    """
    tables = [table for side in SIDES if (table := shown(people, side)) is not None]
    cells = {name: n for table in tables for name, n in table.items()}
    equal = [([float(name in table) for name in cells], sum(people.values())) for table in tables]
    if len(tables) == len(SIDES):
        equal += [([balance(name, letter) for name in cells], 0) for letter in LETTERS]
    return {
        hide: (extreme(cells, equal, hide, 1), extreme(cells, equal, hide, -1))
        for hide, n in cells.items()
        if n is None
    }


def balance(name: str, letter: str) -> float:
    """Count a group of the finer split for its letter, and one of the coarser against it."""
    if name[0] != letter:
        return 0
    return 1 if name[1] in FINER else -1


def extreme(
    cells: Mapping[str, int | None], equal: list[tuple[list[float], int]], name: str, way: int
) -> int:
    """Find the least that a cell may be, or the most with the sign turned; whoever is named is."""
    found = linprog(
        [way * (each == name) for each in cells],
        A_eq=[row for row, _ in equal],
        b_eq=[n for _, n in equal],
        bounds=[(1, 1000) if n is None else (n, n) for n in cells.values()],
    )
    assert found.success
    return way * round(found.fun or 0)


@given(crowds)
def test_who_holds_both_splits_cannot_tell_how_many_are_in_a_hidden_cell(people):
    sizes = counted(people, 0) | counted(people, 1)

    for name, (least, most) in possible(people).items():
        assert most - least >= 1
        assert not is_few(sizes[name]) or most >= FEWEST - 1


@given(crowds)
def test_no_few_are_shown_in_either_split(people):
    for side in SIDES:
        cells = counted(people, side)
        for name, n in (shown(people, side) or {}).items():
            assert n is None or n == cells[name]
            assert n is None or not is_few(n)


@pytest.mark.parametrize(
    ("places", "largest"),
    [
        ((("a1", "ax"), ("a2", "ax"), ("b1", "bx")), 24),
        ((("a1", "ax"), ("a2", "ax"), ("b1", "bx"), ("b2", "bx")), 15),
        ((("a1", "ax"), ("a1", "ay"), ("a2", "ax"), ("b1", "bx")), 15),
        ((("a1", "ax"), ("b1", "bx"), ("c1", "cx"), ("c2", "cx")), 15),
    ],
)
def test_nor_does_who_knows_the_rule_besides(places, largest):
    """Publish both splits of every crowd up to a total; each cell that is hidden leaves a doubt."""
    behind = defaultdict(list)
    for sizes in product(range(largest + 1), repeat=len(places)):
        people = {place: n for place, n in zip(places, sizes, strict=True) if n}
        total = sum(sizes)
        if total <= largest and total and not is_few(total):
            tables = tuple(repr(shown(people, side)) for side in SIDES)
            behind[tables, total].append(people)

    doubts = [
        {(counted(people, side))[name] for people in crowd}
        for crowd in behind.values()
        for side in SIDES
        for name in hidden_at(crowd[0], side) or ()
    ]
    assert doubts
    assert all(len(sizes) > 1 for sizes in doubts)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 20), min_size=1))
def test_where_both_splits_say_the_same_they_hide_the_same_as_one_alone(cells):
    people = {(name, name.upper()): n for name, n in cells.items()}

    assert hidden_at(people, 0) == hidden(cells)


AGES = {
    ("11-14", "minor"): 20,
    ("15-17", "minor"): 3,
    ("18-20", "adult"): 8,
    ("21-25", "adult"): 12,
}


@pytest.mark.parametrize(
    ("changed", "finer", "coarser"),
    [
        # What is hidden with 15-17 is of the minors, whose number stands beside the adults'.
        ({}, {"11-14", "15-17"}, set()),
        ({("15-17", "minor"): 30}, set(), set()),
        # A few in care are among minors; both splits hide within them.
        (
            {("15-17", "minor"): 30, ("11-14", "child_protection"): 2},
            set(),
            {"minor", "child_protection"},
        ),
        # Minors are few in all: adults hide with them.
        ({("11-14", "minor"): 0}, {"15-17", "18-20"}, {"minor", "adult"}),
    ],
)
def test_which_cells_are_hidden_by_example(changed, finer, coarser):
    people = {place: n for place, n in (AGES | changed).items() if n}

    assert (hidden_at(people, 0), hidden_at(people, 1)) == (finer, coarser)
