"""The school year of the demo: from the last Monday before September to the end of June."""

from datetime import UTC, date, datetime, timedelta

from demo.moments import first_day, moments

BEGINS = date(2027, 8, 30)


def test_the_year_begins_on_a_monday_that_is_still_to_come():
    assert first_day(datetime(2026, 11, 21, tzinfo=UTC)) == BEGINS
    assert first_day(datetime(2027, 8, 29, 23, tzinfo=UTC)) == BEGINS
    assert first_day(datetime(2027, 8, 30, tzinfo=UTC)) == date(2028, 8, 28)


def test_everybody_looks_twice_a_week_until_the_end_of_june():
    year = list(moments(BEGINS))

    assert {each.at.weekday() for each in year} == {0, 3}
    assert year[0].at.date() == BEGINS
    assert year[-1].at.date() <= date(2028, 6, 30) < year[-1].at.date() + timedelta(days=7)


def test_what_is_due_after_whole_weeks_is_due_when_they_look_again():
    year = list(moments(BEGINS))

    assert all(
        later.at - now.at > timedelta(weeks=1) for now, later in zip(year, year[2:], strict=False)
    )
