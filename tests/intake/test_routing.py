"""Routing explains itself: every reason by name, the best first, a second choice."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.intake.referrals import DeclineReason
from common.contracts.policy import Meetings, Per
from common.contracts.vocabulary import Axis, Digital, Modality, Setting
from intake.domain.distances import kilometres
from intake.domain.people import Ages
from intake.domain.referrals import Refusal
from intake.domain.routing import (
    Aspect,
    OfferDoesNotSuit,
    OutsideTheOffer,
    Reason,
    best,
    check_wish,
    chosen,
    minutes_a_month,
    rank,
    rate,
)
from tests.cast.people import PARIS
from tests.intake.cast import ASSOCIATION, FACETS, MARSEILLE, NOW, POLICY, SHELF, WANT


def facets(**changed):
    return replace(WANT, facets=FACETS.model_copy(update=changed))


def policy(**changed):
    return replace(SHELF, policy=POLICY.model_copy(update=changed))


def against(want, shelf):
    return [reason.aspect for reason in rate(want, shelf).against]


def test_an_offer_that_fits_has_every_reason_for_it():
    rated = rate(WANT, SHELF)

    assert rated.suits
    assert not rated.against
    assert {reason.aspect for reason in rated.reasons} == set(Aspect)


@pytest.mark.parametrize(
    ("want", "shelf", "hindrance"),
    [
        (replace(WANT, ages=Ages(youngest=40, oldest=40)), SHELF, Aspect.AGE),
        (facets(axis=Axis.EMPLOYMENT), SHELF, Aspect.AXIS),
        (WANT, policy(levels=("terminale",)), Aspect.LEVEL),
        (facets(setting=Setting.CHILD_PROTECTION), policy(settings=("minor",)), Aspect.PUBLIC),
        (facets(modalities=(Modality.COMPANY,)), SHELF, Aspect.MODALITY),
        (facets(place=PARIS), SHELF, Aspect.TERRITORY),
        (WANT, replace(SHELF, taken=10), Aspect.CAPACITY),
        (WANT, replace(SHELF, open=False), Aspect.OPEN),
    ],
)
def test_each_hindrance_has_its_name_and_comes_alone(want, shelf, hindrance):
    assert against(want, shelf) == [hindrance]
    assert best(rank(want, [shelf])) is None


def test_the_reason_says_what_was_measured_and_its_limit():
    reasons = rate(facets(place=PARIS), SHELF).reasons
    [territory] = [reason for reason in reasons if reason.aspect is Aspect.TERRITORY]

    assert territory == Reason(aspect=Aspect.TERRITORY, fits=False, measured=661, limit=20)


def test_rural_youth_with_nobody_within_reach_is_served_at_a_distance():
    remote = replace(
        SHELF, place=PARIS, policy=POLICY.model_copy(update={"modalities": (Modality.REMOTE,)})
    )
    want = facets(modalities=(Modality.HOME, Modality.REMOTE))

    rated = rate(want, remote)

    assert rated.suits
    assert rated.modality is Modality.REMOTE


def test_nobody_meets_at_a_distance_without_equipment():
    remote = policy(modalities=(Modality.REMOTE,))
    want = facets(modalities=(Modality.REMOTE,), digital=Digital.NONE)

    assert Aspect.MODALITY in against(want, remote)


def test_the_mentor_travels_home_and_the_mentee_to_the_association():
    there = MARSEILLE.model_copy(update={"latitude": 43.47})  # 19 km to the north
    at_home = facets(modalities=(Modality.HOME,), place=there)
    at_the_association = facets(modalities=(Modality.ASSOCIATION,), place=there)

    assert against(at_home, SHELF) == [Aspect.TERRITORY]
    assert against(at_the_association, SHELF) == []


def test_the_time_that_a_person_wants_to_give_is_a_wish_and_no_condition():
    rated = rate(replace(WANT, minutes_a_month=60), SHELF)

    assert rated.suits
    assert [reason.aspect for reason in rated.against] == [Aspect.ENGAGEMENT]


def test_two_hours_a_week_are_five_hundred_and_twenty_minutes_a_month():
    assert minutes_a_month(Meetings(count=1, per=Per.WEEK, minutes=120)) == 520


REFUSED = Refusal(
    offer_id=SHELF.offer_id, association_id=ASSOCIATION, reason=DeclineReason.AGE, at=NOW
)


def test_an_association_that_said_no_is_not_asked_again():
    assert against(replace(WANT, refusals=(REFUSED,)), SHELF) == [Aspect.ALREADY_ASKED]


@pytest.mark.parametrize("reason", [DeclineReason.NO_CAPACITY, None])
def test_an_association_that_lacked_a_place_is_asked_again_once_it_has_a_new_one(reason):
    want = replace(WANT, refusals=(replace(REFUSED, reason=reason),))

    assert against(want, SHELF) == [Aspect.ALREADY_ASKED]
    assert against(want, replace(SHELF, opened_at=NOW + timedelta(days=1))) == []


NEXT_OFFER = replace(SHELF, offer_id=UUID(int=21))


@pytest.mark.parametrize(
    ("reason", "asked"),
    [
        (DeclineReason.OUT_OF_TERRITORY, True),
        (DeclineReason.AGE, True),
        (DeclineReason.PUBLIC, True),
        (DeclineReason.NO_CAPACITY, True),
        (DeclineReason.MODALITY, True),
        (DeclineReason.NOT_MENTORING, False),
        (DeclineReason.DUPLICATE, False),
        (DeclineReason.UNREACHABLE, False),
        (DeclineReason.REFUSES, False),
        (None, False),
    ],
)
def test_a_no_to_a_person_and_silence_hold_for_whatever_the_association_offers(reason, asked):
    want = replace(WANT, refusals=(replace(REFUSED, reason=reason),))
    elsewhere = replace(NEXT_OFFER, association_id=UUID(int=11))

    assert rate(want, NEXT_OFFER).suits is asked
    assert rate(want, elsewhere).suits


def test_the_nearest_comes_first_and_a_queue_sends_on_to_the_next():
    near = SHELF
    there = MARSEILLE.model_copy(update={"latitude": 43.35})
    far = replace(SHELF, offer_id=UUID(int=21), place=there)

    assert best(rank(WANT, [far, near])) == near
    assert best(rank(WANT, [far, replace(near, asked=10)])) == far


def test_a_choice_must_suit():
    ranking = rank(WANT, [replace(SHELF, taken=10)])

    with pytest.raises(OfferDoesNotSuit):
        chosen(ranking, SHELF.offer_id)


def test_a_wish_that_can_never_be_names_the_field():
    with pytest.raises(OutsideTheOffer) as no:
        check_wish(replace(WANT, ages=Ages(youngest=40, oldest=40)), SHELF)

    assert no.value.field == "birth_date"
    check_wish(WANT, replace(SHELF, taken=10))


SHELVES = st.builds(
    lambda number, taken, asked, is_open, place, age: replace(
        SHELF,
        offer_id=UUID(int=100 + number),
        taken=taken,
        asked=asked,
        open=is_open,
        place=place,
        policy=POLICY.model_copy(update={"ages": (5, age)}),
    ),
    st.integers(0, 10_000),
    st.integers(0, 12),
    st.integers(0, 12),
    st.booleans(),
    st.sampled_from([MARSEILLE, PARIS]),
    st.integers(5, 30),
)


@given(st.lists(SHELVES, max_size=8, unique_by=lambda shelf: shelf.offer_id), st.randoms())
def test_the_ranking_does_not_depend_on_the_order_and_puts_who_suits_first(shelves, chance):
    shuffled = list(shelves)
    chance.shuffle(shuffled)

    ranking = rank(WANT, shelves)

    assert ranking == rank(WANT, shuffled)
    suits = [rated.suits for rated in ranking]
    assert suits == sorted(suits, reverse=True)
    assert all(rated.shelf.free > 0 and rated.shelf.open for rated in ranking if rated.suits)
    assert all(rated.against for rated in ranking if not rated.suits)


PLACES = st.builds(
    lambda latitude, longitude: MARSEILLE.model_copy(
        update={"latitude": latitude, "longitude": longitude}
    ),
    st.floats(-89, 89),
    st.floats(-179, 179),
)


@given(PLACES, PLACES)
def test_a_distance_is_the_same_both_ways_and_never_more_than_half_the_earth(one, other):
    assert kilometres(one, other) == kilometres(other, one)
    assert 0 <= kilometres(one, other) <= 20_016
    assert kilometres(one, one) == 0
