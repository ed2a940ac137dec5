"""Periods, missed ones and silence: pure functions of what was signed and when they met."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from common.calendar import after_months, start_of
from common.contracts.policy import CheckIns, Ladder, Meetings, Per
from common.contracts.vocabulary import Modality
from followup.domain.clauses import (
    Rest,
    Terms,
    check_in_dues,
    ends_on,
    missed_in_a_row,
    period,
    period_at,
    silent_from,
)


def terms_with(count: int, per: Per) -> Terms:
    return Terms(
        meetings=Meetings(count=count, per=per, minutes=60),
        months=6,
        modalities=(Modality.ASSOCIATION,),
        check_ins=CheckIns(first_month=2, then_every_months=1),
        ladder=Ladder(nudge=1, task=2, warn=3, silence_periods=1.5),
        meeting_log_due_days=1,
    )


MONTHLY = terms_with(1, Per.MONTH)
START = date(2026, 1, 31)
some_terms = st.builds(terms_with, st.integers(1, 4), st.sampled_from(Per))
days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
moments = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001 (hypothesis takes its bounds without a zone)
    datetime(2029, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def test_a_month_that_began_on_the_31st_ends_on_the_last_day():
    assert after_months(START, 1) == date(2026, 2, 28)
    assert ends_on(MONTHLY, START) == date(2026, 7, 31)


def test_a_pair_that_met_once_in_the_month_missed_nothing():
    met = (start_of(date(2026, 2, 10)),)

    assert not missed_in_a_row(MONTHLY, START, met, (), start_of(date(2026, 3, 1)))


def test_two_empty_months_in_a_row_are_two_missed_periods():
    missed = missed_in_a_row(MONTHLY, START, (), (), start_of(date(2026, 4, 2)))

    assert [each.index for each in missed] == [0, 1]


def test_what_was_missed_before_a_rest_is_dealt_with():
    rest = Rest(start=start_of(date(2026, 4, 5)), end=start_of(date(2026, 4, 20)))

    missed = missed_in_a_row(MONTHLY, START, (), (rest,), start_of(date(2026, 6, 2)))

    assert [each.index for each in missed] == [3]


@given(some_terms, days, moments)
def test_every_moment_after_the_start_lies_in_its_period(terms, start, at):
    span = period_at(terms, start, at)

    assert span.end > at
    assert span.start <= max(at, start_of(start))
    assert period(terms, start, span.index) == span


@given(some_terms, days, st.integers(0, 60))
def test_periods_follow_one_another_without_a_gap(terms, start, index):
    assert period(terms, start, index).end == period(terms, start, index + 1).start


@given(some_terms, days, st.integers(1, 40), st.randoms(use_true_random=False))
def test_whoever_meets_often_enough_in_every_period_never_misses_one(terms, start, many, chance):
    met = []
    for index in range(many):
        span = period(terms, start, index)
        seconds = (span.end - span.start).total_seconds()
        met += [
            span.start + timedelta(seconds=chance.uniform(0, seconds - 1))
            for _ in range(terms.meetings.count)
        ]

    end = period(terms, start, many - 1).end
    for at in (end, end - timedelta(seconds=1), end + timedelta(days=3)):
        assert not missed_in_a_row(terms, start, met, (), at)


@given(some_terms, days, st.lists(moments, max_size=20), moments, moments)
def test_one_more_meeting_never_adds_a_missed_period(terms, start, met, more, at):
    before = missed_in_a_row(terms, start, met, (), at)
    after = missed_in_a_row(terms, start, [*met, more], (), at)

    assert len(after) <= len(before)


@given(some_terms, days, st.lists(moments, max_size=20), moments, st.integers(0, 200))
def test_time_that_passes_without_a_meeting_never_takes_a_missed_period_away(
    terms, start, met, at, later
):
    met = [each for each in met if each <= at]
    now = missed_in_a_row(terms, start, met, (), at)
    then = missed_in_a_row(terms, start, met, (), at + timedelta(days=later))

    # A period kept at its very end may only turn into the start of a new run.
    assert len(then) >= len(now) or period_at(terms, start, max(met, default=at)).end > at


@given(some_terms, days, moments)
def test_nobody_is_silent_within_one_period_of_a_sign(terms, start, last):
    last = max(last, start_of(start))
    span = period_at(terms, start, last)

    assert silent_from(terms, start, last) > last + (span.end - span.start)


def test_two_check_ins_are_due_in_the_first_month_and_then_one_a_month():
    dues = list(check_in_dues(MONTHLY, date(2026, 3, 1), start_of(date(2026, 5, 20))))

    assert [each.astimezone(UTC).date() for each in dues] == [
        date(2026, 3, 16),
        date(2026, 4, 1),
        date(2026, 5, 1),
        date(2026, 6, 1),
    ]
