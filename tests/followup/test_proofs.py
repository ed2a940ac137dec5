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


async def test_a_proof_seals_who_has_to_sign(cast, announced, tmp_path, capsys):
    agreement_id = await cast.met()
    await cast.sign(MENTOR, agreement_id, "mentor", announced)
    proof = (await cast.get(MENTOR, f"/agreements/{agreement_id}/proof")).json()
    proof["signatories"] = ["mentor"]
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof), "utf-8")

    assert verify_file([str(file)]) == 1
    assert "others were to sign" in capsys.readouterr().out


async def test_what_nobody_signed_proves_nothing(cast, tmp_path, capsys):
    agreement_id = await cast.met()
    proof = (await cast.get(MENTOR, f"/agreements/{agreement_id}/proof")).json()
    proof["signatories"] = []
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof), "utf-8")

    assert verify_file([str(file)]) == 1
    assert "nobody signed" in capsys.readouterr().out


@pytest.mark.parametrize(("format_", "status"), [("binome-signature-1", 0), ("other", 1)])
async def test_an_older_proof_holds_as_what_it_is(
    cast, announced, tmp_path, capsys, format_, status
):
    agreement_id = await cast.active(announced)
    proof = (await cast.get(MENTOR, f"/agreements/{agreement_id}/proof")).json()
    previous = None
    for signature in proof["signatures"]:
        body = signature["proof"] | {"format": format_, "previous_sha256": previous}
        if status == 0:
            del body["agreement"]["signatories"]
        sealed = cast.app.state.signing_key.seal(body)
        signature.update(proof=sealed.body, sha256=sealed.sha256, signature=sealed.signature)
        previous = sealed.sha256
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof), "utf-8")

    assert verify_file([str(file)]) == status
    said = capsys.readouterr().out
    assert ("who had to sign is not sealed" in said) is (status == 0)
    assert ("unknown format" in said) is (status == 1)


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
