"""Histories in files and the command that compares: read strictly, refused in one line."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from common.contracts.policy import Objective
from matching.domain.computation import Inputs, canonical
from matching.lab.__main__ import main
from matching.lab.history import history_of, written
from matching.lab.invention import Size, invented
from tests.matching import cast
from tests.matching.arrivals import POLICY, history, mentees
from tests.matching.cast import A_MENTOR, NOW, TERMS


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
