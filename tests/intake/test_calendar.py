"""Days that count, by example and by property."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.domain.calendar import (
    after_months,
    after_working_days,
    day_of,
    easter,
    full_years,
    is_working_day,
    public_holidays,
)

MOMENTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 (hypothesis adds the zone)
    max_value=datetime(2080, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
DAYS = st.dates(min_value=date(1930, 1, 1), max_value=date(2080, 1, 1))


def test_a_day_begins_where_people_live():
    after_midnight_in_paris = datetime(2026, 11, 21, 23, 8, tzinfo=UTC)

    assert day_of(after_midnight_in_paris) == date(2026, 11, 22)
    assert day_of(after_midnight_in_paris - timedelta(hours=1)) == date(2026, 11, 21)


@pytest.mark.parametrize(
    "sunday",
    [date(1954, 4, 18), date(2024, 3, 31), date(2025, 4, 20), date(2027, 3, 28), date(2038, 4, 25)],
)
def test_easter_is_found(sunday):
    assert easter(sunday.year) == sunday


def test_easter_is_always_a_sunday_of_spring():
    sundays = [easter(year) for year in range(1900, 2200)]

    assert all(day.isoweekday() == 7 for day in sundays)
    assert all((3, 22) <= (day.month, day.day) <= (4, 25) for day in sundays)


def test_the_eleven_holidays_of_france_are_known():
    assert len(public_holidays(2026)) == 11
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25)} <= public_holidays(2026)


def test_two_working_days_skip_the_weekend_and_the_holiday():
    thursday = datetime(2026, 4, 30, 9, 0, tzinfo=UTC)  # May Day follows, then a weekend

    assert after_working_days(thursday, 2) == datetime(2026, 5, 5, 9, 0, tzinfo=UTC)


@given(MOMENTS, st.integers(1, 30))
def test_an_answer_is_due_on_a_working_day_and_leaves_that_many_working_days(start, days):
    due = after_working_days(start, days)
    between = [start.date() + timedelta(days=n) for n in range(1, (due - start).days + 1)]

    assert is_working_day(due.date())
    assert sum(map(is_working_day, between)) == days
    assert due.timetz() == start.timetz()


def test_the_last_day_of_a_long_month_becomes_the_last_of_a_short_one():
    assert after_months(date(2026, 8, 31), 6) == date(2027, 2, 28)


@given(DAYS, st.integers(0, 48), st.integers(0, 48))
def test_more_months_are_never_earlier(start, months, more):
    assert after_months(start, months) <= after_months(start, months + more)


@given(DAYS, st.integers(0, 40))
def test_a_birthday_adds_a_year_and_the_day_before_does_not(born, years):
    birthday = (
        date(born.year + years, 3, 1)
        if (born.month, born.day) == (2, 29) and not is_leap(born.year + years)
        else born.replace(year=born.year + years)
    )

    assert full_years(born, birthday) == years
    assert full_years(born, birthday - timedelta(days=1)) == years - 1


def is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
