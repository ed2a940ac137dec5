"""Days and months as people count them: a day begins and ends where they live, not in UTC."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

WHERE_PEOPLE_LIVE = ZoneInfo("Europe/Paris")
MONTHS_A_YEAR = 12

Day = TypeVar("Day", date, datetime)


def day_of(at: datetime) -> date:
    """Tell the day that people write on a paper at this moment."""
    return at.astimezone(WHERE_PEOPLE_LIVE).date()


def start_of(day: date) -> datetime:
    """Return the first moment of a day."""
    return datetime.combine(day, time(), WHERE_PEOPLE_LIVE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Return the first moment after a day."""
    return start_of(day + timedelta(days=1))


def after_months(start: Day, months: int) -> Day:
    """Go on by so many months; the 31st becomes the last day of a shorter month."""
    years, month = divmod(start.month - 1 + months, MONTHS_A_YEAR)
    year = start.year + years
    day = min(start.day, monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
