"""The parts of a run are independent: apart they reach what the whole does, whoever computes."""

from dataclasses import replace
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from common.contracts.policy import Constraint, Objective
from common.contracts.vocabulary import Axis
from matching.domain.computation import Inputs, canonical, compute, read
from matching.domain.constraints import in_force
from matching.domain.costs import costs_of
from matching.domain.shards import assembled, shards_of, solve
from tests.matching import anybody, cast
from tests.matching.cast import (
    A_MENTEE,
    A_MENTOR,
    ASSOCIATION,
    MENTEE_FACETS,
    MENTOR_FACETS,
    NOW,
    PROGRAMME,
    TERMS,
)

OTHER_PROGRAMME = UUID(int=7)
PROGRAMMES = (PROGRAMME, OTHER_PROGRAMME, UUID(int=8))


@st.composite
def inputs(draw):
    """Make a run over several programmes, whose mentors stand in some of them and in some axes."""
    people = draw(st.lists(anybody.mentees(), max_size=7, unique_by=lambda each: each.referral_id))
    mentees = [replace(each, programme_id=draw(st.sampled_from(PROGRAMMES))) for each in people]
    stands = st.frozensets(st.sampled_from(PROGRAMMES), max_size=2)
    mentors = []
    for each in draw(anybody.pools(most=8)):
        likely = anybody.likely(each) if draw(st.booleans()) else each
        axes = tuple(draw(st.frozensets(st.sampled_from(Axis), min_size=1)))
        facets = likely.facets.model_copy(update={"axes": axes})
        programmes = draw(stands)
        trained = programmes if draw(st.booleans()) else draw(stands)
        mentors.append(replace(likely, facets=facets, programmes=programmes, trained_for=trained))
    terms = tuple(replace(draw(anybody.terms()), programme_id=each) for each in PROGRAMMES)
    seed = draw(st.integers(0, 3))
    return Inputs(at=NOW, seed=seed, mentees=tuple(mentees), mentors=tuple(mentors), terms=terms)


@given(inputs())
def test_parts_reach_together_what_the_whole_reaches(run):
    whole, apart = compute(run), solve(run)

    assert apart.reached == whole.reached
    assert apart.first_come == whole.first_come
    counted = ("objective", "waiting", "protected", "mentors", "places", "couples")
    assert [getattr(apart, each) for each in counted] == [getattr(whole, each) for each in counted]
    assert [each.referral_id for each in apart.lines] == [each.referral_id for each in whole.lines]


@given(inputs())
def test_no_possible_pair_lies_across_two_parts(run):
    shards = shards_of(run)

    assert sum(compute(each).couples for each in shards) == compute(run).couples
    waiting = [mentee.referral_id for each in shards for mentee in each.mentees]
    assert sorted(waiting) == sorted(each.referral_id for each in run.mentees)


@given(inputs(), st.randoms(use_true_random=False))
def test_parts_and_result_are_the_same_whatever_the_order_and_who_computes(run, random: Random):
    text = canonical(run)
    here, elsewhere = shards_of(read(text)), shards_of(read(text))
    results = [compute(each) for each in here]
    turns = random.sample(range(len(elsewhere)), len(elsewhere))
    theirs = {turn: compute(elsewhere[turn]) for turn in turns}

    one = assembled(run, here, results)
    other = assembled(run, elsewhere, [theirs[place] for place in range(len(elsewhere))])

    assert one.model_dump_json() == other.model_dump_json() == solve(run).model_dump_json()


@given(inputs())
def test_whoever_goes_without_is_told_why_although_mentors_stand_elsewhere(run):
    for line in solve(run).lines:
        assert line.mentor_id or line.blocked or not run.mentors


def in_axis(axis, number):
    mentee = replace(
        A_MENTEE,
        referral_id=UUID(int=800 + number),
        mentee_id=UUID(int=900 + number),
        facets=MENTEE_FACETS.model_copy(update={"axis": axis}),
    )
    mentor = replace(
        A_MENTOR,
        mentor_id=UUID(int=700 + number),
        facets=MENTOR_FACETS.model_copy(update={"axes": (axis,)}),
    )
    return mentee, mentor


def run_over(*pairs, mentors=(), terms=TERMS):
    return Inputs(
        at=NOW,
        seed=0,
        mentees=tuple(mentee for mentee, _ in pairs),
        mentors=tuple(mentor for _, mentor in pairs) + tuple(mentors),
        terms=(terms,),
    )


def test_axes_that_do_not_meet_are_parts_and_a_mentor_of_both_joins_them():
    pairs = [in_axis(axis, number) for number, axis in enumerate(Axis)]
    both = replace(A_MENTOR, facets=MENTOR_FACETS.model_copy(update={"axes": tuple(Axis)}))

    assert len(shards_of(run_over(*pairs))) == 2
    assert len(shards_of(run_over(*pairs, mentors=[both]))) == 1


def test_a_mentor_without_a_place_left_joins_nothing():
    pairs = [in_axis(axis, number) for number, axis in enumerate(Axis)]
    full = replace(
        A_MENTOR, engaged=9, facets=MENTOR_FACETS.model_copy(update={"axes": tuple(Axis)})
    )

    shards = shards_of(run_over(*pairs, mentors=[full]))

    # They are told of as a reason in both.
    assert [len(each.mentors) for each in shards] == [2, 2]


def test_where_the_axis_is_not_asked_it_divides_nothing():
    pairs = [in_axis(axis, number) for number, axis in enumerate(Axis)]
    rules = cast.policy(matching=cast.matching_policy(hard=(Constraint.GEOGRAPHY,)))

    assert len(shards_of(run_over(*pairs, terms=replace(TERMS, policy=rules)))) == 1


@given(inputs())
def test_what_a_criterion_costs_is_what_lifting_it_alone_would_serve(run):
    costs = costs_of(run)

    assert costs.keys() == {name for each in run.terms for name in in_force(each.policy)}
    if solve(run).objective is Objective.MOST_SERVED_THEN_FIT:
        assert all(each >= 0 for each in costs.values())


def test_the_cost_of_a_language_is_who_speaks_another_one():
    mentee = replace(A_MENTEE, facets=MENTEE_FACETS.model_copy(update={"languages": ("en",)}))
    mentor = replace(A_MENTOR, association_id=ASSOCIATION)

    costs = costs_of(run_over((mentee, mentor)))

    assert {name for name, cost in costs.items() if cost} == {Constraint.LANGUAGE}
    assert costs[Constraint.LANGUAGE] == 1


def test_the_cost_of_capacity_is_who_would_be_served_by_mentors_without_end():
    first, second = (in_axis(Axis.EDUCATION, number) for number in range(2))
    run = replace(run_over(first, second), mentors=(first[1],))

    costs = costs_of(run)

    assert {name: cost for name, cost in costs.items() if cost} == {Constraint.CAPACITY: 1}
