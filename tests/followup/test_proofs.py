"""A proof of signatures holds for whoever has the file, and only as it was given."""

import json
from base64 import b64decode

import pytest

from common.contracts.followup.agreements import AgreementSigned
from followup.verify import main as verify_file
from tests.followup.facts import (
    DAY,
    MENTOR,
    T0,
)


async def test_everyone_signs_and_the_proof_holds_offline(cast, announced, tmp_path, capsys):
    agreement_id = await cast.active(announced)

    proof = await cast.get(MENTOR, f"/agreements/{agreement_id}/proof")
    file = tmp_path / "proof.json"
    file.write_bytes(proof.content)

    assert verify_file([str(file)]) == 0
    assert "4 signatures hold" in capsys.readouterr().out
    [signed] = [each for each in await announced() if isinstance(each, AgreementSigned)]
    assert signed.starts_on == (T0 + 4 * DAY).date()
    assert "Yanis Moreau" in b64decode(proof.json()["text"]).decode()
    first = proof.json()["signatures"][0]["proof"]
    assert [each["step"] for each in first["log"]] == [
        "opened",
        "code_sent",
        "code_checked",
        "signed",
    ]
    assert first["means"]["masked"] == "i…f@ex…e.org"


@pytest.mark.parametrize(
    "change",
    [
        lambda proof: proof["signatures"][0]["proof"].update(consent="yes"),
        lambda proof: proof["signatures"].pop(1),
        lambda proof: proof["signatures"].reverse(),
        lambda proof: proof.update(text="AAAA"),
        lambda proof: proof.update(text_sha256="0" * 64),
        lambda proof: proof["signatures"][0].update(signature="AAAA"),
        lambda proof: proof.update(format="other"),
        lambda proof: proof.update(signatures=[{}]),
    ],
)
async def test_a_proof_that_was_touched_does_not_hold(cast, announced, tmp_path, change):
    agreement_id = await cast.active(announced)
    proof = (await cast.get(MENTOR, f"/agreements/{agreement_id}/proof")).json()
    change(proof)
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof), "utf-8")

    assert verify_file([str(file)]) == 1


async def test_a_proof_signed_by_another_server_does_not_hold(cast, announced, tmp_path):
    agreement_id = await cast.active(announced)
    proof = await cast.get(MENTOR, f"/agreements/{agreement_id}/proof")
    file, keys = tmp_path / "proof.json", tmp_path / "keys.json"
    file.write_bytes(proof.content)
    keys.write_text('{"keys": []}', "utf-8")

    assert verify_file([str(file), "--keys", str(keys)]) == 1


def test_what_is_no_proof_is_said_so(tmp_path):
    file = tmp_path / "proof.json"
    file.write_text("[]", "utf-8")

    assert verify_file([str(file)]) == 2
