"""What was signed, and how a pair keeps it: everything later is derived from these clauses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common.calendar import after_months, day_of, end_of, start_of
from common.contracts import Fact
from common.contracts.policy import CheckIns, Ladder, Meetings, Per, Policy
from common.contracts.vocabulary import Modality


class Terms(Fact):
    """The clauses that an agreement copies from the policy of its day; they never change."""

    meetings: Meetings
    months: int
    modalities: tuple[Modality, ...]
    check_ins: CheckIns
    ladder: Ladder
    meeting_log_due_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One week or month of an agreement, from its first moment to the first one after it."""

    index: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A time in which nothing is expected of a pair; without an end while it lasts."""

    start: datetime
    end: datetime | None = None


def terms_of(policy: Policy) -> Terms:
    return Terms(
        meetings=policy.meetings,
        months=policy.min_duration_months,
        modalities=policy.modalities,
        check_ins=policy.check_ins,
        ladder=policy.ladder,
        meeting_log_due_days=policy.meeting_log_due_days,
    )


def ends_on(terms: Terms, starts_on: date) -> date:
    return after_months(starts_on, terms.months)


def period(terms: Terms, starts_on: date, index: int) -> Period:
    first, after = (_boundary(terms.meetings.per, starts_on, each) for each in (index, index + 1))
    return Period(index=index, start=start_of(first), end=start_of(after))


def period_at(terms: Terms, starts_on: date, at: datetime) -> Period:
    """Return the period that holds this moment; the first one for what came before the start."""
    days = max(0, (day_of(at) - starts_on).days)
    # A month has at most 31 days, so this is at or before the right one.
    index = days // (7 if terms.meetings.per is Per.WEEK else 31)
    current = period(terms, starts_on, index)
    while current.end <= at:
        current = period(terms, starts_on, current.index + 1)
    return current


def complete_periods(terms: Terms, starts_on: date, at: datetime) -> Iterator[Period]:
    """Yield the periods that are over, the last one first."""
    current = period_at(terms, starts_on, at)
    for index in range(current.index - 1, -1, -1):
        yield period(terms, starts_on, index)


def is_kept(terms: Terms, span: Period, meetings: Sequence[datetime]) -> bool:
    met = sum(span.start <= meeting < span.end for meeting in meetings)
    return met >= terms.meetings.count


def rests_in(span: Period, rests: Sequence[Rest]) -> bool:
    return any(
        rest.start < span.end and (rest.end is None or span.start < rest.end) for rest in rests
    )


def missed_in_a_row(
    terms: Terms,
    starts_on: date,
    meetings: Sequence[datetime],
    rests: Sequence[Rest],
    at: datetime,
) -> tuple[Period, ...]:
    """Return the latest periods, oldest first, in which the pair met too seldom.

    A rest begins anew: what was missed before it was dealt with by it. School holidays are
    not a rest: whoever stops for a summer pauses the pair.
    """
    missed: list[Period] = []
    for span in complete_periods(terms, starts_on, at):
        if rests_in(span, rests) or is_kept(terms, span, meetings):
            break
        missed.append(span)
    return tuple(reversed(missed))


def silent_from(terms: Terms, starts_on: date, last_sign: datetime) -> datetime:
    """Return the moment from which a pair that gives no sign any more is silent."""
    span = period_at(terms, starts_on, last_sign)
    length = span.end - span.start
    return last_sign + terms.ladder.silence_periods * length


def check_in_dues(terms: Terms, starts_on: date, at: datetime) -> Iterator[datetime]:
    """Yield when check-ins are due, from the first one to the first one after this moment."""
    for due in _all_check_in_dues(terms, starts_on):
        yield due
        if due > at:
            return


def _all_check_in_dues(terms: Terms, starts_on: date) -> Iterator[datetime]:
    wanted = terms.check_ins.first_month
    month = (after_months(starts_on, 1) - starts_on).days
    for number in range(1, wanted + 1):
        yield end_of(starts_on + timedelta(days=month * number // wanted))
    months = 1 if wanted else 0
    while True:
        months += terms.check_ins.then_every_months
        yield end_of(after_months(starts_on, months))


def _boundary(per: Per, starts_on: date, index: int) -> date:
    if per is Per.WEEK:
        return starts_on + timedelta(weeks=index)
    return after_months(starts_on, index)
