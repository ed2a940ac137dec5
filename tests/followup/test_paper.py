"""Signatures on paper: attested by a coordinator, who is never said to have given them."""

from common.contracts.followup.agreements import AgreementSignedBy
from common.contracts.vocabulary import Setting
from tests.followup.facts import COORDINATOR, DAY, MENTEE, MENTOR, T0

SCAN = "ab" * 32
SIGNED_ON = (T0 + 4 * DAY).date().isoformat()


async def test_a_signature_on_paper_is_attested_with_the_hash_of_its_scan(cast, announced):
    agreement_id = await cast.met()
    body = {"capacity": "mentee", "scan_sha256": SCAN, "signed_on": SIGNED_ON}

    answer = await cast.post(COORDINATOR, f"/agreements/{agreement_id}/attestations", body)

    assert answer.status_code == 204
    proof = (await cast.get(COORDINATOR, f"/agreements/{agreement_id}/proof")).json()
    means = proof["signatures"][0]["proof"]["means"]
    assert means == {
        "kind": "paper",
        "scan_sha256": SCAN,
        "signed_on": SIGNED_ON,
        "attested_by": str(COORDINATOR),
    }


async def test_nobody_here_is_said_to_have_signed_for_a_service_that_signed_on_paper(
    cast, announced
):
    agreement_id = await cast.met(setting=Setting.CHILD_PROTECTION)
    path = f"/agreements/{agreement_id}"
    for capacity in ("mentee", "child_protection", "organisation"):
        body = {"capacity": capacity, "scan_sha256": SCAN, "signed_on": SIGNED_ON}
        answer = await cast.post(COORDINATOR, f"{path}/attestations", body)
        assert answer.status_code == 204, answer.text

    proof = (await cast.get(COORDINATOR, f"{path}/proof")).json()

    signers = [each["proof"]["signer"]["person_id"] for each in proof["signatures"]]
    assert signers == [str(MENTEE), None, None]
    said = [each for each in await announced() if isinstance(each, AgreementSignedBy)]
    assert [(each.person_id, each.attested_by) for each in said] == [
        (MENTEE, COORDINATOR),
        (COORDINATOR, COORDINATOR),
        (COORDINATOR, COORDINATOR),
    ]


async def test_nothing_was_signed_before_its_text_was_ready(cast):
    agreement_id = await cast.met()
    before = (T0 + 3 * DAY).date().isoformat()
    body = {"capacity": "mentee", "scan_sha256": SCAN, "signed_on": before}

    answer = await cast.post(COORDINATOR, f"/agreements/{agreement_id}/attestations", body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "signed_on"


async def test_a_mentor_attests_nothing(cast):
    agreement_id = await cast.met()
    body = {"capacity": "mentee", "scan_sha256": SCAN, "signed_on": SIGNED_ON}

    answer = await cast.post(MENTOR, f"/agreements/{agreement_id}/attestations", body)

    assert answer.status_code == 403
