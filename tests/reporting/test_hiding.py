"""Figures about few are hidden, and nobody computes them from the others of their split."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.suppression import hidden, is_few
from reporting.domain.figures import Cell, figures


@given(st.lists(st.integers(0, 30), max_size=8))
def test_no_small_cell_is_shown_and_none_is_hidden_alone(sizes):
    cells = {f"group {number}": size for number, size in enumerate(sizes)}

    hide = hidden(cells)

    if hide is not None:
        assert not any(is_few(size) for name, size in cells.items() if name not in hide)
        assert len(hide) != 1


@pytest.mark.parametrize(("groups", "largest"), [(2, 24), (3, 20), (4, 14)])
def test_no_hidden_cell_can_be_computed_by_whoever_knows_the_rule(groups, largest):
    """Publish every table up to a total; each cell that is hidden leaves a doubt."""
    behind: dict[tuple[tuple[int | None, ...], int], list[tuple[int, ...]]] = defaultdict(list)
    for sizes in product(range(largest + 1), repeat=groups):
        hide = hidden({str(number): size for number, size in enumerate(sizes)})
        if sum(sizes) <= largest and hide is not None:
            shown = tuple(
                None if str(number) in hide else size for number, size in enumerate(sizes)
            )
            behind[shown, sum(sizes)].append(sizes)

    doubts = [
        {table[number] for table in tables}
        for (shown, _), tables in behind.items()
        for number, size in enumerate(shown)
        if size is None
    ]
    assert doubts
    assert all(len(sizes) > 1 for sizes in doubts)


def test_groups_that_are_all_small_are_not_even_named():
    cells = [Cell(group=name, n=4) for name in "abcd"]

    [everything] = figures("m", cells, Cell(group=None, n=16), hidden(dict.fromkeys("abcd", 4)))

    assert (everything.group, everything.n) == (None, 16)


def test_so_few_in_all_are_hidden_whole():
    [everything] = figures("m", [Cell(group="only", n=3)], Cell(group=None, n=3), set())

    assert (everything.hidden, everything.n) == (True, None)


def test_a_hidden_figure_says_nothing_but_that_it_is_there():
    cells = [
        Cell(group="a", n=2, values={"median": 3.0}),
        Cell(group="b", n=9, values={"median": 4.0}),
        Cell(group="c", n=20, values={"median": 5.0}),
    ]

    everything = Cell(group=None, n=31, values={"median": 4.5})
    a, b, c, total = figures("time", cells, everything, {"a", "b"})

    assert (a.hidden, a.n, a.values) == (True, None, {"median": None})
    assert (b.hidden, b.n) == (True, None)
    assert (c.hidden, c.n, c.values) == (False, 20, {"median": 5.0})
    assert (total.hidden, total.n) == (False, 31)
