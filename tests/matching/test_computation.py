"""From the inputs of a run to its pairs: best, explained, and the same for everyone."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from common.contracts.policy import Objective
from matching.domain.computation import Inputs, canonical, compute, read
from matching.domain.judgement import judge
from matching.domain.protection import is_protected
from tests.matching import anybody, cast
from tests.matching.cast import (
    A_MENTEE,
    A_MENTOR,
    NOW,
    TERMS,
)


def inputs_of(mentees, mentors, terms=TERMS, seed=0):
    return Inputs(at=NOW, seed=seed, mentees=tuple(mentees), mentors=tuple(mentors), terms=(terms,))


def several(one, number):
    return [
        replace(one, referral_id=UUID(int=800 + each), mentee_id=UUID(int=900 + each))
        for each in range(number)
    ]


@given(
    st.lists(anybody.mentees(), max_size=5, unique_by=lambda each: each.referral_id),
    anybody.pools(most=6),
    anybody.terms(),
    st.integers(0, 3),
)
def test_every_pair_of_a_run_is_possible_and_everyone_else_is_told_why(
    mentees, mentors, terms, seed
):
    result = compute(inputs_of(mentees, mentors, terms, seed))

    known = {each.referral_id: each for each in mentees}
    pool = {each.mentor_id: each for each in mentors}
    assert [line.referral_id for line in result.lines] == sorted(known)
    for line in result.lines:
        if line.mentor_id:
            assert judge(known[line.referral_id], pool[line.mentor_id], terms).feasible
        else:
            assert line.blocked or not mentors
    assert result.reached.served == sum(line.mentor_id is not None for line in result.lines)
    assert result.reached.served >= result.first_come.served


@given(
    st.lists(anybody.mentees(), max_size=5, unique_by=lambda each: each.referral_id),
    anybody.pools(most=6),
    st.randoms(),
)
def test_the_order_in_which_people_came_changes_no_run(mentees, mentors, random):
    likely = [anybody.likely(each) for each in mentors]
    shuffled = inputs_of(random.sample(mentees, len(mentees)), random.sample(likely, len(likely)))

    assert compute(shuffled) == compute(inputs_of(mentees, likely))


@given(st.lists(anybody.mentees(), max_size=3), anybody.pools(most=3), anybody.terms())
def test_inputs_are_written_in_one_way_and_read_back_whole(mentees, mentors, terms):
    inputs = inputs_of(mentees, mentors, terms)

    text = canonical(inputs)

    assert read(text) == inputs
    assert canonical(read(text)) == text


def test_whoever_waited_longest_is_served_when_there_is_one_place():
    first, *others = several(A_MENTEE, 4)
    long_ago = replace(first, waiting_since=NOW - timedelta(days=61))

    result = compute(inputs_of([*others, long_ago], [A_MENTOR]))

    [served] = [line for line in result.lines if line.mentor_id]
    assert served.referral_id == long_ago.referral_id


def test_a_broken_pair_comes_before_a_long_wait():
    first, second = several(A_MENTEE, 2)
    waiting = replace(first, waiting_since=NOW - timedelta(days=300))
    broken = replace(second, broken_pairs=1)

    result = compute(inputs_of([waiting, broken], [A_MENTOR]))

    [served] = [line for line in result.lines if line.mentor_id]
    assert served.referral_id == broken.referral_id
    assert (result.protected, result.reached.protected_served) == (2, 1)


def test_protection_begins_on_the_day_that_the_policy_names():
    day = NOW - timedelta(days=60)

    assert is_protected(replace(A_MENTEE, waiting_since=day), TERMS, NOW)
    later = day + timedelta(seconds=1)
    assert not is_protected(replace(A_MENTEE, waiting_since=later), TERMS, NOW)


def test_a_mentor_whose_places_went_to_others_is_named_as_capacity():
    result = compute(inputs_of(several(A_MENTEE, 2), [A_MENTOR]))

    [left] = [line for line in result.lines if line.mentor_id is None]
    assert left.blocked == {"capacity": 1}


def test_programmes_that_disagree_serve_most_first():
    fit_first = cast.policy(matching=cast.matching_policy(objective=Objective.FIT_FIRST))
    other = replace(TERMS, programme_id=UUID(int=5), policy=fit_first)

    one = compute(inputs_of([], [], replace(TERMS, policy=fit_first)))
    two = compute(replace(inputs_of([], []), terms=(TERMS, other)))

    assert one.objective is Objective.FIT_FIRST
    assert two.objective is Objective.MOST_SERVED_THEN_FIT
