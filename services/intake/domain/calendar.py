"""Days that count: birthdays, and the working days of France."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from common.calendar import day_of

SATURDAY = 5
FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# Easter Monday, Ascension and Whit Monday.
DAYS_AFTER_EASTER = (1, 39, 50)


def easter(year: int) -> date:
    """Find Easter Sunday in the Gregorian calendar (Meeus)."""
    century = year // 100
    golden = year % 19
    leap = century - century // 4 - (8 * century + 13) // 25
    epact = (19 * golden + leap + 15) % 30
    full_moon = epact - (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + full_moon + 2 - century + century // 4) % 7
    offset = full_moon - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """Name the days on which no association of France can be expected to answer."""
    fixed = (date(year, month, day) for month, day in FIXED_HOLIDAYS)
    moving = (easter(year) + timedelta(days=days) for days in DAYS_AFTER_EASTER)
    return frozenset({*fixed, *moving})


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in public_holidays(day.year)


def after_working_days(start: datetime, days: int) -> datetime:
    """Go on by so many working days, at the same hour; weekends and holidays do not count."""
    moment = start
    left = days
    while left:
        moment += timedelta(days=1)
        left -= is_working_day(day_of(moment))
    return moment


def full_years(since: date, on: date) -> int:
    """Count birthdays: who was born on 29 February has theirs on 1 March in other years."""
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))
