"""The whole-pool assignment against brute force, on small pools of every shape."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.policy import Objective
from matching.domain.assignment import POINTS, TooLarge, assign, points
from matching.domain.assignment.instance import Malformed
from tests.matching.pools import (
    FIT,
    SERVED,
    by_chance,
    every_assignment,
    instance_of,
    measured,
    random_pool,
    tables,
    worth,
)


@pytest.mark.parametrize("objective", Objective)
@given(drawn=tables(), seed=st.integers(0, 2**70))
def test_no_assignment_is_better_than_the_one_chosen(objective, drawn, seed):
    table, places, protected = drawn

    pairs = assign(instance_of(table, places, protected), objective, seed).pairs

    best = max(worth(each, table, protected, objective) for each in every_assignment(table, places))
    assert worth(pairs, table, protected, objective) == best


@pytest.mark.parametrize("objective", Objective)
def test_none_is_better_in_two_thousand_pools_drawn_by_chance(objective):
    chance = np.random.default_rng(20)
    for _ in range(2000):
        table, places, protected = by_chance(chance)

        pairs = assign(instance_of(table, places, protected), objective).pairs

        candidates = every_assignment(table, places)
        best = max(worth(each, table, protected, objective) for each in candidates)
        assert worth(pairs, table, protected, objective) == best, (table, places, protected)


@pytest.mark.parametrize("objective", Objective)
def test_none_is_better_in_any_pool_of_two_mentees_and_two_mentors(objective):
    for cells in product([None, 0, 1, 2], repeat=4):
        table = [cells[:2], cells[2:]]
        for places, protected in product(product(range(3), repeat=2), ([], [0], [1, 0])):
            pairs = assign(instance_of(table, places, protected), objective).pairs

            candidates = every_assignment(table, places)
            best = max(worth(each, table, protected, objective) for each in candidates)
            assert worth(pairs, table, protected, objective) == best, (table, places, protected)


@given(drawn=tables(), objective=st.sampled_from(Objective), seed=st.integers(0, 5))
def test_the_order_in_which_couples_are_listed_changes_no_pair(drawn, objective, seed):
    instance = instance_of(*drawn)
    order = np.random.default_rng(seed).permutation(len(instance.points))
    listed = replace(
        instance,
        mentee=instance.mentee[order],
        mentor=instance.mentor[order],
        points=instance.points[order],
    )

    assert assign(listed, objective, seed).pairs == assign(instance, objective, seed).pairs


@given(drawn=tables(), objective=st.sampled_from(Objective), chance=st.integers(0, 9))
def test_how_people_are_numbered_changes_nothing_that_counts(drawn, objective, chance):
    instance = instance_of(*drawn)
    numbers = np.random.default_rng(chance)
    mentees, mentors = numbers.permutation(instance.mentees), numbers.permutation(len(drawn[1]))
    places = np.zeros_like(instance.places)
    places[mentors] = instance.places
    protected = [int(mentees[each]) for each in instance.protected]
    renumbered = replace(
        instance,
        places=places,
        mentee=mentees[instance.mentee],
        mentor=mentors[instance.mentor],
        protected=protected,
    )

    found = measured(assign(renumbered, objective), protected)

    assert found == measured(assign(instance, objective), instance.protected)


def test_no_seed_changes_what_counts_and_some_change_who_is_chosen():
    instance = instance_of([[5, 5]] * 4, [1, 1])

    found = [assign(instance, SERVED, seed) for seed in range(20)]

    assert {(each.points, len(each.pairs)) for each in found} == {(10, 2)}
    assert {mentee for each in found for mentee, _ in each.pairs} == {0, 1, 2, 3}
    assert all(each.pairs == assign(instance, SERVED, seed).pairs for seed, each in enumerate(found))


@given(drawn=tables())
def test_one_more_mentor_never_serves_fewer(drawn):
    table, places, protected = drawn
    wider = [[*row, 1] for row in table]

    before = assign(instance_of(table, places, protected), SERVED)
    after = assign(instance_of(wider, [*places, 1], protected), SERVED)

    assert len(after.pairs) >= len(before.pairs)
    assert measured(after, protected)[2] >= measured(before, protected)[2]


@given(drawn=tables(), objective=st.sampled_from(Objective))
def test_without_somebody_who_was_not_served_the_rest_is_worth_the_same(drawn, objective):
    table, places, protected = drawn
    before = assign(instance_of(table, places, protected), objective)
    served = {mentee for mentee, _ in before.pairs}
    for left in set(range(len(table))) - served:
        others = [row if mentee != left else [None] * len(row) for mentee, row in enumerate(table)]

        after = assign(instance_of(others, places, protected), objective)

        assert measured(after, protected) == measured(before, protected)


def test_serving_two_comes_before_the_best_fit_of_one():
    table = [[9000, 5600], [2100, None]]

    assert assign(instance_of(table, [1, 1]), SERVED).pairs == [(0, 1), (1, 0)]


def test_a_policy_may_put_fit_before_number():
    table = [[9000, 100], [2100, None]]

    assert assign(instance_of(table, [1, 1]), FIT).pairs == [(0, 0)]


def test_who_is_protected_is_served_before_who_fits_better():
    table = [[9000], [100]]

    assert assign(instance_of(table, [1], protected=[1]), SERVED).pairs == [(1, 0)]


def test_who_is_protected_first_is_served_before_two_who_come_later():
    table = [[0, None], [POINTS, None], [None, POINTS]]

    assert assign(instance_of(table, [1, 1], protected=[0, 1, 2]), SERVED).pairs == [(0, 0), (2, 1)]


def test_where_fits_are_equal_the_protected_come_first_under_fit_first_too():
    table = [[5], [5], [5]]

    assert assign(instance_of(table, [1], protected=[2, 1]), FIT).pairs == [(2, 0)]


def test_a_couple_without_any_point_is_still_a_pair():
    assert assign(instance_of([[0]], [1]), SERVED).pairs == [(0, 0)]
    assert assign(instance_of([[0]], [1]), FIT).pairs == [(0, 0)]


def test_a_bonus_that_proves_too_small_is_raised():
    length = 60
    table = [[None] * length for _ in range(length)]
    for mentee in range(length):
        table[mentee][mentee] = 0
        if mentee:
            table[mentee][mentee - 1] = POINTS

    found = assign(instance_of(table, [1] * length), SERVED)

    assert found.bonus > 4 * POINTS
    assert (len(found.pairs), found.points) == (length, 0)


@given(drawn=tables(), objective=st.sampled_from(Objective))
def test_one_more_place_adds_at_most_its_price_and_one_less_costs_at_least_that(drawn, objective):
    table, places, _ = drawn
    found = assign(instance_of(table, places), objective)
    for mentor, price in enumerate(found.mentor_prices.tolist()):
        more, fewer = list(places), list(places)
        more[mentor] += 1
        fewer[mentor] -= 1

        assert gained(assign(instance_of(table, more), objective), found.bonus) <= found.value + price
        if places[mentor]:
            without = assign(instance_of(table, fewer), objective)
            assert gained(without, found.bonus) <= found.value - price


def gained(assignment, bonus):
    return assignment.points + bonus * len(assignment.pairs)


@pytest.mark.parametrize("objective", Objective)
def test_nobody_waiting_is_an_assignment_too(objective):
    assert assign(instance_of([], [1]), objective).pairs == []
    assert assign(instance_of([[], []], []), objective).pairs == []
    assert assign(instance_of([[1], [2]], [0], protected=[1]), objective).pairs == []


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("places", np.array([-1, 1])),
        ("places", np.array([1.0, 1.0])),
        ("points", np.array([-1, 1])),
        ("points", np.array([1])),
        ("points", np.array([2**31, 1])),
        ("mentee", np.array([0, 2])),
        ("mentor", np.array([-1, 0])),
        ("protected", [2]),
        ("protected", [1, 1]),
    ],
)
def test_numbers_without_a_meaning_are_refused_by_name(field, wrong):
    instance = instance_of([[1, None], [None, 1]], [1, 1])

    with pytest.raises(Malformed) as refused:
        assign(replace(instance, **{field: wrong}), SERVED)

    assert refused.value.field == field


def test_a_couple_listed_twice_is_refused():
    instance = instance_of([[1, 2]], [1, 1])

    with pytest.raises(Malformed):
        assign(replace(instance, mentor=np.array([1, 1])), SERVED)


def test_a_fit_that_is_no_number_is_refused():
    with pytest.raises(Malformed):
        points(np.array([0.5, np.nan]))


def test_what_64_bits_cannot_count_is_refused():
    instance = instance_of([[1]], [1])

    with pytest.raises(TooLarge):
        assign(replace(instance, places=np.array([2**31 - 2] * 2)), SERVED)


@pytest.mark.parametrize("objective", Objective)
@pytest.mark.parametrize("top", [0, 1, 30, POINTS, 2**31 - 2])
@pytest.mark.parametrize("sizes", [(300, 300), (400, 60), (60, 400)])
def test_pools_of_every_shape_are_proven(objective, top, sizes):
    # What is not proven is not returned.
    found = assign(random_pool(*sizes, 3000, top=top), objective)

    assert found.pairs
