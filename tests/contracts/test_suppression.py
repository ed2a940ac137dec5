"""Who are few are not shown, nor could anybody work out how few they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.suppression import FEWEST, hidden, is_few

tables = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9), min_size=1)


@pytest.mark.parametrize(
    ("n", "few"), [(0, False), (1, True), (2, True), (4, True), (5, False), (6, False)]
)
def test_from_one_to_four_are_few_and_nobody_is_no_secret(n, few):
    assert is_few(n) is few


def leaves_a_doubt(cells, hide):
    """Tell whether the hidden cells could each be of any size, as far as their sum says."""
    small = [name for name in hide if is_few(cells[name])]
    at_most = (FEWEST - 1) * len(small) + FEWEST * (len(hide) - len(small))
    return at_most <= sum(cells[name] for name in hide)


def taken_in_turn(cells):
    """Name the cells that may be hidden with the small ones, from the first small one on."""
    names = sorted(cells)
    start = next(place for place, name in enumerate(names) if is_few(cells[name]))
    return [name for name in names[start:] + names[:start] if cells[name] >= FEWEST]


@given(tables)
def test_as_many_are_hidden_as_it_takes_in_the_order_of_their_names_and_no_more(cells):
    small = {name for name, size in cells.items() if is_few(size)}
    if not small:
        assert hidden(cells) == frozenset()
        return
    others = taken_in_turn(cells)
    enough = [
        small | set(others[:count])
        for count in range(1, len(others) + 1)
        if leaves_a_doubt(cells, small | set(others[:count]))
    ]

    assert hidden(cells) == (frozenset(enough[0]) if enough else None)


@pytest.mark.parametrize(
    ("cells", "hide"),
    [
        ({"a": 5, "b": 9, "c": 3}, {"a", "b", "c"}),
        ({"a": 6, "b": 9, "c": 3}, {"a", "c"}),
        ({"a": 9, "b": 3, "c": 6}, {"b", "c"}),
        ({"a": 0, "b": 4, "c": 5}, {"b", "c"}),
        ({"a": 1, "b": 5}, None),
        ({"a": 0, "b": 5}, set()),
    ],
)
def test_which_cells_are_hidden_by_example(cells, hide):
    assert hidden(cells) == (None if hide is None else frozenset(hide))
