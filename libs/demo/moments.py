"""The moments of a school year at which everybody looks at what is to be done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

SEPTEMBER, JULY = 9, 7
MORNING, AFTERNOON = time(7, 0), time(14, 0)
TO_THURSDAY = timedelta(days=3)
WEEK = timedelta(weeks=1)
WHOLE_YEAR = 52
# What is due after whole weeks is surely due when everybody looks again.
LATER_EACH_WEEK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of the year: its number, its week, and when it is."""

    number: int
    week: int
    at: datetime
    opens_week: bool


def first_day(after: datetime) -> date:
    """Give the last Monday before the September that comes next."""
    year = after.year if after.date() < opening(after.year) else after.year + 1
    return opening(year)


def opening(year: int) -> date:
    start = date(year, SEPTEMBER, 1)
    return start - timedelta(days=start.weekday() or 7)


def moments(start: date, weeks: int = WHOLE_YEAR) -> Iterator[Moment]:
    """Go from Monday morning to Thursday afternoon and on, until the end of June."""
    end = min(date(start.year + 1, JULY, 1), start + weeks * WEEK)
    number, week = 0, 0
    while (monday := start + week * WEEK) < end:
        for day, hour in ((monday, MORNING), (monday + TO_THURSDAY, AFTERNOON)):
            at = datetime.combine(day, hour, UTC) + week * LATER_EACH_WEEK
            if day < end:
                yield Moment(number, week, at, opens_week=hour is MORNING)
                number += 1
        week += 1
