"""Gates: what is missing before a first meeting is said by name."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.intake.consents import AuthorisationKind, AuthorisationWithdrawn
from common.contracts.policy import Check
from common.contracts.vocabulary import Setting
from followup.domain.errors import GatesShut
from followup.domain.first_meeting import Appointment, plan
from followup.domain.gates import Gate, Standing, missing, open_until
from followup.domain.heard import Heard, OfAuthorisation, is_authorised, of_authorisation
from followup.domain.pairs import Status, clear, follow_gates, look_at_gates, open_pair
from tests.followup.facts import (
    COORDINATOR,
    DAY,
    GUARDIAN,
    POLICY,
    T0,
    authorisation_given,
    pair_formed,
)

TODAY = date(2026, 9, 1)
OPEN = Standing(
    approved=True,
    trained=True,
    settings=frozenset(Setting),
    screened_until=date(2027, 6, 30),
    authorised=True,
    agrees=True,
    protected_until=date(2027, 3, 31),
)
OTHER_GUARDIAN = UUID(int=33)


def test_a_pair_with_a_minor_of_whom_nothing_was_heard_misses_everything():
    assert missing(Setting.CHILD_PROTECTION, Standing(), TODAY) == (
        Gate.MENTOR_APPROVED,
        Gate.MENTOR_TRAINED,
        Gate.MENTOR_SCREENED,
        Gate.GUARDIAN_AUTHORISED,
        Gate.MENTEE_AGREES,
        Gate.PROTECTION_AGREED,
    )


def test_an_adult_needs_no_guardian():
    standing = replace(OPEN, authorised=False, agrees=False, protected_until=None)

    assert missing(Setting.ADULT, standing, TODAY) == ()


@pytest.mark.parametrize("setting", Setting)
def test_nothing_is_missing_when_everything_was_heard(setting):
    assert missing(setting, OPEN, TODAY) == ()


def test_a_screening_that_ended_yesterday_is_missing():
    standing = replace(OPEN, screened_until=TODAY - timedelta(days=1))

    assert missing(Setting.MINOR, standing, TODAY) == (Gate.MENTOR_SCREENED,)


def test_a_check_that_was_renewed_counts_before_the_approval_is_said_again():
    standing = replace(
        OPEN,
        screened_until=TODAY - timedelta(days=1),
        required=(Check.CRIMINAL_RECORD_3,),
        checks={Check.CRIMINAL_RECORD_3: date(2027, 9, 1)},
    )

    assert missing(Setting.MINOR, standing, TODAY) == ()


def test_a_mentor_screened_for_adults_alone_does_not_meet_a_minor():
    standing = replace(OPEN, settings=frozenset({Setting.ADULT}))

    assert missing(Setting.MINOR, standing, TODAY) == (Gate.MENTOR_SCREENED,)


def test_the_agreement_of_child_protection_ends_the_gates_too():
    assert open_until(Setting.CHILD_PROTECTION, OPEN) == date(2027, 3, 31)
    assert open_until(Setting.MINOR, OPEN) == date(2027, 6, 30)


standings = st.builds(
    Standing,
    approved=st.booleans(),
    suspended=st.booleans(),
    trained=st.booleans(),
    settings=st.frozensets(st.sampled_from(Setting)),
    screened_until=st.none() | st.dates(),
    authorised=st.booleans(),
    agrees=st.booleans(),
    protected_until=st.none() | st.dates(),
)


@given(
    st.sampled_from(Setting),
    standings,
    st.dates(),
    st.sampled_from(("approved", "trained", "authorised", "agrees")),
)
def test_a_gate_that_opens_never_shuts_another(setting, standing, on, name):
    opened = replace(standing, **{name: True})

    assert set(missing(setting, opened, on)) <= set(missing(setting, standing, on))


def test_a_pair_that_is_not_cleared_cannot_plan_a_meeting_and_says_what_is_missing():
    pair = look_at_gates(open_pair(pair_formed(), POLICY), replace(OPEN, authorised=False), TODAY)
    appointment = Appointment(
        at=T0 + DAY, modality=POLICY.modalities[0], place=None, staff_id=COORDINATOR
    )

    with pytest.raises(GatesShut) as refused:
        plan(pair, appointment, POLICY, at=T0)

    assert refused.value.missing == (Gate.GUARDIAN_AUTHORISED,)


def test_an_active_pair_with_a_minor_rests_when_a_gate_shuts():
    pair = look_at_gates(open_pair(pair_formed(), POLICY), OPEN, TODAY)
    cleared, _ = clear(pair, at=T0)
    active = replace(cleared, status=Status.ACTIVE)

    shut = look_at_gates(active, replace(OPEN, authorised=False), TODAY)
    resting, [event] = follow_gates(shut, at=T0)

    assert resting.status == "paused"
    assert event.pair_id == pair.id


def test_one_guardian_is_enough_unless_another_says_no():
    yes = said(authorisation_given())
    no = said(withdrawn(OTHER_GUARDIAN, at=T0))

    assert is_authorised([yes])
    assert not is_authorised([yes, no])


def test_the_last_word_of_a_guardian_counts():
    no = said(withdrawn(GUARDIAN, at=T0 - 2 * DAY))
    yes = said(authorisation_given())

    assert is_authorised([no, yes])
    assert is_authorised([yes, no])


def test_an_image_authorises_nothing():
    assert of_authorisation(authorisation_given(kind=AuthorisationKind.IMAGE)) is None


def said(event: OfAuthorisation) -> Heard:
    fact = of_authorisation(event)
    assert fact is not None
    return fact


def withdrawn(guardian_id, *, at):
    return AuthorisationWithdrawn(
        occurred_at=at,
        association_id=None,
        version=1,
        authorisation_id=UUID(int=guardian_id.int + 500),
        mentee_id=pair_formed().mentee_id,
        guardian_id=guardian_id,
        kind=AuthorisationKind.PARTICIPATION,
    )
