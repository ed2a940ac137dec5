"""Alerts: derived from the signed clauses, higher if it lasts, gone with their cause."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.followup.alerts import AlertHandled, AlertKind, AlertLevel
from common.contracts.followup.endings import OutcomeStage
from common.contracts.followup.pairs import Side
from followup.domain.alerts import handle, reconcile
from followup.domain.calendar import start_of
from followup.domain.clauses import Rest, period, terms_of
from followup.domain.deadlines import Diary, look
from followup.domain.errors import AlreadyHandled
from followup.domain.pairs import Status, open_pair
from tests.followup.facts import COORDINATOR, DAY, POLICY, T0, pair_formed

START = date(2026, 9, 1)
NEW = open_pair(pair_formed(), POLICY)
TERMS = terms_of(POLICY)
ACTIVE = replace(
    NEW,
    status=Status.ACTIVE,
    terms=TERMS,
    starts_on=START,
    ends_on=date(2027, 3, 1),
    agreement_id=UUID(int=99),
)


def kinds_due(pair, diary, at):
    return {(each.kind, each.level) for each in look(pair, diary, at).due}


def level_of(diary, at):
    found = [each for each in look(ACTIVE, diary, at).due if each.kind is AlertKind.MISSED_PERIOD]
    return (found[0].level, found[0].step) if found else None


@pytest.mark.parametrize(
    ("months", "level"),
    [
        (0, None),
        (1, (AlertLevel.NUDGE, 0)),
        (2, (AlertLevel.TASK, 0)),
        (3, (AlertLevel.LADDER, 1)),
        (4, (AlertLevel.LADDER, 2)),
        (5, (AlertLevel.LADDER, 3)),
        (9, (AlertLevel.LADDER, 3)),
    ],
)
def test_missed_months_nudge_then_task_then_climb_the_ladder(months, level):
    at = period(TERMS, START, months).start + DAY

    assert level_of(Diary(), at) == level


def test_a_meeting_puts_the_missed_months_away():
    at = start_of(date(2026, 12, 2))
    known = {
        (alert.kind, alert.occasion): alert
        for alert, _ in reconcile(ACTIVE, {}, look(ACTIVE, Diary(), at).due, at=at)
    }

    met = Diary(meetings=(start_of(date(2026, 11, 20)),))
    changes = reconcile(ACTIVE, known, look(ACTIVE, met, at).due, at=at)

    gone = {event.kind for _, event in changes if isinstance(event, AlertHandled)}
    assert AlertKind.MISSED_PERIOD in gone


def test_the_same_look_twice_raises_nothing_new():
    at = start_of(date(2026, 12, 2))
    due = look(ACTIVE, Diary(), at).due
    known = {(a.kind, a.occasion): a for a, _ in reconcile(ACTIVE, {}, due, at=at)}

    assert reconcile(ACTIVE, known, due, at=at) == []


def test_one_more_missed_month_raises_the_same_alert_higher():
    first, then = start_of(date(2026, 10, 2)), start_of(date(2026, 11, 2))
    [nudge] = [
        alert
        for alert, _ in reconcile(ACTIVE, {}, look(ACTIVE, Diary(), first).due, at=first)
        if alert.kind is AlertKind.MISSED_PERIOD
    ]
    known = {(nudge.kind, nudge.occasion): nudge}

    changes = reconcile(ACTIVE, known, look(ACTIVE, Diary(), then).due, at=then)

    [(task, event)] = [each for each in changes if each[0].id == nudge.id]
    assert (task.level, task.version) == (AlertLevel.TASK, 2)
    assert event.version == 2


def test_an_old_look_does_not_judge_what_fell_due_after_it():
    late, early = start_of(date(2026, 12, 2)), start_of(date(2026, 9, 2))
    due = look(ACTIVE, Diary(), late).due
    known = {(a.kind, a.occasion): a for a, _ in reconcile(ACTIVE, {}, due, at=late)}

    assert reconcile(ACTIVE, known, look(ACTIVE, Diary(), early).due, at=early) == []


def test_an_alert_is_handled_once():
    at = start_of(date(2026, 12, 2))
    alert, _ = reconcile(ACTIVE, {}, look(ACTIVE, Diary(), at).due, at=at)[0]
    handled, _ = handle(alert, by=COORDINATOR, at=at)

    with pytest.raises(AlreadyHandled):
        handle(handled, by=COORDINATOR, at=at)


def test_silence_of_a_period_and_a_half_is_a_task():
    at = start_of(date(2026, 10, 17))

    assert (AlertKind.SILENCE, AlertLevel.TASK) in kinds_due(ACTIVE, Diary(), at)
    called = Diary(contacts=(start_of(date(2026, 9, 20)),))
    assert (AlertKind.SILENCE, AlertLevel.TASK) not in kinds_due(ACTIVE, called, at)


def test_a_planned_meeting_is_asked_for_one_day_after():
    planned = replace(ACTIVE, next_meeting_at=start_of(date(2026, 9, 10)))

    before = kinds_due(planned, Diary(), start_of(date(2026, 9, 10)) + timedelta(hours=23))
    after = kinds_due(planned, Diary(), start_of(date(2026, 9, 11)))

    assert (AlertKind.LOG_DUE, AlertLevel.NUDGE) not in before
    assert (AlertKind.LOG_DUE, AlertLevel.NUDGE) in after


def test_both_sides_are_asked_twice_in_the_first_month():
    at = start_of(date(2026, 9, 20))

    due = [each for each in look(ACTIVE, Diary(), at).due if each.kind is AlertKind.CHECK_IN_DUE]
    assert {each.occasion.split()[0] for each in due} == {"mentor", "mentee"}

    asked = Diary(check_ins=((Side.MENTOR, start_of(date(2026, 9, 12))),))
    left = [each for each in look(ACTIVE, asked, at).due if each.kind is AlertKind.CHECK_IN_DUE]
    assert {each.occasion.split()[0] for each in left} == {"mentee"}


def test_a_first_meeting_that_is_late_is_a_task():
    assert kinds_due(NEW, Diary(), T0 + 13 * DAY) == set()
    assert kinds_due(NEW, Diary(), T0 + 14 * DAY) == {
        (AlertKind.FIRST_MEETING_LATE, AlertLevel.TASK)
    }


def test_a_signature_that_is_late_is_a_task():
    pending = replace(NEW, status=Status.AGREEMENT_PENDING, sign_by=T0 + 20 * DAY)

    assert kinds_due(pending, Diary(), T0 + 20 * DAY) == {
        (AlertKind.SIGNATURE_LATE, AlertLevel.TASK)
    }


def test_the_end_of_the_screening_is_said_a_month_before_and_again_when_it_comes():
    pair = replace(ACTIVE, gates_until=date(2027, 1, 15))
    diary = Diary(meetings=tuple(start_of(date(2026, month, 15)) for month in (9, 10, 11, 12)))

    assert (AlertKind.SCREENING_ENDS, AlertLevel.TASK) in kinds_due(
        pair, diary, start_of(date(2026, 12, 16))
    )
    assert (AlertKind.SCREENING_ENDS, AlertLevel.LADDER) in kinds_due(
        pair, diary, start_of(date(2027, 1, 16))
    )


def test_what_became_of_the_mentee_is_asked_at_the_end_and_six_months_later():
    closed = replace(NEW, status=Status.CLOSED, closed_at=T0)
    known = Diary(outcomes=frozenset({OutcomeStage.EXIT}))

    assert len(look(closed, Diary(), T0).due) == 1
    assert look(closed, known, T0).due == ()
    assert len(look(closed, known, start_of(date(2027, 3, 1))).due) == 1


def test_nothing_is_expected_of_a_pair_that_rests():
    at = start_of(date(2027, 1, 5))
    paused = replace(ACTIVE, status=Status.PAUSED, paused_since=T0)

    assert look(paused, Diary(rests=(Rest(start=T0),)), at).due == ()


@given(st.integers(0, 700), st.lists(st.integers(0, 700), max_size=25))
def test_time_always_looks_again_later_than_now(day, met):
    at = T0 + day * DAY
    diary = Diary(meetings=tuple(T0 + each * DAY for each in met if each <= day))

    outlook = look(ACTIVE, diary, at)

    assert outlook.next_at is not None
    assert outlook.next_at > at
    assert all(each.due_at <= at for each in outlook.due)


@given(st.integers(0, 700), st.lists(st.integers(0, 700), max_size=25))
def test_nothing_falls_due_between_two_looks(day, met):
    at = T0 + day * DAY
    diary = Diary(meetings=tuple(T0 + each * DAY for each in met if each <= day))
    outlook = look(ACTIVE, diary, at)

    between = at + (outlook.next_at - at) * 0.99
    occasions = {(each.kind, each.occasion, each.level) for each in outlook.due}
    later = {(e.kind, e.occasion, e.level) for e in look(ACTIVE, diary, between).due}
    assert later <= occasions


@given(st.integers(1, 18), st.integers(0, 26))
def test_a_pair_that_keeps_what_it_signed_is_never_nudged(months, day):
    met = tuple(period(TERMS, START, index).start + day * DAY for index in range(months))
    at = period(TERMS, START, months - 1).end

    assert level_of(Diary(meetings=met), at) is None
