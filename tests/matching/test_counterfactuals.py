"""What would make a refused pair possible: always true, never more than is needed."""

from dataclasses import replace
from itertools import product
from math import isclose
from uuid import UUID

import pytest
from hypothesis import given

from common.contracts.policy import Constraint
from common.contracts.vocabulary import AgeBand, Axis, Digital, Modality, Place, Setting
from matching.domain.changes import Case, Change, Kind, changed
from matching.domain.constraints import FITS
from matching.domain.counterfactuals import STAYS, Never, lifts, would_match_if
from matching.domain.geography import distance_km
from matching.domain.judgement import judge
from matching.domain.second_choice import behind
from tests.cast.people import PARIS
from tests.matching import anybody, cast
from tests.matching.cast import A_MENTEE, A_MENTOR, BREST, MENTEE, MENTOR, TERMS

REMOTE = (Modality.ASSOCIATION, Modality.REMOTE)
VERSAILLES = PARIS.model_copy(update={"latitude": 48.8049, "longitude": 2.1204})


def case(mentee=None, mentor=None, terms=TERMS, *, one=A_MENTEE, other=A_MENTOR):
    """Put the cast into a case, with other facets."""
    return Case(
        replace(one, facets=one.facets.model_copy(update=mentee or {})),
        replace(other, facets=other.facets.model_copy(update=mentor or {})),
        terms,
    )


def found_for(asked):
    return lifts(asked, judge(*asked))


def one(kind, *any_of, number=None):
    return Change(kind=kind, number=number, any_of=any_of)


def under(**rules):
    return replace(TERMS, policy=cast.policy(**rules))


EASIEST = [
    (case({}, {"modalities": REMOTE, "place": BREST}), (one(Kind.MENTEE_ACCEPTS, "remote"),)),
    (case({"modalities": REMOTE}, {"place": BREST}), (one(Kind.MENTOR_ACCEPTS, "remote"),)),
    (
        case(
            {"modalities": REMOTE, "digital": Digital.NONE},
            {"modalities": REMOTE, "place": BREST},
        ),
        (one(Kind.MENTEE_IS_EQUIPPED),),
    ),
    (
        case(
            {"modalities": REMOTE},
            {"modalities": REMOTE, "place": BREST},
            under(modalities=(Modality.ASSOCIATION,)),
        ),
        (one(Kind.PROGRAMME_ALLOWS, "remote"),),
    ),
    (case({"reach_km": 6}, {"place": VERSAILLES}), (one(Kind.MENTEE_COMES_FARTHER, number=12),)),
    (case({}, {"place": VERSAILLES, "reach_km": 10}), (one(Kind.MENTOR_COMES_FARTHER, number=8),)),
    (case({}, {"modalities": (Modality.COMPANY,)}), (one(Kind.MENTOR_ACCEPTS, "association"),)),
    (case({}, {"slots": (1, 49)}), (one(Kind.MENTOR_IS_FREE, 64, 65),)),
    (case(other=replace(A_MENTOR, engaged=2)), (one(Kind.MENTOR_HAS_MORE_PLACES, number=2),)),
    (
        case({}, {"capacity": 3}, other=replace(A_MENTOR, engaged=3)),
        (
            one(Kind.MENTOR_HAS_MORE_PLACES, number=1),
            one(Kind.PROGRAMME_ALLOWS_MORE_PLACES, number=1),
        ),
    ),
    (
        case(other=replace(A_MENTOR, trained_for=frozenset())),
        (one(Kind.MENTOR_COMPLETES_TRAINING),),
    ),
    (
        case(other=replace(A_MENTOR, available=False, programmes=frozenset())),
        (one(Kind.MENTOR_IS_BACK), one(Kind.MENTOR_JOINS_PROGRAMME)),
    ),
    (case({}, {"languages": ("en",)}), (one(Kind.PROGRAMME_DROPS_RULE, "language"),)),
    (
        case({}, {"age_band": A_MENTEE.facets.age_band}),
        (one(Kind.PROGRAMME_ASKS_FEWER_AGE_BANDS, number=1),),
    ),
    (case({}, {"age_band": AgeBand.FROM_11}), (one(Kind.PROGRAMME_DROPS_RULE, "age"),)),
    (case({}, {"axes": (Axis.EMPLOYMENT,)}), (one(Kind.MENTOR_TAKES_AXIS, "education"),)),
    (case({}, {"levels": ("college",)}), (one(Kind.MENTOR_TAKES_LEVEL, "lycee"),)),
    (
        case({"experience_wanted": True}, {"experienced": False}),
        (one(Kind.MENTEE_ASKS_NO_EXPERIENCE),),
    ),
    (
        case(other=replace(A_MENTOR, association_id=cast.STRANGERS)),
        (one(Kind.ASSOCIATIONS_POOL),),
    ),
]


@pytest.mark.parametrize(("asked", "easiest"), EASIEST)
def test_the_easiest_decisions_come_first(asked, easiest):
    [lift] = found_for(asked)

    assert lift.ways[0] == easiest
    assert would_match_if((lift,)) == easiest


def test_who_is_12_km_out_of_reach_is_told_so_beside_the_other_ways():
    [lift] = found_for(case({"reach_km": 6}, {"place": VERSAILLES}))

    assert distance_km(PARIS, VERSAILLES) == pytest.approx(17.9, abs=0.1)
    assert lift.ways == (
        (one(Kind.MENTEE_COMES_FARTHER, number=12),),
        (one(Kind.MENTEE_ACCEPTS, "remote"), one(Kind.MENTOR_ACCEPTS, "remote")),
    )


def test_a_part_of_a_kilometre_is_a_whole_one():
    near_by = PARIS.model_copy(update={"latitude": PARIS.latitude + 0.003})

    [lift] = found_for(case({"reach_km": 0}, {"place": near_by}))

    assert distance_km(PARIS, near_by) < 0.4
    assert lift.ways[0] == (one(Kind.MENTEE_COMES_FARTHER, number=1),)


def test_who_accepts_one_more_place_gives_up_none():
    anywhere = case({"modalities": ()}, {"modalities": ()})
    both = (one(Kind.MENTEE_ACCEPTS, "remote"), one(Kind.MENTOR_ACCEPTS, "remote"))

    then = judge(*changed(anywhere, both))

    assert (then.feasible, then.remote) == (True, False)


@pytest.mark.parametrize(
    ("asked", "never"),
    [
        (case({}, {"settings": (Setting.ADULT,)}), Never.SCREENING),
        (case(one=replace(A_MENTEE, excluded=frozenset({MENTOR}))), Never.PARTED),
        (case(one=replace(A_MENTEE, guardian_id=MENTOR)), Never.CONFLICT_OF_INTEREST),
        (case(one=replace(A_MENTEE, prescriber_id=MENTOR)), Never.CONFLICT_OF_INTEREST),
        (case(other=replace(A_MENTOR, mentor_id=MENTEE)), Never.CONFLICT_OF_INTEREST),
        (case(other=replace(A_MENTOR, engaged=10)), Never.OUT_OF_BOUNDS),
    ],
)
def test_what_must_stay_says_why_and_offers_nothing(asked, never):
    [lift] = found_for(asked)

    assert (lift.ways, lift.never) == ((), never)
    assert would_match_if((lift,)) == ()


def test_a_reach_that_nobody_may_give_is_not_offered():
    reunion = Place.model_validate({**PARIS.model_dump(), "latitude": -21.1, "longitude": 55.5})

    [lift] = found_for(case({}, {"place": reunion}))

    assert lift.ways == ((one(Kind.MENTEE_ACCEPTS, "remote"), one(Kind.MENTOR_ACCEPTS, "remote")),)


def test_two_who_suit_need_no_change():
    assert found_for(case()) == ()
    assert would_match_if(()) == ()


@given(anybody.mentees(), anybody.mentors(), anybody.terms())
def test_every_refusal_names_true_constraints_and_each_has_a_way_or_a_reason(one, other, terms):
    asked = Case(one, other, terms)
    verdict = judge(*asked)

    assert all(not FITS[name](*asked) for name in verdict.blocking)
    found = lifts(asked, verdict)
    assert tuple(lift.constraint for lift in found) == verdict.blocking
    for lift in found:
        assert bool(lift.ways) == (lift.never is None)
        assert (lift.constraint in STAYS) <= (lift.never is not None)


@given(anybody.mentees(), anybody.mentors(), anybody.terms())
def test_each_way_lifts_exactly_its_own_constraint(one, other, terms):
    asked = Case(one, other, terms)
    blocking = judge(*asked).blocking

    for lift in found_for(asked):
        rest = tuple(name for name in blocking if name is not lift.constraint)
        for way in lift.ways:
            assert judge(*changed(asked, way)).blocking == rest


@given(anybody.mentees(), anybody.mentors(), anybody.terms())
def test_lifting_exactly_the_named_constraints_makes_the_pair_possible(one, other, terms):
    asked = Case(one, other, terms)
    found = found_for(asked)

    for chosen in product(*(lift.ways for lift in found)):
        together = tuple(change for way in chosen for change in way)
        assert judge(*changed(asked, together)).feasible


@given(anybody.mentees(), anybody.mentors(), anybody.terms())
def test_no_decision_that_is_named_could_be_spared(one, other, terms):
    asked = Case(one, other, terms)
    found = found_for(asked)
    told = would_match_if(found)

    assert bool(told) == (bool(found) and all(lift.ways for lift in found))
    assert not told or judge(*changed(asked, told)).feasible
    for spared in told:
        fewer = tuple(each for each in told if each is not spared)
        assert not judge(*changed(asked, fewer)).feasible


@given(anybody.mentees(), anybody.mentors(), anybody.terms())
def test_any_of_the_hours_that_are_named_would_do(one, other, terms):
    asked = Case(one, other, terms)

    for lift in found_for(asked):
        for [change] in lift.ways if lift.constraint is Constraint.SLOT else ():
            for hour in change.any_of:
                then = changed(asked, (replace(change, any_of=(hour,)),))
                assert Constraint.SLOT not in judge(*then).blocking


@given(anybody.mentees(), anybody.mentors(), anybody.mentors(), anybody.terms())
def test_what_a_second_choice_costs_is_the_sum_of_its_criteria(one, first, second, terms):
    best, other = judge(one, first, terms), judge(one, second, terms)

    told = behind(best, other)

    assert told.less == best.fit - other.fit
    assert isclose(sum(told.by_criterion.values()), told.less, abs_tol=1e-9)


def test_the_first_costs_nothing_more_than_itself():
    verdict = judge(A_MENTEE, replace(A_MENTOR, mentor_id=UUID(int=77)), TERMS)

    assert (behind(verdict, verdict).less, behind(verdict, verdict).by_criterion) == (0, {})
