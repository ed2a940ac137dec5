"""Days that count, by example and by property."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.calendar import day_of
from intake.domain.calendar import (
    after_working_days,
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


def test_an_evening_in_utc_may_be_a_saturday_already():
    friday = datetime(2026, 7, 3, 22, 30, tzinfo=UTC)

    assert after_working_days(friday - timedelta(days=1), 1) == datetime(
        2026, 7, 5, 22, 30, tzinfo=UTC
    )


@given(MOMENTS, st.integers(1, 30))
def test_an_answer_is_due_on_a_working_day_and_leaves_that_many_working_days(start, days):
    due = after_working_days(start, days)
    first, last = day_of(start), day_of(due)
    between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]

    assert is_working_day(last)
    assert sum(map(is_working_day, between)) == days
    assert due.timetz() == start.timetz()


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
