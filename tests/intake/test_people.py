"""Ages, settings and guardians."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.vocabulary import AgeBand, Public, Setting
from intake.domain.people import (
    BANDS,
    AgeMissing,
    Ages,
    GuardianMissing,
    GuardianUnreachable,
    Identity,
    ImpossibleBirthDate,
    TooYoung,
    check_guardian,
    mentee_ages,
    mentor_ages,
    setting_of,
)

TODAY = date(2026, 9, 7)
GUARDIAN = Identity(given_name="Samira", family_name="Benali", email="s@example.org")
MINOR = Ages(youngest=14, oldest=14)
ADULT = Ages(youngest=20, oldest=20)


@given(st.integers(5, 120))
def test_every_age_has_one_band(age):
    bands = [band for band, (first, last) in BANDS.items() if first <= age <= last]

    assert bands == [Ages(youngest=age, oldest=age).band]


@pytest.mark.parametrize(
    ("born", "refused"),
    [
        (date(2026, 9, 8), ImpossibleBirthDate),
        (date(1890, 1, 1), ImpossibleBirthDate),
        (date(2023, 1, 1), TooYoung),
    ],
)
def test_an_impossible_birth_date_is_refused_by_its_field(born, refused):
    with pytest.raises(refused) as no:
        mentee_ages(born, None, on=TODAY)

    assert no.value.field == "birth_date"


def test_a_birth_date_or_a_band_is_needed():
    with pytest.raises(AgeMissing):
        mentee_ages(None, None, on=TODAY)


def test_a_band_alone_says_between_which_ages():
    assert mentee_ages(None, AgeBand.FROM_15, on=TODAY) == Ages(youngest=15, oldest=17)


def test_a_mentor_is_of_age():
    with pytest.raises(TooYoung):
        mentor_ages(date(2008, 9, 8), on=TODAY)

    assert mentor_ages(date(2008, 9, 7), on=TODAY).youngest == 18


def test_a_minor_in_care_has_a_path_of_their_own_and_an_adult_who_was_has_not():
    in_care = (Public.CHILD_PROTECTION,)

    assert setting_of(MINOR, in_care) is Setting.CHILD_PROTECTION
    assert setting_of(MINOR, ()) is Setting.MINOR
    assert setting_of(ADULT, in_care) is Setting.ADULT


def test_a_minor_needs_a_guardian_who_can_be_reached():
    with pytest.raises(GuardianMissing) as missing:
        check_guardian(MINOR, None)
    with pytest.raises(GuardianUnreachable):
        check_guardian(MINOR, Identity(given_name="S", family_name="B"))

    assert missing.value.field == "guardian"
    check_guardian(MINOR, GUARDIAN)
    check_guardian(ADULT, None)
