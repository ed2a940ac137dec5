"""What a day and a month are: agreements count in calendar months, where their people live."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WHERE_PEOPLE_LIVE = ZoneInfo("Europe/Paris")


def day_of(at: datetime) -> date:
    return at.astimezone(WHERE_PEOPLE_LIVE).date()


def start_of(day: date) -> datetime:
    """Return the first moment of a day."""
    return datetime.combine(day, time(), WHERE_PEOPLE_LIVE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Return the first moment after a day."""
    return start_of(day + timedelta(days=1))


def months_after(day: date, months: int) -> date:
    """Count calendar months; the 31st becomes the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
