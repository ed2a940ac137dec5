"""What a refusal names is true: lift exactly that, and the pair is possible."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from common.contracts.policy import Constraint
from common.contracts.vocabulary import AgeBand, Axis, Setting
from matching.domain.judgement import judge
from tests.cast.people import PARIS
from tests.matching import anybody, cast

THE_PROGRAMME = frozenset({cast.PROGRAMME})
LIFTED = {
    Constraint.GEOGRAPHY: lambda one, other: (
        replace(
            one,
            facets=one.facets.model_copy(
                update={"reach_km": 500, "place": PARIS, "modalities": ()}
            ),
        ),
        replace(
            other,
            facets=other.facets.model_copy(
                update={"reach_km": 500, "place": PARIS, "modalities": ()}
            ),
        ),
    ),
    Constraint.SLOT: lambda one, other: (one, mentor_of(other, slots=())),
    Constraint.CAPACITY: lambda one, other: (
        one,
        replace(mentor_of(other, capacity=1), engaged=0),
    ),
    Constraint.READINESS: lambda one, other: (
        one,
        replace(other, available=True, programmes=THE_PROGRAMME, trained_for=THE_PROGRAMME),
    ),
    Constraint.LANGUAGE: lambda one, other: (one, mentor_of(other, languages=())),
    Constraint.AGE: lambda one, other: (one, mentor_of(other, age_band=AgeBand.FROM_31)),
    Constraint.AXIS_AND_LEVEL: lambda one, other: (
        one,
        mentor_of(other, axes=tuple(Axis), levels=()),
    ),
    Constraint.EXPERIENCE: lambda one, other: (one, mentor_of(other, experienced=True)),
    Constraint.SCREENING: lambda one, other: (
        one,
        replace(mentor_of(other, settings=tuple(Setting)), screened_until=None),
    ),
    Constraint.EXCLUDED: lambda one, other: (
        replace(one, excluded=frozenset(), guardian_id=None),
        other,
    ),
    Constraint.ASSOCIATION: lambda one, other: (
        one,
        replace(other, association_id=cast.ASSOCIATION),
    ),
}


def mentor_of(other, **facets):
    return replace(other, facets=other.facets.model_copy(update=facets))


@given(
    anybody.mentees(),
    anybody.mentors(),
    anybody.terms().map(
        lambda each: replace(each, policy=each.policy.model_copy(update={"modalities": ()}))
    ),
)
def test_lifting_what_a_refusal_names_makes_the_pair_possible(one, other, terms):
    blocking = judge(one, other, terms).blocking

    for constraint in blocking:
        one, other = LIFTED[constraint](one, other)

    assert judge(one, other, terms).feasible


@given(anybody.mentees(), anybody.mentors(), anybody.terms(), st.sampled_from(Constraint))
def test_a_pair_that_is_not_blocked_by_a_constraint_does_not_need_it_lifted(
    one, other, terms, constraint
):
    blocking = judge(one, other, terms).blocking

    lifted = judge(*LIFTED[constraint](one, other), terms).blocking

    modalities_rule = terms.policy.modalities and constraint is Constraint.GEOGRAPHY
    assert modalities_rule or constraint not in lifted
    assert set(lifted) <= set(blocking) | {constraint}
