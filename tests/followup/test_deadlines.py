"""Each deadline says which it is, how high it is and since when; and when to look again."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from common.calendar import end_of, start_of
from common.contracts.followup.alerts import AlertKind, AlertLevel
from common.contracts.followup.endings import OutcomeStage
from common.contracts.followup.pairs import Side
from followup.domain.clauses import Rest, check_in_dues, terms_of
from followup.domain.deadlines import Deadline, Diary, Outlook, look
from followup.domain.pairs import Status, open_pair
from tests.followup.facts import DAY, POLICY, T0, pair_formed

START = date(2026, 9, 1)
MOMENT = timedelta(microseconds=1)
NEW = open_pair(pair_formed(), POLICY)
ACTIVE = replace(
    NEW,
    status=Status.ACTIVE,
    terms=terms_of(POLICY),
    starts_on=START,
    ends_on=date(2027, 3, 1),
    agreement_id=UUID(int=99),
)


def deadline(kind, occasion, level, due_at, step=0):
    return Deadline(kind=kind, occasion=occasion, level=level, due_at=due_at, step=step)


def due_of(kind, pair, diary, at):
    return [each for each in look(pair, diary, at).due if each.kind is kind]


LATE = deadline(
    AlertKind.FIRST_MEETING_LATE,
    NEW.first_meeting_due.isoformat(),
    AlertLevel.TASK,
    NEW.first_meeting_due,
)
PENDING = replace(
    NEW, status=Status.AGREEMENT_PENDING, agreement_id=UUID(int=99), sign_by=T0 + 20 * DAY
)
UNSIGNED = deadline(AlertKind.SIGNATURE_LATE, str(UUID(int=99)), AlertLevel.TASK, T0 + 20 * DAY)
CLOSED = replace(NEW, status=Status.CLOSED, closed_at=T0)
IN_SIX_MONTHS = start_of(date(2027, 3, 1))
AT_THE_EXIT = deadline(AlertKind.OUTCOME_DUE, f"exit {T0.isoformat()}", AlertLevel.TASK, T0)
SINCE_THEN = deadline(
    AlertKind.OUTCOME_DUE, f"six_months {T0.isoformat()}", AlertLevel.TASK, IN_SIX_MONTHS
)


@pytest.mark.parametrize(
    ("pair", "at", "due", "next_at"),
    [
        (NEW, LATE.due_at - MOMENT, (), LATE.due_at),
        (NEW, LATE.due_at, (LATE,), None),
        (PENDING, UNSIGNED.due_at - MOMENT, (), UNSIGNED.due_at),
        (PENDING, UNSIGNED.due_at, (UNSIGNED,), None),
        (CLOSED, T0, (AT_THE_EXIT,), IN_SIX_MONTHS),
        (CLOSED, IN_SIX_MONTHS, (AT_THE_EXIT, SINCE_THEN), None),
        (replace(NEW, status=Status.CLOSING), LATE.due_at, (), None),
        (replace(NEW, erased=True), LATE.due_at, (), None),
    ],
)
def test_a_deadline_is_due_from_its_moment_on_and_looked_for_until_then(pair, at, due, next_at):
    assert look(pair, Diary(), at) == Outlook(due=due, next_at=next_at)


def screening_ends(level, due_at):
    return deadline(AlertKind.SCREENING_ENDS, "2027-01-15", level, due_at)


HELD = replace(NEW, status=Status.FIRST_MEETING_HELD, gates_until=date(2027, 1, 15))
A_MONTH_BEFORE = start_of(date(2026, 12, 16))
ITS_END = end_of(date(2027, 1, 15))


@pytest.mark.parametrize(
    ("pair", "at", "due", "next_at"),
    [
        (HELD, A_MONTH_BEFORE - MOMENT, None, A_MONTH_BEFORE),
        (HELD, A_MONTH_BEFORE, (AlertLevel.TASK, A_MONTH_BEFORE), ITS_END),
        (HELD, ITS_END - MOMENT, (AlertLevel.TASK, A_MONTH_BEFORE), ITS_END),
        (HELD, ITS_END, (AlertLevel.LADDER, ITS_END), None),
        # Who came together within that month is told at once.
        (
            replace(HELD, formed_at=A_MONTH_BEFORE + DAY),
            A_MONTH_BEFORE + DAY,
            (AlertLevel.TASK, A_MONTH_BEFORE + DAY),
            ITS_END,
        ),
    ],
)
def test_a_screening_that_ends_is_a_task_for_a_month_and_then_on_the_ladder(pair, at, due, next_at):
    expected = () if due is None else (screening_ends(*due),)

    assert look(pair, Diary(), at) == Outlook(due=expected, next_at=next_at)


@pytest.mark.parametrize(
    ("at", "level", "since", "step"),
    [
        (date(2026, 10, 1), AlertLevel.NUDGE, date(2026, 10, 1), 0),
        (date(2026, 11, 1), AlertLevel.TASK, date(2026, 11, 1), 0),
        (date(2026, 12, 1), AlertLevel.LADDER, date(2026, 12, 1), 1),
        (date(2027, 2, 1), AlertLevel.LADDER, date(2027, 2, 1), 3),
        # The last step stays: its moment is when it was reached.
        (date(2027, 4, 1), AlertLevel.LADDER, date(2027, 2, 1), 3),
    ],
)
def test_missed_months_are_due_since_the_one_that_reached_the_level(at, level, since, step):
    occasion = f"from {start_of(START).isoformat()}"

    assert due_of(AlertKind.MISSED_PERIOD, ACTIVE, Diary(), start_of(at)) == [
        deadline(AlertKind.MISSED_PERIOD, occasion, level, start_of(since), step)
    ]


SIGNS = [
    Diary(meetings=(start_of(date(2026, 9, 16)),)),
    Diary(contacts=(start_of(date(2026, 9, 16)),)),
    Diary(rests=(Rest(start=T0, end=start_of(date(2026, 9, 16))), Rest(start=T0))),
]


@pytest.mark.parametrize("diary", SIGNS)
def test_silence_begins_with_the_last_sign_of_whatever_kind(diary):
    last = start_of(date(2026, 9, 16))
    silent = last + 1.5 * 30 * DAY

    assert due_of(AlertKind.SILENCE, ACTIVE, diary, silent - MOMENT) == []
    assert due_of(AlertKind.SILENCE, ACTIVE, diary, silent) == [
        deadline(AlertKind.SILENCE, f"since {last.isoformat()}", AlertLevel.TASK, silent)
    ]


def test_a_planned_meeting_is_asked_for_once_in_its_period():
    planned = replace(ACTIVE, next_meeting_at=start_of(date(2026, 10, 10)))
    due_at = start_of(date(2026, 10, 11))

    assert due_of(AlertKind.LOG_DUE, planned, Diary(), due_at) == [
        deadline(AlertKind.LOG_DUE, "period 1", AlertLevel.NUDGE, due_at)
    ]


def check_in(side, due_at):
    occasion = f"{side} {due_at.date().isoformat()}"
    return deadline(AlertKind.CHECK_IN_DUE, occasion, AlertLevel.TASK, due_at)


def test_each_side_is_asked_for_the_last_check_in_that_is_due_and_for_no_older_one():
    last = end_of(date(2026, 12, 1))

    asked = due_of(AlertKind.CHECK_IN_DUE, ACTIVE, Diary(), last)

    assert asked == [check_in(Side.MENTOR, last), check_in(Side.MENTEE, last)]


FIRST, SECOND = end_of(date(2026, 9, 16)), end_of(date(2026, 10, 1))


@pytest.mark.parametrize("wait", [timedelta(), timedelta(hours=1), 10 * DAY, -10 * DAY])
def test_who_answers_each_check_in_is_asked_for_each(wait):
    dues = list(check_in_dues(terms_of(POLICY), START, start_of(date(2027, 9, 1))))
    held: tuple[tuple[Side, datetime], ...] = ()
    for due in dues:
        if wait >= timedelta():
            asked = due_of(AlertKind.CHECK_IN_DUE, ACTIVE, Diary(check_ins=held), due)
            assert asked == [check_in(Side.MENTOR, due), check_in(Side.MENTEE, due)]
        held += ((Side.MENTOR, due + wait), (Side.MENTEE, due + wait))
        answered = Diary(check_ins=held)
        assert due_of(AlertKind.CHECK_IN_DUE, ACTIVE, answered, max(due, due + wait)) == []


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        ([], [SECOND]),
        # Early: it answers the one to come.
        ([T0 + DAY], [SECOND]),
        # Late: it answers the last one that was due.
        ([FIRST], [SECOND]),
        ([T0 + DAY, FIRST], []),
        ([T0 + DAY, FIRST - MOMENT], [SECOND]),
        ([SECOND], []),
        # What came before the pair signed, or after this look, answers nothing.
        ([start_of(START), FIRST], [SECOND]),
        ([SECOND + MOMENT], [SECOND]),
    ],
)
def test_a_check_in_answers_the_last_that_was_due_or_else_the_next(held, asked):
    diary = Diary(check_ins=tuple((Side.MENTOR, when) for when in held))

    due = due_of(AlertKind.CHECK_IN_DUE, ACTIVE, diary, SECOND)

    assert [each for each in due if each.occasion.startswith("mentor")] == [
        check_in(Side.MENTOR, each) for each in asked
    ]


def test_outcomes_that_are_known_are_not_asked_for():
    known = Diary(outcomes=frozenset({OutcomeStage.EXIT}))

    assert look(CLOSED, known, IN_SIX_MONTHS) == Outlook(due=(SINCE_THEN,), next_at=None)
