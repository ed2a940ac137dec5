"""The whole-pool assignment against brute force, on small pools of every shape."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.policy import Objective
from matching.domain.assignment import POINTS, Instance, TooLarge, assign

SERVED, FIT = Objective.MOST_SERVED_THEN_FIT, Objective.FIT_FIRST


def instance_of(table, places, protected=()):
    """Make an instance of a table of points, where None means that a rule stands in the way."""
    couples = [
        (mentee, mentor, points)
        for mentee, row in enumerate(table)
        for mentor, points in enumerate(row)
        if points is not None
    ]
    mentee, mentor, points = (
        np.array([couple[part] for couple in couples], dtype=np.int64) for part in range(3)
    )
    return Instance(
        mentees=len(table),
        places=np.array(places, dtype=np.int64),
        mentee=mentee,
        mentor=mentor,
        points=points,
        protected=protected,
    )


@st.composite
def tables(draw):
    mentees, mentors = draw(st.integers(0, 4)), draw(st.integers(1, 4))
    points = st.none() | st.sampled_from([0, 1, 5000, 7000, POINTS]) | st.integers(0, POINTS)
    table = [[draw(points) for _ in range(mentors)] for _ in range(mentees)]
    places = [draw(st.integers(0, 2)) for _ in range(mentors)]
    protected = draw(st.lists(st.sampled_from(range(mentees)), unique=True)) if mentees else []
    return table, places, protected


def every_assignment(table, places):
    choices = [
        [None, *(mentor for mentor, points in enumerate(row) if points is not None)]
        for row in table
    ]
    for chosen in product(*choices):
        if all(chosen.count(mentor) <= places[mentor] for mentor in range(len(places))):
            yield [(mentee, mentor) for mentee, mentor in enumerate(chosen) if mentor is not None]


def worth(pairs, table, protected, objective):
    fit = sum(table[mentee][mentor] for mentee, mentor in pairs)
    served = {mentee for mentee, _ in pairs}
    if objective is FIT:
        return fit, len(pairs), len(served & set(protected))
    return len(pairs), tuple(mentee in served for mentee in protected), fit


@pytest.mark.parametrize("objective", Objective)
@given(drawn=tables())
def test_no_assignment_is_better_than_the_one_chosen(objective, drawn):
    table, places, protected = drawn

    pairs = assign(instance_of(table, places, protected), objective)

    candidates = list(every_assignment(table, places))
    assert pairs in candidates
    best = max(worth(each, table, protected, objective) for each in candidates)
    assert worth(pairs, table, protected, objective) == best


@given(drawn=tables())
def test_the_same_instance_gives_the_same_pairs(drawn):
    assert assign(instance_of(*drawn), SERVED) == assign(instance_of(*drawn), SERVED)


@given(drawn=tables())
def test_one_more_place_never_serves_fewer(drawn):
    table, places, protected = drawn
    roomier = [places[0] + 1, *places[1:]]

    before = assign(instance_of(table, places, protected), SERVED)

    assert len(assign(instance_of(table, roomier, protected), SERVED)) >= len(before)


def test_serving_two_comes_before_the_best_fit_of_one():
    table = [[9000, 5600], [2100, None]]

    assert assign(instance_of(table, [1, 1]), SERVED) == [(0, 1), (1, 0)]


def test_a_policy_may_put_fit_before_number():
    table = [[9000, 100], [2100, None]]

    assert assign(instance_of(table, [1, 1]), FIT) == [(0, 0)]


def test_who_is_protected_is_served_before_who_fits_better():
    table = [[9000], [100]]

    assert assign(instance_of(table, [1], protected=[1]), SERVED) == [(1, 0)]


def test_a_couple_without_any_point_is_still_a_pair():
    assert assign(instance_of([[0]], [1]), SERVED) == [(0, 0)]


def test_what_exact_arithmetic_cannot_hold_is_refused():
    empty = instance_of([[None]] * 20_000, [1])

    with pytest.raises(TooLarge):
        assign(empty, FIT)


@pytest.mark.parametrize("objective", Objective)
def test_nobody_waiting_is_an_assignment_too(objective):
    assert assign(instance_of([], [1]), objective) == []
