"""A day begins and ends where people live, and a month is a month of their calendar."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from common.calendar import after_months, day_of, end_of, start_of

DAYS = st.dates(min_value=date(1930, 1, 1), max_value=date(2080, 1, 1))


def test_a_day_begins_where_people_live():
    after_midnight_in_paris = datetime(2026, 11, 21, 23, 8, tzinfo=UTC)

    assert day_of(after_midnight_in_paris) == date(2026, 11, 22)
    assert day_of(after_midnight_in_paris - timedelta(hours=1)) == date(2026, 11, 21)


@given(DAYS)
def test_a_day_is_all_that_lies_between_its_first_moment_and_its_end(day):
    moment = timedelta(microseconds=1)

    assert day_of(start_of(day)) == day_of(end_of(day) - moment) == day
    assert day_of(start_of(day) - moment) == day - timedelta(days=1)
    assert end_of(day) == start_of(day + timedelta(days=1))


def test_the_day_on_which_the_clocks_are_put_back_has_25_hours():
    day = date(2026, 10, 25)

    assert end_of(day) - start_of(day) == timedelta(hours=25)


def test_the_last_day_of_a_long_month_becomes_the_last_of_a_short_one():
    assert after_months(date(2026, 8, 31), 6) == date(2027, 2, 28)


@given(DAYS, st.integers(0, 48), st.integers(0, 48))
def test_more_months_are_never_earlier(start, months, more):
    assert after_months(start, months) <= after_months(start, months + more)
