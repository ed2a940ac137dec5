"""Who sees what of a case, decided by whose hands it is in."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.intake.referrals import DeclineReason
from intake.domain import asking
from intake.domain.pairs import Pair, Phase
from intake.domain.people import NotTheirs
from intake.domain.referrals import Status
from intake.domain.sight import (
    Look,
    NotYourCase,
    Reader,
    Sight,
    Ties,
    check_in_charge,
    check_may_choose,
    check_may_erase,
    check_may_open,
    check_may_qualify,
    check_sight,
    sight_of,
)
from tests.intake.cast import ANOTHER_ASSOCIATION, ASSOCIATION, NOW, PRESCRIBER, SHELF
from tests.intake.test_referral_machine import NEW

MENTOR = UUID(int=99)
SUBMITTED = replace(NEW, status=Status.QUALIFIED, prescriber_id=PRESCRIBER)
OFFERED, _offered = asking.offer(SUBMITTED, SHELF.askable(), at=NOW)
ACCEPTED, _accepted = asking.accept(OFFERED, by=frozenset({ASSOCIATION}), free_places=1, at=NOW)
DECLINED, _declined = asking.decline(
    OFFERED, by=frozenset({ASSOCIATION}), reason=DeclineReason.PUBLIC, at=NOW
)
OWN = Reader(person_id=UUID(int=2), staff_of=frozenset({ASSOCIATION}))
OTHER = Reader(person_id=UUID(int=4), staff_of=frozenset({ANOTHER_ASSOCIATION}))
COLLECTIVE = Reader(person_id=UUID(int=1), collective=True)
SCHOOL = Reader(person_id=PRESCRIBER, prescriber=True)
ANOTHER_SCHOOL = Reader(person_id=UUID(int=6), prescriber=True)
NO_SCHOOL_ANY_MORE = replace(SCHOOL, prescriber=False)
MENTEE = Reader(person_id=NEW.mentee_id)
GUARDIAN = Reader(person_id=UUID(int=42))
STRANGER = Reader(person_id=UUID(int=5))


@pytest.mark.parametrize(
    ("referral", "reader", "sight"),
    [
        (SUBMITTED, OWN, Sight.NOTHING),
        (OFFERED, OWN, Sight.WHOLE),
        (ACCEPTED, OWN, Sight.WHOLE),
        (DECLINED, OWN, Sight.NOTHING),
        (OFFERED, OTHER, Sight.NOTHING),
        (SUBMITTED, COLLECTIVE, Sight.WHOLE),
        (OFFERED, COLLECTIVE, Sight.STATUS),
        (ACCEPTED, COLLECTIVE, Sight.STATUS),
        (ACCEPTED, SCHOOL, Sight.STATUS),
        (ACCEPTED, ANOTHER_SCHOOL, Sight.NOTHING),
        (ACCEPTED, NO_SCHOOL_ANY_MORE, Sight.NOTHING),
        (ACCEPTED, MENTEE, Sight.WHOLE),
        (ACCEPTED, GUARDIAN, Sight.WHOLE),
        (ACCEPTED, STRANGER, Sight.NOTHING),
    ],
)
def test_a_case_is_seen_by_those_in_whose_hands_it_is(referral, reader, sight):
    assert sight_of(referral, reader) is sight


def test_who_entered_a_case_and_then_declined_it_keeps_its_state_alone():
    entered = replace(OFFERED, origin_id=ASSOCIATION)
    declined, _ = asking.decline(
        entered, by=frozenset({ASSOCIATION}), reason=DeclineReason.PUBLIC, at=NOW
    )

    assert sight_of(entered, OWN) is Sight.WHOLE
    assert sight_of(declined, OWN) is Sight.STATUS


def test_who_sees_nothing_is_told_that_it_is_not_theirs():
    with pytest.raises(NotYourCase):
        check_sight(OFFERED, OTHER)
    with pytest.raises(NotYourCase):
        check_in_charge(OFFERED, COLLECTIVE)


def test_its_people_and_who_brought_it_choose_and_the_collective_until_it_is_taken():
    for reader in (MENTEE, GUARDIAN, SCHOOL, COLLECTIVE, OWN):
        check_may_choose(OFFERED, reader)
    for reader in (OTHER, STRANGER, ANOTHER_SCHOOL, NO_SCHOOL_ANY_MORE):
        with pytest.raises(NotYourCase):
            check_may_choose(OFFERED, reader)
    with pytest.raises(NotYourCase):
        check_may_choose(ACCEPTED, COLLECTIVE)


PAIR = Pair(
    id=UUID(int=500),
    referral_id=NEW.id,
    association_id=ASSOCIATION,
    mentee_id=NEW.mentee_id,
    mentor_id=MENTOR,
    phase=Phase.FORMED,
)
THE_MENTEE = Ties(person_id=NEW.mentee_id, referrals=(ACCEPTED,), pairs=(PAIR,))
THE_GUARDIAN = Ties(person_id=GUARDIAN.person_id, referrals=(ACCEPTED,))
THE_MENTOR = Ties(
    person_id=MENTOR,
    home_id=ASSOCIATION,
    pairs=(PAIR,),
    guardians={NEW.mentee_id: GUARDIAN.person_id},
)
A_COLLEAGUE = Ties(
    person_id=UUID(int=98),
    home_id=ANOTHER_ASSOCIATION,
    works_at=frozenset({ASSOCIATION, ANOTHER_ASSOCIATION}),
)


@pytest.mark.parametrize(
    ("ties", "reader", "look"),
    [
        (THE_MENTEE, MENTEE, Look.WHOLE),
        (THE_MENTEE, GUARDIAN, Look.WHOLE),
        (THE_MENTEE, OWN, Look.WHOLE),
        (THE_MENTEE, Reader(person_id=MENTOR), Look.CONTACT),
        (THE_MENTOR, Reader(person_id=MENTOR), Look.WHOLE),
        (THE_MENTOR, OWN, Look.WHOLE),
        (THE_MENTOR, MENTEE, Look.CONTACT),
        (THE_MENTOR, GUARDIAN, Look.CONTACT),
        (A_COLLEAGUE, OTHER, Look.WHOLE),
        (A_COLLEAGUE, OWN, Look.CONTACT),
    ],
)
def test_a_card_is_opened_as_far_as_one_is_tied_to_the_person(ties, reader, look):
    assert check_may_open(ties, reader) is look


@pytest.mark.parametrize("reader", [OTHER, COLLECTIVE, SCHOOL, STRANGER])
@pytest.mark.parametrize("ties", [THE_MENTEE, THE_MENTOR])
def test_nobody_else_opens_a_card_or_erases(ties, reader):
    with pytest.raises(NotTheirs):
        check_may_open(ties, reader)
    with pytest.raises(NotTheirs):
        check_may_erase(ties, reader)


def test_a_pair_that_closed_ties_nobody_any_more():
    over = replace(THE_MENTEE, pairs=(replace(PAIR, phase=Phase.CLOSED),))

    with pytest.raises(NotTheirs):
        check_may_open(over, Reader(person_id=MENTOR))


@pytest.mark.parametrize(
    ("ties", "reader"),
    [
        (THE_MENTEE, MENTEE),
        (THE_MENTEE, GUARDIAN),
        (THE_MENTEE, OWN),
        (THE_GUARDIAN, GUARDIAN),
        (THE_MENTOR, Reader(person_id=MENTOR)),
        (THE_MENTOR, OWN),
    ],
)
def test_people_erase_themselves_and_those_they_answer_for(ties, reader):
    check_may_erase(ties, reader)


def test_a_mentee_opens_the_card_of_their_guardian_and_never_erases_it():
    assert check_may_open(THE_GUARDIAN, MENTEE) is Look.WHOLE

    with pytest.raises(NotTheirs):
        check_may_erase(THE_GUARDIAN, MENTEE)


def test_who_works_in_two_places_is_erased_by_the_first_alone():
    check_may_erase(A_COLLEAGUE, OTHER)

    with pytest.raises(NotTheirs):
        check_may_erase(A_COLLEAGUE, OWN)


def test_a_mentor_never_erases_the_mentee():
    with pytest.raises(NotTheirs):
        check_may_erase(THE_MENTEE, Reader(person_id=MENTOR))


@given(st.uuids(), st.frozensets(st.uuids(), max_size=3))
def test_a_stranger_sees_nothing_whatever_their_associations(person_id, staff_of):
    reader = Reader(person_id=person_id, staff_of=staff_of - {ASSOCIATION})

    assert sight_of(ACCEPTED, reader) is Sight.NOTHING


@pytest.mark.parametrize("reader", [MENTEE, GUARDIAN, SCHOOL, OTHER, STRANGER])
def test_nobody_qualifies_a_need_but_those_whose_work_it_is(reader):
    with pytest.raises(NotYourCase):
        check_may_qualify(SUBMITTED, reader)


def test_the_collective_qualifies_what_no_association_has_taken():
    check_may_qualify(SUBMITTED, COLLECTIVE)
    check_may_qualify(OFFERED, OWN)
    with pytest.raises(NotYourCase):
        check_may_qualify(ACCEPTED, COLLECTIVE)
