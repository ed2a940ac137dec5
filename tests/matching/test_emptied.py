"""Which rule left nobody, for one mentee and for a run, and the least that would open the pool."""

from dataclasses import replace
from itertools import combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from common.contracts.policy import Constraint
from common.contracts.vocabulary import Setting
from matching.domain.computation import Inputs, compute
from matching.domain.constraints import in_force
from matching.domain.counterfactuals import STAYS
from matching.domain.emptied import Opening, emptied, emptied_for_all, emptied_in
from matching.domain.judgement import judge
from matching.domain.pool import judge_all, pool_of
from tests.matching import anybody, cast
from tests.matching.cast import A_MENTEE, A_MENTOR, BREST, NOW, TERMS

GEOGRAPHY, SLOT, CAPACITY = Constraint.GEOGRAPHY, Constraint.SLOT, Constraint.CAPACITY
SCREENING, LANGUAGE = Constraint.SCREENING, Constraint.LANGUAGE


def mentors(*each):
    """Make mentors of the cast with other facets or places taken."""
    return [
        replace(
            A_MENTOR,
            mentor_id=UUID(int=200 + number),
            engaged=facets.pop("engaged", 0),
            facets=A_MENTOR.facets.model_copy(update=facets),
        )
        for number, facets in enumerate(each)
    ]


def told_of(mentee, others, terms=TERMS):
    return emptied(judge_all(mentee, pool_of(others), terms).blocked)


def run_of(mentees, others, terms=TERMS):
    inputs = Inputs(at=NOW, seed=0, mentees=tuple(mentees), mentors=tuple(others), terms=(terms,))
    return emptied_in(inputs, compute(inputs).lines)


def test_the_rule_that_took_the_last_one_is_named():
    others = mentors({"place": BREST}, {"slots": (1,)}, {"slots": (1,), "languages": ("en",)})

    told = told_of(A_MENTEE, others)

    assert [step.remaining for step in told.steps][:3] == [2, 0, 0]
    assert (told.considered, told.emptied_by) == (3, SLOT)


def test_the_smallest_sets_come_with_how_many_they_open():
    others = mentors(
        {"slots": (1,)}, {"slots": (2,)}, {"place": BREST}, {"place": BREST, "slots": (1,)}
    )

    assert told_of(A_MENTEE, others).openings == (
        Opening(constraints=(SLOT,), opens=2),
        Opening(constraints=(GEOGRAPHY,), opens=1),
    )


def test_nothing_opens_what_safety_closed():
    others = mentors({"settings": (Setting.ADULT,)}, {"settings": (), "slots": (1,)})

    told = told_of(A_MENTEE, others)

    assert (told.emptied_by, told.openings) == (SCREENING, ())


def test_a_larger_set_is_the_smallest_where_safety_closes_the_others():
    others = mentors({"settings": ()}, {"slots": (1,), "languages": ("en",)})

    assert told_of(A_MENTEE, others).openings == (Opening(constraints=(SLOT, LANGUAGE), opens=1),)


def test_where_nobody_was_no_rule_is_to_blame():
    told = told_of(A_MENTEE, [])

    assert (told.considered, told.emptied_by, told.openings) == (0, None, ())
    assert run_of([A_MENTEE], []).emptied_by is None


def test_a_run_that_leaves_nobody_says_what_emptied_it():
    second = replace(A_MENTEE, referral_id=UUID(int=31), mentee_id=UUID(int=32))

    told = run_of([A_MENTEE, second], mentors({"slots": (1,)}, {"engaged": 1}))

    assert (told.considered, told.emptied_by) == (2, CAPACITY)
    assert [step.remaining for step in told.steps][:3] == [2, 2, 0]
    assert told.openings == (
        Opening(constraints=(SLOT,), opens=2),
        Opening(constraints=(CAPACITY,), opens=2),
    )


def test_a_run_counts_only_those_whom_nobody_is_left_for():
    lonely = replace(
        A_MENTEE,
        referral_id=UUID(int=31),
        mentee_id=UUID(int=32),
        facets=A_MENTEE.facets.model_copy(update={"slots": (1,)}),
    )

    assert run_of([A_MENTEE], [A_MENTOR]) is None
    assert run_of([A_MENTEE, lonely], [A_MENTOR]).considered == 1


@given(anybody.mentees(), anybody.pools(), anybody.terms())
def test_each_step_counts_whom_the_rules_so_far_leave(one, others, terms):
    told = told_of(one, others, terms)

    rules = in_force(terms.policy)
    assert tuple(step.constraint for step in told.steps) == rules
    for place, step in enumerate(told.steps):
        so_far = set(rules[: place + 1])
        left = [each for each in others if not so_far & set(judge(one, each, terms).blocking)]
        assert step.remaining == len(left)


@given(anybody.mentees(), anybody.pools(), anybody.terms())
def test_lifting_an_opening_opens_and_lifting_less_does_not(one, others, terms):
    told = told_of(one, others, terms)
    blocking = [set(judge(one, each, terms).blocking) for each in others]

    def opened(lifted):
        return sum(each <= set(lifted) for each in blocking)

    for opening in told.openings:
        assert sum(each == set(opening.constraints) for each in blocking) == opening.opens
        for fewer in combinations(opening.constraints, max(len(opening.constraints) - 1, 0)):
            assert opened(fewer) == 0 or not opening.constraints
    liftable = [each for each in blocking if not each & STAYS]
    assert bool(told.openings) == bool(liftable)


@given(anybody.mentees(), anybody.pools(), anybody.terms(), st.integers(0, 6))
def test_a_pool_that_is_looked_at_part_by_part_says_the_same(one, others, terms, cut):
    parts = [judge_all(one, pool_of(each), terms).blocked for each in (others[:cut], others[cut:])]

    assert emptied(*parts) == told_of(one, others, terms)


@given(st.lists(anybody.mentees(), max_size=4), anybody.pools(most=6), anybody.terms())
def test_of_a_run_with_one_mentee_the_same_is_said_as_of_that_mentee(mentees, others, terms):
    pool = pool_of(others)
    for one in mentees:
        alone = judge_all(one, pool, terms)
        told = emptied_for_all([alone.blocked])
        if told is None:
            assert alone.feasible.any()
        else:
            assert not alone.feasible.any()
            single = emptied(alone.blocked)
            assert told.emptied_by == single.emptied_by
            assert {each.constraints for each in told.openings} == {
                each.constraints for each in single.openings
            }


def test_a_policy_without_rules_of_its_own_is_emptied_by_safety_alone():
    careless = replace(TERMS, policy=cast.policy(matching=cast.matching_policy(hard=())))

    told = told_of(A_MENTEE, mentors({"slots": (1,), "settings": ()}), careless)

    assert told.emptied_by is SCREENING
