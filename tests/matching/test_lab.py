"""The policy lab: nobody is lost, nothing shown is taken back, and the same seed tells the same."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from itertools import pairwise
from math import inf
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.contracts.policy import Criterion, Objective
from matching.domain.computation import Inputs, canonical, compute
from matching.domain.judgement import judge
from matching.domain.people import places
from matching.lab.__main__ import main
from matching.lab.chance import chance
from matching.lab.figures import reached, row_of, waiting_curve
from matching.lab.history import Arrival, History, history_of, with_share_of_mentors, written
from matching.lab.invention import Size, invented
from matching.lab.picture import picture
from matching.lab.replay import MONTH, replay
from matching.lab.scenarios import Conduct, Scenario
from matching.lab.table import COLUMNS, comma_separated, markdown
from tests.matching import cast, worked
from tests.matching.cast import A_MENTEE, A_MENTOR, NOW, TERMS

POLICY = cast.policy()
CALM = Conduct(seed=0, refusal=0.0, answer_days=2, patience_days=None)
DAILY = Scenario(name="daily", every_days=1)


def mentees(*days):
    """Make mentees like the cast's, who arrive on some days."""
    return tuple(
        replace(
            A_MENTEE,
            referral_id=UUID(int=800 + number),
            mentee_id=UUID(int=900 + number),
            waiting_since=NOW + timedelta(days=day),
        )
        for number, day in enumerate(days)
    )


def history(waiting, number_of_mentors, days=60):
    """Let so many mentors like the cast's be there from the beginning."""
    there = tuple(
        Arrival(mentor=replace(A_MENTOR, mentor_id=UUID(int=300 + each)), since=NOW)
        for each in range(number_of_mentors)
    )
    until = NOW + timedelta(days=days)
    return History(mentees=waiting, mentors=there, terms=(TERMS,), until=until)


def waits(lived):
    return [
        (each.served_at - each.mentee.waiting_since) / timedelta(days=1) if each.served_at else inf
        for each in lived.journeys
    ]


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


def test_who_still_waits_counts_as_long_as_they_were_watched():
    watched = [(1.0, True), (2.0, False), (3.0, True), (4.0, False)]

    assert waiting_curve(watched) == ((0.0, 1.0), (1.0, 0.75), (3.0, 0.375))


@given(st.lists(st.integers(0, 9).map(float), min_size=1, max_size=12))
def test_where_all_are_served_the_median_is_the_plain_one(days):
    curve = waiting_curve([(day, True) for day in days])

    half = sorted(days)[-(-len(days) // 2) - 1]
    assert reached(curve, 0.5) == half
    assert reached(curve, 1.0) == max(days)


def test_who_gave_up_makes_no_wait_look_short():
    served_late = [(9.0, True)]

    alone = waiting_curve([*served_late, (30.0, False)])

    assert reached(alone, 0.9) is None


def rows():
    few = history(mentees(0, 0, 1), 2)
    return [row_of("Rares & « chers » <1>", replay(few, DAILY, CALM))]


@pytest.mark.parametrize(
    ("language", "axes"),
    [
        (
            "fr",
            {
                "Jours depuis l’orientation",
                "Part encore sans mentor (%)",
                "Accord d’un binôme (%)",
                "Part des binômes au-dessus (%)",
            },
        ),
        ("en", {"Days since the referral", "Share still without a mentor (%)"}),
    ],
)
def test_the_picture_is_xml_that_names_its_axes_and_its_scenarios(language, axes):
    drawn = ET.fromstring(picture(rows(), language))  # noqa: S314 - it is ours

    told = {each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert axes | {"Rares & « chers » <1>"} <= told
    assert drawn.findtext("{http://www.w3.org/2000/svg}title")


def test_a_picture_of_nothing_is_still_a_picture():
    nothing = row_of("vide", replay(history((), 0), DAILY, CALM))

    assert ET.fromstring(picture([nothing], "fr")) is not None  # noqa: S314 - it is ours


def test_the_table_says_what_was_never_reached():
    [row] = rows()

    assert (row.served, row.waiting, row.p90_days) == (2, 1, None)
    assert "pas atteint" in markdown([row], "fr")
    assert "| 2 (67 %) |" in markdown([row], "fr")
    [head, line] = csv.reader(StringIO(comma_separated([row])))
    assert tuple(head) == COLUMNS
    assert (line[0], line[COLUMNS.index("p90_days")]) == (row.name, "")


def test_a_history_is_written_in_one_way_and_read_back_whole():
    world = invented(POLICY, Size(mentees=3, mentors=2, days=9), 1)

    assert history_of([written(world)]) == world


def test_the_inputs_of_runs_tell_a_history():
    early, late = mentees(-9, -1)
    first = Inputs(at=NOW, seed=0, mentees=(early,), mentors=(A_MENTOR,), terms=(TERMS,))
    newcomer = replace(A_MENTOR, mentor_id=UUID(int=77))
    next_day = NOW + timedelta(days=1)
    second = replace(first, at=next_day, mentees=(late,), mentors=(A_MENTOR, newcomer))

    world = history_of([canonical(second), canonical(first)])

    assert [each.referral_id for each in world.mentees] == [early.referral_id, late.referral_id]
    assert [each.since for each in world.mentors] == [early.waiting_since, next_day]
    assert world.until == next_day


def command(tmp_path, *given, policy=POLICY):
    path = tmp_path / "policy.json"
    path.write_text(policy if isinstance(policy, str) else policy.model_dump_json())
    return main(["--policy", str(path), "--invent", "12", "8", "30", *given])


def test_the_command_writes_a_table_a_picture_and_the_history(tmp_path, capsys):
    out = tmp_path / "out"

    assert command(tmp_path, "--weights", "hobby=0.5,sector=0.5", "--out", str(out)) == 0

    table = capsys.readouterr().out
    assert table == (out / "lab.md").read_text()
    assert [line.split(" | ")[0] for line in table.splitlines()[2:]] == [
        "| chaque jour",
        "| tous les 3 jours",
        "| tous les 10 jours",
        "| tous les 3 jours, 80 % des mentors",
        "| tous les 3 jours, autres poids hobby=0.5 sector=0.5",
    ]
    again = tmp_path / "again"
    assert main([str(out / "history.json"), "--mentors", "--out", str(again)]) == 0
    assert (again / "history.json").read_bytes() == (out / "history.json").read_bytes()


@pytest.mark.parametrize(
    "given",
    [
        ["--mentors", "nan"],
        ["--mentors", "1.5"],
        ["--refusal", "-0.1"],
        ["--batch", "0"],
        ["--weights", "fame=1"],
        ["--weights", "hobby=inf"],
        ["--invent", "-1", "1", "1"],
    ],
)
def test_an_argument_beyond_bounds_is_refused(tmp_path, capsys, given):
    with pytest.raises(SystemExit) as no:
        command(tmp_path, *given)

    assert no.value.code == 2
    assert given[0] in capsys.readouterr().err


def test_weights_that_do_not_sum_to_one_are_refused_in_one_line(tmp_path, capsys):
    assert command(tmp_path, "--weights", "hobby=0.9") == 2
    assert "weights must sum to 1" in capsys.readouterr().err


WORLD = history(mentees(0), 1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (written(replace(WORLD, terms=())), "a programme without rules"),
        (written(replace(WORLD, mentees=WORLD.mentees * 2)), "twice"),
        (written(replace(WORLD, mentors=WORLD.mentors * 2)), "twice"),
        (written(WORLD).replace('"engaged": 0', '"engaged": -1'), "less than never"),
        (written(WORLD).replace('"capacity": 1', '"capacity": -1'), "capacity"),
        (written(WORLD).replace('"latitude": 48.8566', '"latitude": NaN'), "latitude"),
        ("nothing", "refused"),
    ],
)
def test_a_history_that_nobody_could_have_lived_is_refused(tmp_path, capsys, text, why):
    path = tmp_path / "history.json"
    path.write_text(text)

    assert main([str(path)]) == 2
    assert why in capsys.readouterr().err


def test_a_file_that_is_not_there_is_refused(tmp_path, capsys):
    assert main([str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err


def test_another_policy_is_a_scenario_of_its_own(tmp_path, capsys):
    fit_first = cast.policy(matching=cast.matching_policy(objective=Objective.FIT_FIRST))
    other = tmp_path / "accord.json"
    other.write_text(f'{{"code": "accord", "policy": {fit_first.model_dump_json()}}}')

    assert command(tmp_path, "--policy", str(other), "--batch", "2", "--mentors") == 0

    told = capsys.readouterr().out
    assert "| tous les 2 jours, accord |" in told


def test_a_policy_that_is_none_is_refused_by_the_name_of_its_rule(tmp_path, capsys):
    wrong = POLICY.model_dump_json().replace('"protect_after_days":60', '"protect_after_days":-1')

    assert command(tmp_path, policy=wrong) == 2
    assert "matching.protect_after_days" in capsys.readouterr().err


def test_without_a_policy_or_a_history_nothing_is_compared(capsys):
    assert main([]) == 2
    assert "--policy" in capsys.readouterr().err
