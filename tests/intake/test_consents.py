"""Who may agree for whom, and for how long."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from common.contracts.intake.consents import (
    AdherenceGiven,
    AdherenceWithdrawn,
    AuthorisationGiven,
    AuthorisationKind,
    AuthorisationWithdrawn,
)
from intake.domain.consents import (
    Adherence,
    AlreadyOver,
    Answer,
    Authorisation,
    NotInPerson,
    NotTheGuardian,
    NotYetEvaluated,
    Protection,
    ValidTooLong,
    Voice,
    adhere,
    agree_protection,
    decide,
)
from tests.intake.cast import COORDINATOR, NOW

MENTEE = UUID(int=81)
GUARDIAN = UUID(int=82)
ASKED = Authorisation(
    id=UUID(int=80),
    mentee_id=MENTEE,
    guardian_id=GUARDIAN,
    referral_id=UUID(int=83),
    kind=AuthorisationKind.PARTICIPATION,
    asked_at=NOW,
)
UNSAID = Adherence(
    id=UUID(int=84), mentee_id=MENTEE, given=False, said_at=NOW, on_paper=False, version=0
)
LATER = NOW + timedelta(hours=1)
THE_GUARDIAN = Voice(person_id=GUARDIAN)
THE_MENTEE = Voice(person_id=MENTEE)
A_PAPER = Voice(person_id=COORDINATOR, on_paper=True, in_charge=True)


def test_a_guardian_authorises_and_takes_it_back():
    given, yes = decide(ASKED, given=True, by=THE_GUARDIAN, at=NOW)
    withdrawn, no = decide(given, given=False, by=THE_GUARDIAN, at=NOW)

    assert isinstance(yes, AuthorisationGiven)
    assert isinstance(no, AuthorisationWithdrawn)
    assert (given.version, withdrawn.version) == (2, 3)


def test_an_answer_says_when_it_was_given_and_by_whose_hand():
    for voice, on_paper in ((THE_GUARDIAN, False), (A_PAPER, True)):
        given, _ = decide(ASKED, given=True, by=voice, at=LATER)
        assert (given.answer, given.answered_at, given.on_paper) == (Answer.GIVEN, LATER, on_paper)
    for voice, on_paper in ((THE_MENTEE, False), (A_PAPER, True)):
        said, event = adhere(UNSAID, given=True, by=voice, at=LATER)
        assert (said.given, said.said_at, said.on_paper) == (True, LATER, on_paper)
        assert event == AdherenceGiven(
            occurred_at=LATER,
            association_id=None,
            version=1,
            adherence_id=UNSAID.id,
            mentee_id=MENTEE,
        )


def test_saying_it_twice_announces_nothing():
    given, _ = decide(ASKED, given=True, by=THE_GUARDIAN, at=NOW)

    assert decide(given, given=True, by=THE_GUARDIAN, at=NOW) == (given, None)


def test_an_association_notes_down_a_paper_and_decides_nothing_itself():
    given, _ = decide(ASKED, given=True, by=A_PAPER, at=NOW)

    assert given.on_paper
    for voice in (
        Voice(person_id=COORDINATOR, in_charge=True),
        Voice(person_id=COORDINATOR, on_paper=True),
        THE_MENTEE,
    ):
        with pytest.raises(NotTheGuardian):
            decide(ASKED, given=True, by=voice, at=NOW)


def test_a_minor_agrees_in_person_and_no_guardian_does_it_for_them():
    said, yes = adhere(UNSAID, given=True, by=THE_MENTEE, at=NOW)
    _, no = adhere(said, given=False, by=THE_MENTEE, at=NOW)

    assert isinstance(yes, AdherenceGiven)
    assert isinstance(no, AdherenceWithdrawn)
    with pytest.raises(NotInPerson):
        adhere(UNSAID, given=True, by=THE_GUARDIAN, at=NOW)


def test_a_no_said_first_is_kept_too():
    said, event = adhere(UNSAID, given=False, by=THE_MENTEE, at=NOW)

    assert isinstance(event, AdherenceWithdrawn)
    assert said.version == 1


@pytest.mark.parametrize(
    ("evaluated_on", "valid_until", "refused", "field"),
    [
        (date(2026, 9, 8), date(2027, 9, 8), NotYetEvaluated, "evaluated_on"),
        (date(2026, 9, 1), date(2027, 9, 2), ValidTooLong, "valid_until"),
        (date(2025, 9, 7), date(2026, 9, 7), AlreadyOver, "valid_until"),
    ],
)
def test_the_child_protection_service_agrees_for_a_year_at_most(
    evaluated_on, valid_until, refused, field
):
    protection = Protection(
        id=UUID(int=85),
        mentee_id=MENTEE,
        evaluated_on=evaluated_on,
        valid_until=valid_until,
        version=1,
    )

    with pytest.raises(refused) as no:
        agree_protection(protection, at=NOW)
    assert no.value.field == field


def test_what_was_evaluated_today_counts_today():
    protection = Protection(
        id=UUID(int=85),
        mentee_id=MENTEE,
        evaluated_on=NOW.date(),
        valid_until=NOW.date() + timedelta(days=1),
        version=1,
    )

    assert agree_protection(protection, at=NOW)[0] == protection


def test_an_agreement_of_a_year_is_announced():
    protection = Protection(
        id=UUID(int=85),
        mentee_id=MENTEE,
        evaluated_on=date(2026, 9, 1),
        valid_until=date(2027, 9, 1),
        version=1,
    )

    _, event = agree_protection(protection, at=NOW)

    assert event.valid_until == date(2027, 9, 1)
