"""The days that a figure speaks of, from the first to the last, as France counts days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common.calendar import end_of, start_of
from common.errors import Invalid

LONGEST = timedelta(days=366 * 10)
EARLIEST = date(2000, 1, 1)
LATEST = date(2100, 1, 1)


class PeriodNotPossible(Invalid):
    """A period ends after it starts, and lasts ten years at most."""

    fr = "Une période se termine après avoir commencé, et dure dix ans au plus."


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Both days belong to it; nothing that happens later changes a figure about it."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        return end_of(self.last)

    def watched_until(self, now: datetime) -> datetime:
        """Return the end, or for a period that still runs, now."""
        return min(self.end, now)


def period(first: date, last: date) -> Period:
    if not EARLIEST <= first <= last < LATEST or last - first > LONGEST:
        raise PeriodNotPossible("to")
    return Period(first=first, last=last)
