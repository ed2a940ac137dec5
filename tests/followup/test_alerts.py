"""Alerts: derived from the signed clauses, higher if it lasts, gone with their cause."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.calendar import start_of
from common.contracts.followup.alerts import AlertHandled, AlertKind, AlertLevel, AlertRaised
from common.contracts.followup.pairs import Side
from followup.domain.alerts import Alert, alert_id, handle, reconcile
from followup.domain.clauses import Rest, period, terms_of
from followup.domain.deadlines import Deadline, Diary, look
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


SILENT = Deadline(
    kind=AlertKind.SILENCE, occasion="since then", level=AlertLevel.TASK, due_at=T0, step=0
)
RAISED = Alert(
    id=alert_id(ACTIVE.id, AlertKind.SILENCE, "since then"),
    pair_id=ACTIVE.id,
    association_id=ACTIVE.association_id,
    kind=AlertKind.SILENCE,
    occasion="since then",
    level=AlertLevel.TASK,
    step=0,
    due_at=T0,
    raised_at=T0 + DAY,
    version=1,
)


def known_as(alert):
    return {(alert.kind, alert.occasion): alert}


def said_of(alert, at):
    return {
        "occurred_at": at,
        "association_id": alert.association_id,
        "version": alert.version,
        "pair_id": alert.pair_id,
        "alert_id": alert.id,
        "kind": alert.kind,
    }


def raised_as(alert, at):
    return AlertRaised(**said_of(alert, at), level=alert.level, due_at=alert.due_at)


def handled_as(alert, at):
    return AlertHandled(**said_of(alert, at))


def test_an_alert_says_what_is_due_and_when_that_was_seen():
    assert reconcile(ACTIVE, {}, [SILENT], at=T0 + DAY) == [(RAISED, raised_as(RAISED, T0 + DAY))]


def test_each_occasion_of_each_kind_has_an_alert_of_its_own():
    others = [replace(SILENT, kind=AlertKind.NO_SHOW), replace(SILENT, occasion="since later")]

    alerts = [alert for alert, _ in reconcile(ACTIVE, {}, [SILENT, *others], at=T0)]

    assert len({alert.id for alert in alerts}) == 3


def test_an_alert_whose_cause_went_goes_and_nobody_handled_it():
    later = T0 + 2 * DAY
    gone = replace(RAISED, handled_at=later, handled_by=None, version=2)

    assert reconcile(ACTIVE, known_as(RAISED), [], at=later) == [(gone, handled_as(gone, later))]
    # At the moment when it fell due as well, and never before.
    assert reconcile(ACTIVE, known_as(RAISED), [], at=T0) != []
    assert reconcile(ACTIVE, known_as(RAISED), [], at=T0 - DAY) == []


def test_what_went_by_itself_comes_back_if_its_cause_does():
    gone = replace(RAISED, handled_at=T0 + DAY, version=2)
    back = replace(RAISED, raised_at=T0 + 2 * DAY, version=3)

    assert reconcile(ACTIVE, known_as(gone), [SILENT], at=T0 + 2 * DAY) == [
        (back, raised_as(back, T0 + 2 * DAY))
    ]


def test_a_meeting_is_asked_for_once_in_a_period_however_many_are_told_late():
    first, second = start_of(date(2026, 9, 10)), start_of(date(2026, 9, 20))
    late = replace(ACTIVE, next_meeting_at=first)
    asked = look(late, Diary(), first + DAY)
    known = {(a.kind, a.occasion): a for a, _ in reconcile(late, {}, asked.due, at=first + DAY)}
    told = replace(ACTIVE, next_meeting_at=second)
    for pair, at in ((told, first + 2 * DAY), (told, second + DAY)):
        changes = reconcile(pair, known, look(pair, Diary(), at).due, at=at)
        known |= {(alert.kind, alert.occasion): alert for alert, _ in changes}

    alert = known[(AlertKind.LOG_DUE, "period 0")]

    assert (alert.raised_at, alert.open) == (first + DAY, False)
    # In the next period there is another one.
    then = replace(ACTIVE, next_meeting_at=start_of(date(2026, 10, 10)))
    again = reconcile(then, known, look(then, Diary(), T0 + 60 * DAY).due, at=T0 + 60 * DAY)
    assert (AlertKind.LOG_DUE, "period 1") in {(a.kind, a.occasion) for a, _ in again}


def test_what_somebody_handled_stays_away_until_it_rises():
    handled = replace(RAISED, handled_at=T0 + DAY, handled_by=COORDINATOR, version=2)
    higher = replace(SILENT, level=AlertLevel.LADDER, step=2, due_at=T0 + 2 * DAY)
    raised = replace(
        RAISED,
        level=AlertLevel.LADDER,
        step=2,
        due_at=T0 + 2 * DAY,
        raised_at=T0 + 3 * DAY,
        version=3,
    )

    assert reconcile(ACTIVE, known_as(handled), [SILENT], at=T0 + 3 * DAY) == []
    assert reconcile(ACTIVE, known_as(handled), [SILENT, higher], at=T0 + 3 * DAY) == [
        (raised, raised_as(raised, T0 + 3 * DAY))
    ]


def test_an_alert_is_handled_once_and_by_somebody():
    handled, event = handle(RAISED, by=COORDINATOR, at=T0 + 2 * DAY)

    assert handled == replace(RAISED, handled_at=T0 + 2 * DAY, handled_by=COORDINATOR, version=2)
    assert event == handled_as(handled, T0 + 2 * DAY)
    with pytest.raises(AlreadyHandled, match=str(RAISED.id)):
        handle(handled, by=COORDINATOR, at=T0 + 2 * DAY)


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
