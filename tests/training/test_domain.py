"""The rules of training, each as one sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.training import SessionKind
from training.domain.audience import NotForYou, require_visible, sights
from training.domain.sessions import (
    AlreadySignedUp,
    DateNotPossible,
    LongerThanTheSession,
    ModuleNotOfAnyPath,
    NotSignedUp,
    Plan,
    Session,
    SessionCalledOff,
    SessionFull,
    SessionNotStarted,
    SessionStarted,
    SignUp,
    SignUpState,
    Wish,
    cancel,
    enrol,
    give_up,
    record,
    schedule,
    sign_up,
)

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
ASSOCIATION, PROGRAMME, SESSION = UUID(int=1), UUID(int=11), UUID(int=31)
MENTOR = UUID(int=21)

PLAN = Plan(
    association_id=ASSOCIATION,
    programme_id=PROGRAMME,
    kind=SessionKind.TRAINING,
    modules=("posture",),
    starts_at=TOMORROW,
    minutes=120,
    places=2,
    remote=False,
)
PLANNED = schedule(PLAN, session_id=SESSION, known_modules=["posture"], at=NOW)[0]
WISH = Wish(sign_up_id=UUID(int=41), session_id=SESSION, person_id=MENTOR)
FILLED, TAKEN = sign_up(PLANNED, WISH, None, at=NOW)[:2]


def test_a_session_is_announced_with_its_date_and_places():
    session, event = schedule(PLAN, session_id=SESSION, known_modules=["posture"], at=NOW)

    assert session.state == "scheduled"
    assert (event.session_id, event.starts_at, event.places) == (SESSION, TOMORROW, 2)
    assert event.version == session.version == 1


@pytest.mark.parametrize("starts_at", [NOW, NOW - timedelta(days=1), NOW + timedelta(days=731)])
def test_a_session_is_planned_in_the_future_and_within_two_years(starts_at):
    with pytest.raises(DateNotPossible):
        schedule(
            replace(PLAN, starts_at=starts_at),
            session_id=SESSION,
            known_modules=["posture"],
            at=NOW,
        )


def test_a_session_teaches_only_modules_of_a_path():
    with pytest.raises(ModuleNotOfAnyPath):
        schedule(PLAN, session_id=SESSION, known_modules=["limits"], at=NOW)


def test_signing_up_takes_a_place():
    filled, place, event = sign_up(PLANNED, WISH, None, at=NOW)

    assert filled.taken == 1
    assert (place.person_id, event.person_id, event.version) == (MENTOR, MENTOR, 1)


def test_nobody_signs_up_twice():
    with pytest.raises(AlreadySignedUp):
        sign_up(FILLED, WISH, TAKEN, at=NOW)


def test_nobody_signs_up_for_a_full_session():
    with pytest.raises(SessionFull):
        sign_up(replace(PLANNED, taken=2), WISH, None, at=NOW)


def test_nobody_signs_up_once_it_started_but_staff_may_add_who_came():
    with pytest.raises(SessionStarted):
        sign_up(PLANNED, WISH, None, at=TOMORROW)

    added, _, _ = enrol(PLANNED, WISH, None, at=TOMORROW)
    assert added.taken == 1


def test_nobody_signs_up_for_a_session_that_is_called_off():
    cancelled, _ = cancel(PLANNED, at=NOW)

    with pytest.raises(SessionCalledOff):
        enrol(cancelled, WISH, None, at=NOW)


def test_who_gives_up_a_place_and_comes_back_keeps_the_same_sign_up():
    freed, given_up = give_up(FILLED, TAKEN, at=NOW)
    again = replace(WISH, sign_up_id=UUID(int=42))
    filled, taken, event = sign_up(freed, again, given_up, at=NOW)

    assert freed.taken == 0
    assert filled.taken == 1
    assert (taken.id, taken.state, event.version) == (TAKEN.id, SignUpState.SIGNED_UP, 3)


def test_a_place_is_given_up_once_and_before_the_start():
    freed, given_up = give_up(FILLED, TAKEN, at=NOW)

    with pytest.raises(NotSignedUp):
        give_up(freed, given_up, at=NOW)
    with pytest.raises(SessionStarted):
        give_up(FILLED, TAKEN, at=TOMORROW)


def test_a_session_is_called_off_once_and_before_the_start():
    cancelled, event = cancel(PLANNED, at=NOW)

    assert event.version == cancelled.version == 2
    with pytest.raises(SessionCalledOff):
        cancel(cancelled, at=NOW)
    with pytest.raises(SessionStarted):
        cancel(PLANNED, at=TOMORROW)


def test_who_came_is_recorded_with_the_minutes_they_stayed():
    place, event = record(FILLED, TAKEN, minutes=90, at=TOMORROW)

    assert place.state is SignUpState.PRESENT
    assert (event.present, event.minutes, event.version) == (True, 90, 2)


def test_who_stayed_no_minute_was_absent_and_a_slip_can_be_corrected():
    absent, event = record(FILLED, TAKEN, minutes=0, at=TOMORROW)
    corrected, _ = record(FILLED, absent, minutes=120, at=TOMORROW)

    assert not event.present
    assert (corrected.state, corrected.version) == (SignUpState.PRESENT, 3)


def test_nobody_attends_before_the_start_or_longer_than_the_session():
    with pytest.raises(SessionNotStarted):
        record(FILLED, TAKEN, minutes=90, at=NOW)
    with pytest.raises(LongerThanTheSession):
        record(FILLED, TAKEN, minutes=121, at=TOMORROW)


def test_a_cancelled_place_or_session_is_attended_by_nobody():
    _, given_up = give_up(FILLED, TAKEN, at=NOW)
    cancelled, _ = cancel(FILLED, at=NOW)

    with pytest.raises(NotSignedUp):
        record(FILLED, given_up, minutes=90, at=TOMORROW)
    with pytest.raises(SessionCalledOff):
        record(cancelled, TAKEN, minutes=90, at=TOMORROW)


@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.booleans(), st.integers(0, 6)), max_size=40),
)
def test_places_taken_are_the_people_signed_up_and_never_more_than_there_are(places, moves):
    session = replace(PLANNED, places=places)
    held: dict[int, SignUp] = {}
    for wants, person in moves:
        wish = replace(WISH, person_id=UUID(int=person + 100), sign_up_id=UUID(int=person))
        session, held = moved(session, held, wish, person, wants=wants)

        signed_up = [each for each in held.values() if each.state is SignUpState.SIGNED_UP]
        assert session.taken == len(signed_up) <= places


def moved(
    session: Session, held: dict[int, SignUp], wish: Wish, person: int, *, wants: bool
) -> tuple[Session, dict[int, SignUp]]:
    try:
        if wants:
            session, place, _ = sign_up(session, wish, held.get(person), at=NOW)
        elif person in held:
            session, place = give_up(session, held[person], at=NOW)
        else:
            return session, held
    except (SessionFull, AlreadySignedUp, NotSignedUp):
        return session, held
    return session, held | {person: place}


def test_steering_meetings_are_not_for_mentors_and_mentees_see_outings_alone():
    steering = replace(PLANNED, kind=SessionKind.STEERING)
    outing = replace(PLANNED, kind=SessionKind.OUTING)

    require_visible(steering, sights([("coordinator", ASSOCIATION)]))
    require_visible(outing, sights([("mentee", ASSOCIATION)]))
    with pytest.raises(NotForYou):
        require_visible(steering, sights([("mentor", ASSOCIATION)]))
    with pytest.raises(NotForYou):
        require_visible(PLANNED, sights([("mentee", ASSOCIATION)]))


def test_only_who_looks_after_the_whole_collective_sees_every_association():
    require_visible(PLANNED, sights([("collective", None)]))
    for grants in ([("mentor", None)], [("coordinator", UUID(int=2))], [("funder", None)], []):
        with pytest.raises(NotForYou):
            require_visible(PLANNED, sights(grants))
