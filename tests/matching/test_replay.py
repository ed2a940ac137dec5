"""Anyone computes a run again from its receipt, and hears what is not as it says."""

import json
import subprocess
import sys
from dataclasses import replace
from uuid import UUID

import pytest

from matching import replay
from matching.domain.computation import Inputs, canonical
from matching.domain.receipts import receipt_of
from matching.domain.shards import solve
from matching.provenance import provenance
from tests.matching.cast import A_MENTEE, A_MENTOR, NOW, TERMS

RUN = Inputs(
    at=NOW,
    seed=7,
    mentees=(A_MENTEE, replace(A_MENTEE, referral_id=UUID(int=98), mentee_id=UUID(int=97))),
    mentors=(A_MENTOR,),
    terms=(TERMS,),
)
TEXT = canonical(RUN)
RECEIPT = receipt_of(RUN, TEXT, solve(RUN), provenance()).model_dump(mode="json")


@pytest.fixture
def replayed(tmp_path, capsys):
    """Replay what is exported, with changes, and give the exit code and what is said."""

    def replayed(inputs=TEXT, **changes):
        exported = {"receipt": RECEIPT | changes, "inputs": inputs}
        (tmp_path / "receipt.json").write_text(json.dumps(exported))
        code = replay.main([str(tmp_path / "receipt.json")])
        said = capsys.readouterr()
        return code, said.out + said.err

    return replayed


def test_a_receipt_is_replayed_to_the_byte_by_the_command(tmp_path):
    (tmp_path / "receipt.json").write_text(json.dumps(RECEIPT))
    (tmp_path / "inputs.json").write_text(TEXT)

    done = subprocess.run(
        [sys.executable, "-m", "matching.replay", "receipt.json", "inputs.json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": ":".join(sys.path)},
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert RECEIPT["result_sha256"] in done.stdout


def test_changed_inputs_are_found_out(replayed):
    code, said = replayed(inputs=TEXT.replace('"seed":7', '"seed":8'))

    assert code == 1
    assert "other inputs" in said


def test_a_changed_result_is_found_out(replayed):
    code, said = replayed(result_sha256="0" * 64)

    assert code == 1
    assert "the result is another one" in said


@pytest.mark.parametrize("figure", ["waiting", "couples", "places"])
def test_a_changed_figure_is_found_out(replayed, figure):
    code, said = replayed(**{figure: RECEIPT[figure] + 1})

    assert code == 1
    assert figure in said


def test_other_rules_are_named_before_anything_is_computed(replayed):
    code, said = replayed(code_version="0" * 64)

    assert code == 1
    assert "rules" in said


def test_other_packages_are_noted_and_do_not_matter_if_the_result_is_the_same(replayed):
    code, said = replayed(packages={"numpy": "0.1"})

    assert code == 0
    assert "numpy 0.1 there" in said


@pytest.mark.parametrize(
    "inputs",
    [
        None,
        "{}",
        TEXT.replace('"latitude":48.8566', '"latitude":NaN'),
        TEXT.replace('"capacity":1', '"capacity":-1'),
        TEXT.replace('"commune":"75056"', '"commune":"Paris"'),
        TEXT.replace('"engaged":0', '"engaged":-1'),
        TEXT.replace('"sector":0.2', '"sector":0.3'),
    ],
)
def test_inputs_beyond_bounds_are_refused(replayed, inputs):
    assert inputs != TEXT

    code, _ = replayed(inputs=inputs)

    assert code == 2
