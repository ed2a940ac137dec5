"""When exchange sessions are: known ahead, on evenings, and the same whoever computes them."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from common.calendar import after_months
from common.contracts.policy import Exchange
from training.domain.exchange import (
    AUGUST,
    HOLIDAYS,
    OVERSEAS,
    ExchangeCalendar,
    evening_of,
    horizon,
    months_due,
    next_look,
    planned,
    plans_due,
)

PARIS = ZoneInfo("Europe/Paris")
CALENDAR = ExchangeCalendar(
    programme_id=UUID(int=11),
    association_id=UUID(int=1),
    department="93",
    remote=True,
    version=1,
    exchange=Exchange(every_months=2, minutes=90, published_months_ahead=6),
    planned_to=None,
)
TODAY = date(2026, 9, 1)

days = st.dates(date(2025, 1, 1), date(2032, 12, 31))
calendars = st.builds(
    ExchangeCalendar,
    programme_id=st.uuids(),
    association_id=st.just(UUID(int=1)),
    department=st.sampled_from(["93", "2A", *OVERSEAS]),
    remote=st.booleans(),
    version=st.just(1),
    exchange=st.builds(
        Exchange,
        every_months=st.integers(1, 6),
        minutes=st.just(90),
        published_months_ahead=st.integers(1, 12),
    ),
    planned_to=st.none(),
)


def test_six_months_are_public_two_months_apart():
    months = months_due(CALENDAR, TODAY)

    assert months == [date(2026, 10, 1), date(2026, 12, 1), date(2027, 2, 1)]


def test_what_is_public_is_not_published_again():
    later = replace(CALENDAR, planned_to=planned(CALENDAR, TODAY))

    assert plans_due(later, TODAY) == []
    assert next_look(CALENDAR, TODAY) == date(2026, 10, 1)
    assert months_due(later, date(2026, 10, 1)) == [date(2027, 4, 1)]


@given(calendars, days)
def test_what_is_due_depends_on_the_month_and_not_on_its_day(calendar, today):
    assert months_due(calendar, today) == months_due(calendar, today.replace(day=1))


def test_a_session_lasts_as_long_as_the_policy_says():
    assert {plan.minutes for _, plan in plans_due(CALENDAR, TODAY)} == {90}


def test_after_a_long_silence_the_past_stays_empty():
    silent = replace(CALENDAR, planned_to=date(2024, 1, 1))

    assert months_due(silent, TODAY)[0] == date(2026, 11, 1)


@given(calendars, days)
def test_a_session_is_on_a_weekday_evening_out_of_august_and_holidays(calendar, today):
    for _, plan in plans_due(calendar, today):
        local = plan.starts_at.astimezone(OVERSEAS.get(calendar.department or "", PARIS))

        assert (local.hour, local.minute) == (18, 30)
        assert local.weekday() in (1, 2)
        assert local.month != AUGUST
        assert (local.month, local.day) not in HOLIDAYS


@given(calendars, days)
def test_the_same_question_has_the_same_answer_and_every_date_is_ahead(calendar, today):
    plans = plans_due(calendar, today)

    assert plans == plans_due(calendar, today)
    assert len({session_id for session_id, _ in plans}) == len(plans)
    assert all(plan.starts_at.date() > today for _, plan in plans)


@given(calendars, days, st.lists(st.integers(0, 200), max_size=8))
def test_however_often_the_clock_looks_the_rhythm_is_that_of_the_policy(calendar, today, steps):
    months: list[date] = []
    for step in steps:
        today += timedelta(days=step % 25)
        months += months_due(calendar, today)
        calendar = replace(calendar, planned_to=planned(calendar, today))

    every = calendar.exchange.every_months
    assert (
        months == [after_months(months[0], every * n) for n in range(len(months))] if months else 1
    )
    assert all(month <= horizon(calendar.exchange, today) for month in months)


@given(calendars, days)
def test_nothing_becomes_due_before_the_next_look(calendar, today):
    later = replace(calendar, planned_to=planned(calendar, today))
    look = next_look(calendar, today)

    assert look > today
    assert months_due(later, look - timedelta(days=1)) == []
    assert months_due(later, look) != []


def test_the_session_of_august_is_held_in_september_unless_september_has_its_own():
    monthly = replace(
        CALENDAR, exchange=Exchange(every_months=1, minutes=90, published_months_ahead=6)
    )

    held = evening_of(date(2027, 8, 1), CALENDAR)

    assert held is not None
    assert held.month == 9
    assert evening_of(date(2027, 8, 1), monthly) is None
