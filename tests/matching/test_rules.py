"""The rules of matching, asked of thousands of people who do not exist."""

from dataclasses import replace
from datetime import date
from math import isclose
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.policy import Constraint, Criterion
from common.contracts.vocabulary import AgeBand, Axis, Digital, Modality, Setting
from matching.domain.constraints import ALWAYS, in_force
from matching.domain.criteria import NEUTRAL, contributions
from matching.domain.geography import distance_km
from matching.domain.judgement import judge
from matching.domain.pool import judge_all, pool_of
from matching.domain.suggestions import suggest
from tests.cast.people import PARIS
from tests.matching import anybody, cast
from tests.matching.cast import A_MENTEE, A_MENTOR, BREST, MENTEE_FACETS, MENTOR, TERMS


def mentee(**facets):
    return replace(A_MENTEE, facets=MENTEE_FACETS.model_copy(update=facets))


def mentor(**facets):
    return replace(A_MENTOR, facets=A_MENTOR.facets.model_copy(update=facets))


FAR = {"place": BREST}
REFUSED = {
    Constraint.GEOGRAPHY: (A_MENTEE, mentor(**FAR)),
    Constraint.SLOT: (A_MENTEE, mentor(slots=(1,))),
    Constraint.CAPACITY: (A_MENTEE, replace(A_MENTOR, engaged=1)),
    Constraint.READINESS: (A_MENTEE, replace(A_MENTOR, trained_for=frozenset())),
    Constraint.LANGUAGE: (A_MENTEE, mentor(languages=("en",))),
    Constraint.AGE: (A_MENTEE, mentor(age_band=MENTEE_FACETS.age_band)),
    Constraint.AXIS_AND_LEVEL: (A_MENTEE, mentor(axes=(Axis.EMPLOYMENT,))),
    Constraint.EXPERIENCE: (mentee(experience_wanted=True), mentor(experienced=False)),
    Constraint.SCREENING: (A_MENTEE, mentor(settings=(Setting.ADULT,))),
    Constraint.EXCLUDED: (replace(A_MENTEE, excluded=frozenset({MENTOR})), A_MENTOR),
    Constraint.ASSOCIATION: (A_MENTEE, replace(A_MENTOR, association_id=cast.STRANGERS)),
}


def test_two_who_suit_are_not_hindered():
    assert judge(A_MENTEE, A_MENTOR, TERMS).feasible


@pytest.mark.parametrize("constraint", Constraint)
def test_a_refusal_names_its_constraint(constraint):
    one, other = REFUSED[constraint]

    assert judge(one, other, TERMS).blocking == (constraint,)


@pytest.mark.parametrize("constraint", sorted(set(Constraint) - ALWAYS))
def test_a_policy_may_turn_a_constraint_off_unless_it_is_one_of_safety(constraint):
    hard = tuple(each for each in Constraint if each is not constraint)
    lenient = replace(TERMS, policy=cast.policy(matching=cast.matching_policy(hard=hard)))
    one, other = REFUSED[constraint]

    assert judge(one, other, lenient).feasible


@pytest.mark.parametrize("constraint", sorted(ALWAYS))
def test_no_policy_turns_safety_off(constraint):
    careless = replace(TERMS, policy=cast.policy(matching=cast.matching_policy(hard=())))
    one, other = REFUSED[constraint]

    assert judge(one, other, careless).blocking == (constraint,)


@pytest.mark.parametrize(
    "other",
    [
        replace(A_MENTOR, available=False),
        replace(A_MENTOR, programmes=frozenset()),
    ],
)
def test_a_mentor_who_is_away_or_does_not_want_the_programme_is_not_ready(other):
    assert judge(A_MENTEE, other, TERMS).blocking == (Constraint.READINESS,)


def test_a_check_that_ended_yesterday_is_no_screening():
    other = replace(A_MENTOR, screened_until=date(2026, 9, 13))

    assert judge(A_MENTEE, other, TERMS).blocking == (Constraint.SCREENING,)


@pytest.mark.parametrize(
    "one",
    [
        replace(A_MENTEE, mentee_id=MENTOR),
        replace(A_MENTEE, guardian_id=MENTOR),
        replace(A_MENTEE, prescriber_id=MENTOR),
    ],
)
def test_nobody_mentors_themselves_their_child_or_whom_they_referred(one):
    assert judge(one, A_MENTOR, TERMS).blocking == (Constraint.EXCLUDED,)


def test_a_slot_that_one_side_did_not_give_hinders_nothing():
    assert judge(mentee(slots=()), mentor(slots=(1,)), TERMS).feasible


def test_in_the_last_age_band_nobody_is_asked_to_be_older():
    eldest = AgeBand.FROM_31

    assert judge(mentee(age_band=eldest), mentor(age_band=eldest), TERMS).feasible


def test_the_distance_between_paris_and_brest_is_known():
    assert distance_km(PARIS, BREST) == pytest.approx(505, abs=2)


REMOTE = (Modality.ASSOCIATION, Modality.REMOTE)


def test_remote_accepted_by_both_lifts_distance_and_says_so():
    verdict = judge(mentee(modalities=REMOTE), mentor(modalities=REMOTE, **FAR), TERMS)

    assert verdict.feasible
    assert verdict.remote


def test_two_who_live_near_each_other_meet_in_person_although_both_accept_remote():
    assert not judge(mentee(modalities=REMOTE), mentor(modalities=REMOTE), TERMS).remote


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (mentee(modalities=REMOTE), mentor(**FAR)),
        (A_MENTEE, mentor(modalities=REMOTE, **FAR)),
        (mentee(modalities=REMOTE, digital=Digital.NONE), mentor(modalities=REMOTE, **FAR)),
    ],
)
def test_remote_needs_both_and_equipment(one, other):
    assert judge(one, other, TERMS).blocking == (Constraint.GEOGRAPHY,)


@given(anybody.mentees(), anybody.pools(), anybody.terms())
def test_the_pool_at_once_says_what_the_rules_say_one_by_one(one, others, terms):
    pool = pool_of(others)

    at_once = judge_all(one, pool, terms)

    for place, other in enumerate(pool.mentors):
        verdict = judge(one, other, terms)
        named = tuple(name for name, hit in at_once.blocked.items() if hit[place])
        assert named == verdict.blocking
        assert at_once.feasible[place] == verdict.feasible
        assert at_once.fit[place] == verdict.fit
        assert at_once.remote[place] == verdict.remote
        assert at_once.distance_km[place] == verdict.distance_km


@given(anybody.mentees(), anybody.mentors(), anybody.terms())
def test_contributions_sum_to_the_fit(one, other, terms):
    verdict = judge(one, other, terms)

    assert isclose(sum(part.contribution for part in verdict.contributions), verdict.fit)
    assert 0 <= verdict.fit <= 1
    assert isclose(sum(part.weight for part in verdict.contributions), 1)


@given(anybody.mentees(), anybody.mentors(), anybody.terms())
def test_a_missing_value_is_neutral_and_shown(one, other, terms):
    for part in judge(one, other, terms).contributions:
        assert part.contribution == part.value * part.weight
        assert not part.missing or (part.value == NEUTRAL and not part.evidence)


@given(anybody.mentees(), anybody.mentors(), anybody.terms())
def test_evidence_stands_behind_every_value_of_what_is_shared(one, other, terms):
    comparing = {Criterion.AGE}
    for part in judge(one, other, terms).contributions:
        shared = part.value > 0 and not part.missing and part.criterion not in comparing
        assert bool(part.evidence) == shared


@given(anybody.mentees(), anybody.pools(), st.randoms(), anybody.terms())
def test_the_order_in_which_mentors_came_changes_no_ranking(one, others, random, terms):
    likely = [anybody.likely(other) for other in others]
    shuffled = list(likely)
    random.shuffle(shuffled)

    ranked = suggest(one, pool_of(likely), terms, limit=20)

    assert suggest(one, pool_of(shuffled), terms, limit=20) == ranked


@given(anybody.mentees(), anybody.pools())
def test_the_ranking_is_by_fit_then_by_distance(one, others):
    ranked = suggest(
        one, pool_of([anybody.likely(each) for each in others]), TERMS, limit=20
    ).ranked

    keys = [(-each.fit, each.distance_km, each.mentor_id) for each in ranked]
    assert keys == sorted(keys)


@given(anybody.mentees(), anybody.pools(), anybody.terms())
def test_what_the_mentee_did_not_give_moves_nobody_in_the_ranking(one, others, terms):
    silent = replace(one, facets=one.facets.model_copy(update={"hobbies": ()}))
    parts = [
        part
        for other in others
        for part in contributions(silent.facets, other.facets, terms.policy)
        if part.criterion is Criterion.HOBBY
    ]

    assert len({part.contribution for part in parts}) <= 1


@given(anybody.mentees(), anybody.pools(), anybody.terms())
def test_every_mentor_is_suggested_or_refused_by_a_named_constraint(one, others, terms):
    found = suggest(one, pool_of(others), terms, limit=100)

    refused = [each for each in others if not judge(one, each, terms).feasible]
    assert len(found.ranked) + len(refused) == found.considered == len(others)
    assert all(judge(one, each, terms).blocking for each in refused)
    assert sum(found.blocked.values()) >= len(refused)
    assert set(found.blocked) <= set(in_force(terms.policy))


def test_two_thousand_mentors_rank_the_same_in_any_order():
    likely = [replace(A_MENTOR, mentor_id=UUID(int=1000 + number)) for number in range(2000)]
    shuffled = likely[1::2] + likely[::2]

    assert suggest(A_MENTEE, pool_of(shuffled), TERMS, limit=5) == suggest(
        A_MENTEE, pool_of(likely), TERMS, limit=5
    )
