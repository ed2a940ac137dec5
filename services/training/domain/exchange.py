"""When mentors meet to exchange practice: dates that are known months ahead.

The calendar follows from the policy, the programme and what was published before, and from
nothing else: whoever computes it again finds the same dates.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from common.calendar import WHERE_PEOPLE_LIVE, after_months
from common.contracts.policy import Exchange
from common.contracts.training import SessionKind
from training.domain.sessions import Plan

EVENING = time(18, 30)
AUGUST = 8
# Tuesday and Wednesday: neither the eve of a weekend, nor ever a Thursday or Monday feast.
WEEKDAYS = (1, 2)
HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)})
# Enough for the mentors of a large programme; who comes is theirs to choose.
PLACES = 40

OVERSEAS = {
    "971": ZoneInfo("America/Guadeloupe"),
    "972": ZoneInfo("America/Martinique"),
    "973": ZoneInfo("America/Cayenne"),
    "974": ZoneInfo("Indian/Reunion"),
    "975": ZoneInfo("America/Miquelon"),
    "976": ZoneInfo("Indian/Mayotte"),
    "987": ZoneInfo("Pacific/Tahiti"),
    "988": ZoneInfo("Pacific/Noumea"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeCalendar:
    """What decides the exchange sessions of one programme."""

    programme_id: UUID
    association_id: UUID
    department: str | None
    remote: bool
    version: int
    exchange: Exchange
    # The last month that has its session; None before the first.
    planned_to: date | None


def month_of(day: date) -> date:
    """Return the first day of a day's month, by which the month is known here."""
    return day.replace(day=1)


def horizon(exchange: Exchange, today: date) -> date:
    """Return the last month whose session must be public by now."""
    return after_months(month_of(today), exchange.published_months_ahead)


def months_due(calendar: ExchangeCalendar, today: date) -> list[date]:
    """Name the months that need a session published now, at the rhythm of the policy."""
    every = calendar.exchange.every_months
    following = after_months(month_of(today), 1)
    month = after_months(calendar.planned_to, every) if calendar.planned_to else following
    while month < following:
        # Nobody published for a while: the rhythm goes on, the past stays empty.
        month = after_months(month, every)
    due = []
    while month <= horizon(calendar.exchange, today):
        due.append(month)
        month = after_months(month, every)
    return due


def next_look(calendar: ExchangeCalendar, today: date) -> date:
    """Return the first day on which another month comes within the horizon."""
    last = (months_due(calendar, today) or [calendar.planned_to or month_of(today)])[-1]
    following = after_months(last, calendar.exchange.every_months)
    return after_months(following, -calendar.exchange.published_months_ahead)


def evening_of(month: date, calendar: ExchangeCalendar) -> datetime | None:
    """Choose the evening of a month: a weekday, no public holiday, and September for August.

    None: the session of August falls on the month that has its own.
    """
    if month.month == AUGUST:
        if calendar.exchange.every_months == 1:
            return None
        month = after_months(month, 1)
    chance = calendar.programme_id.int
    weekday = WEEKDAYS[chance % len(WEEKDAYS)]
    week = 1 + chance // len(WEEKDAYS) % 2
    day = month + timedelta(days=(weekday - month.weekday()) % 7, weeks=week)
    if (day.month, day.day) in HOLIDAYS:
        day += timedelta(weeks=1)
    zone = OVERSEAS.get(calendar.department or "", WHERE_PEOPLE_LIVE)
    return datetime.combine(day, EVENING, zone).astimezone(UTC)


def session_id_of(calendar: ExchangeCalendar, month: date) -> UUID:
    """Name the session of a month, the same whoever plans it, so that it is planned once."""
    return uuid5(calendar.programme_id, f"exchange {month:%Y-%m}")


def plan(calendar: ExchangeCalendar, starts_at: datetime) -> Plan:
    return Plan(
        association_id=calendar.association_id,
        programme_id=calendar.programme_id,
        kind=SessionKind.EXCHANGE,
        modules=(),
        starts_at=starts_at,
        minutes=calendar.exchange.minutes,
        places=PLACES,
        remote=calendar.remote,
    )


def plans_due(calendar: ExchangeCalendar, today: date) -> list[tuple[UUID, Plan]]:
    """Plan every session that must be public by now."""
    evenings = ((month, evening_of(month, calendar)) for month in months_due(calendar, today))
    return [
        (session_id_of(calendar, month), plan(calendar, evening))
        for month, evening in evenings
        if evening
    ]


def planned(calendar: ExchangeCalendar, today: date) -> date | None:
    """Return the last month that has its session once `plans_due` is done."""
    return max([*months_due(calendar, today), *filter(None, [calendar.planned_to])], default=None)
