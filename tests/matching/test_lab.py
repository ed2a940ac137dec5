"""The policy lab: nobody is lost, nothing shown is taken back, and the same seed tells the same."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.contracts.policy import Criterion
from matching.domain.computation import Inputs, compute
from matching.domain.judgement import judge
from matching.domain.people import places
from matching.lab.chance import chance
from matching.lab.figures import row_of
from matching.lab.history import Arrival, History, with_share_of_mentors
from matching.lab.invention import Size, invented
from matching.lab.picture import picture
from matching.lab.replay import MONTH, replay
from matching.lab.scenarios import Conduct, Scenario
from matching.lab.table import comma_separated
from tests.matching import cast, worked
from tests.matching.arrivals import CALM, DAILY, POLICY, history, mentees, waits
from tests.matching.cast import A_MENTEE, A_MENTOR, NOW, TERMS

WORLDS = {
    "seed": st.integers(0, 10_000),
    "every_days": st.integers(1, 12),
    "refusal": st.sampled_from([0.0, 0.3, 1.0]),
    "patience": st.none() | st.integers(1, 60),
    "size": st.builds(
        Size, mentees=st.integers(0, 14), mentors=st.integers(0, 8), days=st.integers(1, 60)
    ),
}


@settings(max_examples=40)
@given(**WORLDS)
def test_whoever_arrives_is_served_or_waits_or_left_and_only_one_of_them(
    seed, every_days, refusal, patience, size
):
    world = invented(POLICY, size, seed)
    conduct = Conduct(seed=seed, refusal=refusal, answer_days=3, patience_days=patience)

    lived = replay(world, Scenario(name="any", every_days=every_days), conduct)

    row = row_of("any", lived)
    assert row.served + row.left + row.waiting == row.arrived == size.mentees
    for each in lived.journeys:
        assert not (each.served_at and each.left_at)
        assert (each.served_at is None) == (each.fit is None)
        assert each.mentee.waiting_since <= (each.served_at or world.until) <= world.until
    answered = [each for each in lived.invitations if each.answered_at <= world.until]
    assert sum(each.accepted for each in answered) == row.served
    assert sum(not each.accepted for each in answered) == row.refused


@settings(max_examples=40)
@given(**WORLDS)
def test_nothing_that_was_shown_is_touched_before_its_answer(
    seed, every_days, refusal, patience, size
):
    world = invented(POLICY, size, seed)
    conduct = Conduct(seed=seed, refusal=refusal, answer_days=5, patience_days=patience)

    lived = replay(world, Scenario(name="any", every_days=every_days), conduct)

    assert len({(each.mentee, each.mentor) for each in lived.invitations}) == len(lived.invitations)
    by_mentee = Counter(each.mentee for each in lived.invitations)
    for mentee in by_mentee:
        mine = [each for each in lived.invitations if each.mentee == mentee]
        for earlier, later in pairwise(mine):
            assert not earlier.accepted
            assert later.made_at >= earlier.answered_at
    mentors = sorted((each.mentor for each in world.mentors), key=lambda each: each.mentor_id)
    for invitation in lived.invitations:
        at = invitation.made_at
        held = [
            each
            for each in lived.invitations
            if each.mentor == invitation.mentor and each.made_at <= at and ends(each) > at
        ]
        assert len(held) <= places(mentors[invitation.mentor], POLICY)


def ends(invitation):
    kept = POLICY.min_duration_months * MONTH if invitation.accepted else timedelta(0)
    return invitation.answered_at + kept


def test_the_same_seed_tells_the_same_to_the_byte():
    size = Size(mentees=30, mentors=20, days=60)
    conduct = replace(CALM, refusal=0.3, patience_days=30)

    told = [
        row_of("a", replay(invented(POLICY, size, seed), DAILY, replace(conduct, seed=seed)))
        for seed in (7, 7, 8)
    ]

    assert told[0] == told[1] != told[2]
    assert picture(told[:1], "fr") == picture(told[1:2], "fr") != picture(told[2:], "fr")
    assert comma_separated(told[:1]) == comma_separated(told[1:2])


@given(st.lists(st.floats(0, 30), min_size=1, max_size=8), st.integers(2, 10))
def test_where_there_is_room_for_all_nobody_waits_longer_for_more_frequent_runs(days, seldom):
    world = history(mentees(*days), len(days))

    often, rarely = (
        replay(world, Scenario(name="", every_days=each), CALM) for each in (1, seldom)
    )

    assert all(one <= other for one, other in zip(waits(often), waits(rarely), strict=True))
    medians = [row_of("", each).median_days or inf for each in (often, rarely)]
    assert medians == sorted(medians)


def test_where_mentors_are_scarce_a_run_that_waits_may_serve_one_more():
    """Omar is the only one for Chloé, and a daily run gives him to Aya the day before."""
    arrivals = {"Ben": 0, "Aya": 1, "Chloé": 2}
    waiting = tuple(
        replace(worked.WAITING[name], waiting_since=NOW + timedelta(days=day))
        for name, day in arrivals.items()
    )
    paula = worked.MENTORS["Paula"]
    roomy = replace(paula, facets=paula.facets.model_copy(update={"capacity": 2}))
    there = tuple(Arrival(mentor=each, since=NOW) for each in (worked.MENTORS["Omar"], roomy))
    world = History(
        mentees=waiting, mentors=there, terms=(worked.terms(),), until=NOW + timedelta(days=30)
    )

    daily, every_third = (
        replay(world, Scenario(name="", every_days=each), CALM) for each in (1, 3)
    )

    assert waits(daily) == [2, 2, inf]
    assert waits(every_third) == [2, 4, 3]


def test_a_wait_lasts_until_the_mentor_said_yes():
    lived = replay(history(mentees(0.5), 1), Scenario(name="", every_days=3), CALM)

    assert waits(lived) == [CALM.answer_days]


def test_a_mentor_who_said_no_is_not_asked_again():
    lived = replay(history(mentees(0), 3), DAILY, replace(CALM, refusal=1.0))

    assert sorted(each.mentor for each in lived.invitations) == [0, 1, 2]
    assert waits(lived) == [inf]


def test_chance_belongs_to_the_seed_and_to_the_people():
    drawn = [chance(seed, about) for seed in range(50) for about in ("one", "other")]

    assert len(set(drawn)) == len(drawn)
    assert all(0 <= each < 1 for each in drawn)
    assert chance(3, "one") == chance(3, "one")
    assert 0.3 < sum(drawn) / len(drawn) < 0.7


def test_a_place_is_free_again_after_the_least_duration():
    world = history(mentees(0, 1), 1, days=200)

    first, second = waits(replay(world, DAILY, CALM))

    assert first == CALM.answer_days
    assert second == pytest.approx(180 - 1 + 2 * CALM.answer_days, abs=1)


def test_a_run_of_the_lab_is_the_run_that_a_coordinator_would_make():
    drawn = invented(POLICY, Size(mentees=25, mentors=12, days=30), 3)
    waiting = tuple(replace(each, waiting_since=NOW) for each in drawn.mentees)
    there = tuple(replace(each, since=NOW) for each in drawn.mentors)
    world = replace(drawn, mentees=waiting, mentors=there, until=NOW + timedelta(hours=1))
    inputs = Inputs(
        at=NOW,
        seed=CALM.seed,
        mentees=waiting,
        mentors=tuple(each.mentor for each in there),
        terms=world.terms,
    )

    lived = replay(world, DAILY, CALM)

    mentors = sorted(each.mentor.mentor_id for each in there)
    pairs = {
        lived.journeys[each.mentee].mentee.referral_id: mentors[each.mentor]
        for each in lived.invitations
    }
    assert pairs == {
        line.referral_id: line.mentor_id for line in compute(inputs).lines if line.mentor_id
    }
    assert pairs


def test_fits_are_told_by_the_weights_of_the_history_whatever_a_scenario_weighs():
    world = history(mentees(0), 1)
    hobbies_alone = cast.policy(matching=cast.matching_policy(weights={Criterion.HOBBY: 1.0}))

    lived = replay(world, replace(DAILY, policy=hobbies_alone), CALM)

    assert lived.journeys[0].fit == judge(A_MENTEE, A_MENTOR, TERMS).fit
    assert judge(A_MENTEE, A_MENTOR, TERMS).fit < 1


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 50))
def test_who_is_kept_of_fewer_mentors_is_kept_of_more(one, other, seed):
    world = history((), 9)
    fewer, more = sorted([one, other])

    kept = {each.mentor.mentor_id for each in with_share_of_mentors(world, fewer, seed).mentors}

    assert len(kept) == round(fewer * 9)
    assert kept <= {
        each.mentor.mentor_id for each in with_share_of_mentors(world, more, seed).mentors
    }
