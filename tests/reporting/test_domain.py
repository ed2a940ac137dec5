"""The rules of reporting, each as one sentence."""

import csv
import io
import time
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.intake.people import PersonRegistered
from common.contracts.vocabulary import Sealed
from reporting.domain.catalogue import CATALOGUE, definition
from reporting.domain.definitions import IndicatorNotFound, Split, SplitNotPossible
from reporting.domain.facts import moment_of
from reporting.domain.figures import lasting
from reporting.domain.forgetting import token_of
from reporting.domain.journeys import Step, for_association, for_prescriber, in_charge
from reporting.domain.periods import PeriodNotPossible, period
from reporting.domain.sheet import cell, sheet
from reporting.domain.survival import Lasted, curve, median_days, share_lasting
from tests.reporting.cast import ANOTHER_ASSOCIATION, ASSOCIATION, PRESCRIBER, Journey

days = st.floats(0, 1000, allow_nan=False)
durations = st.lists(days, min_size=1, max_size=40)
watched = st.lists(st.builds(Lasted, days, st.booleans()), min_size=1, max_size=40)


def share_of(pairs, at_least):
    longest = max((pair.days for pair in pairs), default=None)
    return share_lasting(curve(pairs), at_least, longest=longest)


@given(durations, days)
def test_without_running_pairs_the_share_is_a_plain_count(lengths, at_least):
    pairs = [Lasted(length, ended=True) for length in lengths]

    counted = sum(length >= at_least for length in lengths) / len(lengths)

    assert share_of(pairs, at_least) == pytest.approx(counted, abs=1e-9)


@given(durations)
def test_without_running_pairs_the_median_is_the_middle_one(lengths):
    middle = sorted(lengths)[(len(lengths) - 1) // 2]

    assert median_days(curve([Lasted(length, ended=True) for length in lengths])) == middle


@given(watched, days)
def test_a_running_pair_may_last_so_the_share_lies_between_the_two_extremes(pairs, at_least):
    share = share_of(pairs, at_least)
    still_may = sum(pair.days >= at_least or not pair.ended for pair in pairs) / len(pairs)
    surely = sum(pair.days >= at_least for pair in pairs) / len(pairs)

    assert share is None or surely - 1e-9 <= share <= still_may + 1e-9


@given(watched)
def test_the_share_never_rises_with_time(pairs):
    shares = [share for _, share in curve(pairs)]

    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)


def test_the_example_of_a_textbook():
    pairs = [Lasted(6, ended=True), Lasted(6, ended=False), Lasted(10, ended=True)]

    assert curve(pairs) == [(6, pytest.approx(2 / 3)), (10, 0.0)]


@given(st.lists(st.builds(Lasted, st.integers(0, 9), st.booleans()), max_size=40))
def test_the_curve_is_the_product_of_those_who_stay_at_each_end(pairs):
    share, steps = 1.0, []
    for end in sorted({pair.days for pair in pairs if pair.ended}):
        watched = sum(pair.days >= end for pair in pairs)
        share *= 1 - sum(pair.days == end and pair.ended for pair in pairs) / watched
        steps.append((end, share))

    assert curve(pairs) == steps


def test_ten_thousand_pairs_that_ended_each_at_another_moment_take_no_time():
    pairs = [Lasted(number / 10, ended=True) for number in range(10_000)]
    started = time.process_time()

    cell = lasting(None, pairs)

    assert (cell.n, cell.values["share_6_months"]) == (10_000, 0.817)
    assert time.process_time() - started < 1


def test_what_nobody_was_watched_for_is_not_known():
    running = [Lasted(100, ended=False)]

    assert share_of(running, 183) is None
    assert median_days(curve(running)) is None
    assert share_of([], 183) is None


def test_a_period_holds_both_its_days_as_france_counts_them():
    asked = period(date(2026, 9, 1), date(2026, 12, 31))

    assert asked.start == datetime(2026, 8, 31, 22, tzinfo=UTC)
    assert asked.end == datetime(2026, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 9, 2), date(2026, 9, 1)),
        (date(1, 1, 1), date(2026, 1, 1)),
        (date(2026, 1, 1), date(9999, 12, 31)),
        (date(2010, 1, 1), date(2026, 1, 1)),
    ],
)
def test_a_period_that_is_no_period_is_refused(first, last):
    with pytest.raises(PeriodNotPossible):
        period(first, last)


def test_each_indicator_has_exactly_one_recommended_version():
    recommended = [each.code for each in CATALOGUE if each.recommended]

    assert sorted(recommended) == sorted({each.code for each in CATALOGUE})
    assert len({(each.code, each.version) for each in CATALOGUE}) == len(CATALOGUE)
    assert {each.number for each in CATALOGUE} == set(range(1, 11))


def test_a_version_is_found_by_its_number_and_the_recommended_one_without():
    assert definition("pairs_started", None).version == 1
    assert definition("pairs_started", 2).version == 2
    for code, version in (("pairs_started", 3), ("nothing", None)):
        with pytest.raises(IndicatorNotFound):
            definition(code, version)


def test_what_is_told_in_aggregate_alone_is_split_by_nothing_else():
    publics = definition("priority_publics", None)

    assert publics.split_by(None) is Split.PUBLIC
    with pytest.raises(SplitNotPossible):
        publics.split_by(Split.ASSOCIATION)


def test_a_moment_keeps_no_name_no_text_and_no_sealed_thing():
    event = PersonRegistered(
        occurred_at=datetime(2026, 9, 1, tzinfo=UTC),
        association_id=None,
        version=1,
        person_id=UUID(int=1),
        language="fr",
        sealed={"given_name": Sealed("v1.canary")},
    )

    assert moment_of(event).facts == {}


def test_a_moment_keeps_choices_numbers_and_dates():
    [*_, closed] = Journey(number=1).running().closed().events

    assert moment_of(closed).facts == {
        "reason": "term_reached",
        "by": "mentor",
        "lasted_days": 70,
        "before_term": False,
        "rematch_mentee": False,
        "rematch_mentor": True,
    }


def test_a_token_leads_to_the_same_place_and_not_back():
    assert token_of(PRESCRIBER) == token_of(PRESCRIBER) != PRESCRIBER


def step(kind: str, version: int, association_id: UUID | None = ASSOCIATION) -> Step:
    at = datetime(2026, 9, version, tzinfo=UTC)
    return Step(kind=kind, at=at, version=version, association_id=association_id, facts={"x": 1})


def test_in_charge_is_who_was_asked_last_and_has_not_said_no():
    first, no = step("referral_offered", 1), step("referral_declined", 2)
    second = step("referral_offered", 3, ANOTHER_ASSOCIATION)

    assert in_charge([first]) == ASSOCIATION
    assert in_charge([first, no]) is None
    assert in_charge([second, no, first]) == ANOTHER_ASSOCIATION
    assert in_charge([]) is None


def test_who_takes_over_reads_that_others_were_asked_and_not_what_they_said():
    steps = [step("referral_declined", 2), step("referral_offered", 3, ANOTHER_ASSOCIATION)]

    declined, offered = for_association(steps, ANOTHER_ASSOCIATION)

    assert (declined.kind, declined.association_id, declined.facts) == (
        "referral_declined",
        None,
        {},
    )
    assert offered.facts == {"x": 1}


def test_a_prescriber_reads_where_it_stands_and_nothing_of_the_story():
    steps = [step("referral_submitted", 1), step("check_in_held", 2), step("pair_formed", 3)]

    assert [stands for _, stands in for_prescriber(steps)] == ["submitted", "matched"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "\n=HYPERLINK(0)"]
)
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(text):
    assert cell(text) == f"'{text}"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1))
def test_a_sheet_is_read_back_as_it_was_written_and_holds_no_formula(texts):
    text = sheet(["a"] * len(texts), [texts]).decode("utf-8-sig")

    [_, row] = csv.reader(io.StringIO(text, newline=""), delimiter=";")

    assert [each.removeprefix("'") for each in row] == [each.removeprefix("'") for each in texts]
    assert not any(each.lstrip().startswith(("=", "+", "-", "@")) for each in row)


def test_a_sheet_opens_in_a_french_spreadsheet():
    assert sheet(["délai"], [[12.5], [None], [3]]) == (
        b'\xef\xbb\xbfd\xc3\xa9lai\r\n12,5\r\n""\r\n3\r\n'
    )
