"""The proof of an assignment: it holds for what is best, and for nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.policy import Objective
from matching.domain.assignment import Unproven, assign, certify
from tests.matching.pools import (
    FIT,
    SERVED,
    every_assignment,
    instance_of,
    random_pool,
    tables,
    worth,
)

# Two mentors for three mentees, one of whom is protected; a third mentor has a place too many.
POOL = instance_of(
    [[9000, 5000, None], [8000, None, None], [7000, 6000, None], [None, None, 10]],
    [1, 1, 2],
    protected=[1],
)
BEST = assign(POOL, SERVED)


def with_one(values, place, value):
    changed = values.copy()
    changed[place] = value
    return changed


def refusal(assignment, objective=SERVED, pool=POOL):
    with pytest.raises(Unproven) as refused:
        certify(pool, assignment, objective)
    return str(refused.value)


def test_the_best_assignment_is_proven():
    assert BEST.pairs == [(1, 0), (2, 1), (3, 2)]
    certify(POOL, BEST, SERVED)


def test_a_pair_with_a_stranger_is_refused():
    assert refusal(replace(BEST, pairs=[*BEST.pairs, (9, 0)])) == "a pair of people not there"
    assert refusal(replace(BEST, pairs=[*BEST.pairs, (0, -1)])) == "a pair of people not there"


def test_a_mentee_with_two_mentors_is_refused():
    assert refusal(replace(BEST, pairs=[*BEST.pairs, (2, 2)])) == "somebody has two mentors"


def test_a_mentor_with_more_than_their_places_is_refused():
    crowded = replace(BEST, pairs=[(0, 0), *BEST.pairs])

    assert refusal(crowded) == "a mentor has more than their places"


def test_a_pair_against_a_rule_is_refused():
    forbidden = replace(BEST, pairs=[(1, 0), (2, 2), (3, 2)])

    assert refusal(forbidden) == "a pair that a rule forbids"


def test_points_and_value_are_those_of_the_pairs():
    assert refusal(replace(BEST, points=BEST.points + 1)) == "not the points of the pairs"
    assert refusal(replace(BEST, value=BEST.value + 1)) == "not the value of the pairs"


def test_no_price_is_below_zero():
    mentee = replace(BEST, mentee_prices=with_one(BEST.mentee_prices, 0, -1))
    mentor = replace(BEST, mentor_prices=with_one(BEST.mentor_prices, 2, -1))

    assert refusal(mentee) == "a mentee's price below zero"
    assert refusal(mentor) == "a mentor's price below zero"


def test_no_couple_gains_more_than_its_prices():
    cheap = replace(BEST, mentee_prices=with_one(BEST.mentee_prices, 1, 0))

    assert refusal(cheap) == "a couple that gains more than its prices"


def test_every_pair_gains_just_its_prices():
    dear = replace(BEST, mentee_prices=BEST.mentee_prices + with_one(np.zeros(4, int), 2, 5))

    assert refusal(dear) == "a pair that gains less than its prices"


def test_nobody_left_out_has_a_price():
    dear = replace(BEST, mentee_prices=with_one(BEST.mentee_prices, 0, 10**6))

    assert refusal(dear) == "a price of somebody not served"


def test_no_empty_seat_has_a_price():
    # All of what the pair gains moves to the side of the mentor, who has another seat.
    gain = BEST.mentee_prices[3]
    moved = replace(
        BEST,
        mentee_prices=with_one(BEST.mentee_prices, 3, 0),
        mentor_prices=with_one(BEST.mentor_prices, 2, gain),
    )

    assert refusal(moved) == "a price of an empty seat"


def test_a_bonus_is_never_below_zero_and_none_under_fit_first():
    assert refusal(replace(BEST, bonus=-1)) == "a bonus below zero"
    assert refusal(BEST, FIT) == "a bonus beside fit"


def test_every_array_is_as_long_as_its_side():
    assert refusal(replace(BEST, mentee_prices=BEST.mentee_prices[1:])).startswith("not a price")
    assert refusal(replace(BEST, mentor_prices=BEST.mentor_prices[1:])).startswith("not a price")
    assert refusal(replace(BEST, closed_at=BEST.closed_at[1:])).startswith("not a turn")


def test_serving_fewer_is_refused_though_its_points_are_the_most():
    pool = instance_of([[9000, 100], [2100, None]], [1, 1])
    most_points = assign(pool, FIT)

    assert most_points.pairs == [(0, 0)]
    assert refusal(most_points, SERVED, pool) == "somebody not served in their turn"


def test_passing_over_the_protected_is_refused():
    unprotected = assign(replace(POOL, protected=()), SERVED)
    early = replace(unprotected, closed_at=np.zeros(3, int))

    assert all(mentee != 1 for mentee, _ in unprotected.pairs)
    assert refusal(unprotected) == "a place left for somebody not served"
    assert refusal(early) == "a place left for somebody not served"
    never = replace(unprotected, closed_at=np.full(3, 9))
    assert refusal(never) == "somebody not served in their turn"


def test_a_later_turn_does_not_excuse_an_earlier_person():
    pool = instance_of([[5], [5]], [1], protected=[0, 1])
    wrong_order = replace(pool, protected=[1, 0])

    assert refusal(assign(wrong_order, SERVED), SERVED, pool) in {
        "somebody not served in their turn",
        "a place left for somebody not served",
    }


@given(drawn=tables(most=3), objective=st.sampled_from(Objective), data=st.data())
def test_no_assignment_that_is_worse_is_proven_by_the_same_prices(drawn, objective, data):
    table, places, protected = drawn
    pool = instance_of(table, places, protected)
    best = assign(pool, objective)
    other = data.draw(st.sampled_from(list(every_assignment(table, places))))
    points = sum(table[mentee][mentor] for mentee, mentor in other)
    served = {mentee for mentee, _ in other}
    value = points + best.bonus * (len(other) + len(served & set(protected)))

    claimed = replace(best, pairs=other, points=points, value=value)

    worths = [worth(each, table, protected, objective) for each in (other, best.pairs)]
    if worths[0] == worths[1]:
        certify(pool, claimed, objective)
    else:
        refusal(claimed, objective, pool)


@pytest.mark.parametrize("objective", Objective)
def test_it_is_checked_in_parts_that_fit_into_little_memory(objective, monkeypatch):
    pool = random_pool(200, 200, 2000)
    best = assign(pool, objective)
    monkeypatch.setattr("matching.domain.assignment.certificate.AT_ONCE", 7)

    certify(pool, best, objective)
