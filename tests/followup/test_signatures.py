"""Signatures through the doors: by a code, on paper, at once, twice, wrongly."""

import asyncio
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import column, func, select, table

from common.contracts.followup.agreements import AgreementSignedBy
from common.contracts.intake.consents import AuthorisationKind, AuthorisationWithdrawn
from common.contracts.policy import Signatory
from common.database import transaction
from followup.domain.signing import Signing, open_text, send_code
from followup.store import tables
from followup.store.agreements import save_signing
from followup.store.pairs import lock_pair
from tests.followup.cast import SECOND_COORDINATOR, SOMEBODY_ELSE
from tests.followup.facts import (
    ASSOCIATION,
    COORDINATOR,
    DAY,
    GUARDIAN,
    MENTEE,
    MENTOR,
    PAIR,
    POLICY,
    T0,
    authorisation_given,
    programme_published,
)
from tests.waiting import eventually


async def attempts(engine):
    async with engine.connect() as connection:
        return await connection.scalar(select(func.sum(tables.signings.c.tries)))


async def test_the_text_shown_is_the_text_that_is_signed(cast):
    agreement_id = await cast.met()

    shown = await cast.get(MENTEE, f"/agreements/{agreement_id}/text")
    agreement = (await cast.get(MENTEE, f"/agreements/{agreement_id}")).json()

    assert "Yanis Moreau" in shown.text
    assert sha256(shown.content).hexdigest() == agreement["text_sha256"]
    assert [each["capacity"] for each in agreement["signatories"]] == [
        "mentor",
        "mentee",
        "guardian",
        "organisation",
    ]


async def test_the_bytes_are_kept_sealed(cast, engine):
    await cast.met()

    async with engine.connect() as connection:
        [text] = await connection.scalars(select(tables.agreements.c.text))
    assert text.startswith("s1.")
    assert "Moreau" not in text


async def test_a_code_is_refused_to_whoever_has_not_read(cast):
    agreement_id = await cast.met()

    asked = await cast.post(MENTOR, f"/agreements/{agreement_id}/codes", {"capacity": "mentor"})

    assert asked.status_code == 409
    assert asked.json()["type"] == "NotRead"


async def test_a_wrong_code_is_counted_and_five_are_the_end_of_it(cast, announced, engine):
    agreement_id = await cast.met()
    right = await cast.code_for(MENTOR, agreement_id, "mentor", announced)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"

    answers = [await cast.send(MENTOR, agreement_id, "mentor", wrong) for _ in range(5)]
    too_late = await cast.send(MENTOR, agreement_id, "mentor", right)

    assert {answer.json()["type"] for answer in answers} == {"WrongCode"}
    assert too_late.json()["type"] == "NoCode"
    assert await attempts(engine) == 5


async def somebody_waits(engine):
    waiting = select(func.count()).select_from(table("pg_locks")).where(~column("granted"))
    async with engine.connect() as tx:
        return await tx.scalar(waiting) > 0


async def test_a_text_that_is_opened_meanwhile_takes_no_code_back(cast, engine):
    agreement_id = await cast.met()
    async with transaction(engine) as asking:
        await lock_pair(asking, PAIR)
        new = Signing(agreement_id=agreement_id, capacity=Signatory.MENTOR, person_id=MENTOR)
        sent = send_code(open_text(new, at=T0), code_hash="hash", channel="i…", at=T0)
        await save_signing(asking, sent)
        reading = asyncio.create_task(cast.get(MENTOR, f"/agreements/{agreement_id}/text"))
        await eventually(lambda: somebody_waits(engine))

    assert (await reading).status_code == 200
    async with engine.connect() as connection:
        assert await connection.scalar(select(tables.signings.c.code_hash)) == "hash"


async def test_a_code_lives_a_quarter_of_an_hour(cast, announced):
    agreement_id = await cast.met()
    code = await cast.code_for(MENTOR, agreement_id, "mentor", announced)
    cast.clock.at += timedelta(minutes=15)

    answer = await cast.send(MENTOR, agreement_id, "mentor", code)

    assert answer.json()["type"] == "NoCode"


async def test_a_code_is_not_asked_for_all_day_long(cast):
    agreement_id = await cast.met()
    await cast.get(MENTOR, f"/agreements/{agreement_id}/text")
    path, body = f"/agreements/{agreement_id}/codes", {"capacity": "mentor"}

    answers = [await cast.post(MENTOR, path, body) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [201] * 5 + [429]


async def test_the_code_is_nowhere_in_the_clear(cast, announced, engine):
    agreement_id = await cast.met()
    code = await cast.code_for(MENTOR, agreement_id, "mentor", announced)

    async with engine.connect() as connection:
        rows = (await connection.execute(select(tables.signings))).all()
    assert code not in str(rows)
    assert all(f'"{code}"' not in event.model_dump_json() for event in await announced())


@pytest.mark.parametrize("who", [SOMEBODY_ELSE, MENTEE, GUARDIAN, COORDINATOR])
async def test_nobody_signs_for_the_mentor(cast, who):
    agreement_id = await cast.met()

    asked = await cast.post(who, f"/agreements/{agreement_id}/codes", {"capacity": "mentor"})

    assert asked.status_code == 403


async def test_somebody_signs_once(cast, announced):
    agreement_id = await cast.met()
    first = await cast.sign(MENTOR, agreement_id, "mentor", announced)

    again = await cast.send(MENTOR, agreement_id, "mentor", "000000")

    assert first.status_code == 204
    assert again.json()["type"] == "AlreadySigned"


async def test_whoever_agreed_to_another_text_did_not_sign(cast, announced):
    agreement_id = await cast.met()
    code = await cast.code_for(MENTOR, agreement_id, "mentor", announced)
    body = {"capacity": "mentor", "code": code, "text_sha256": "0" * 64, "consent": True}

    other = await cast.post(MENTOR, f"/agreements/{agreement_id}/signatures", body)

    assert other.json()["type"] == "OtherText"


async def test_without_the_consent_there_is_no_signature(cast, announced):
    agreement_id = await cast.met()
    code = await cast.code_for(MENTOR, agreement_id, "mentor", announced)
    body = {"capacity": "mentor", "code": code, "text_sha256": "0" * 64, "consent": False}

    refused = await cast.post(MENTOR, f"/agreements/{agreement_id}/signatures", body)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "consent"


async def test_two_who_sign_at_once_both_sign_and_the_chain_holds(cast, announced, tmp_path):
    agreement_id = await cast.met()
    mentor = await cast.code_for(MENTOR, agreement_id, "mentor", announced)
    mentee = await cast.code_for(MENTEE, agreement_id, "mentee", announced)

    answers = await asyncio.gather(
        cast.send(MENTOR, agreement_id, "mentor", mentor),
        cast.send(MENTEE, agreement_id, "mentee", mentee),
    )

    assert [answer.status_code for answer in answers] == [204, 204]
    proof = (await cast.get(MENTOR, f"/agreements/{agreement_id}/proof")).json()
    first, second = proof["signatures"]
    assert second["proof"]["previous_sha256"] == first["sha256"]


async def test_the_same_person_who_clicks_twice_at_once_signs_once(cast, announced):
    agreement_id = await cast.met()
    code = await cast.code_for(MENTOR, agreement_id, "mentor", announced)

    answers = await asyncio.gather(
        *(cast.send(MENTOR, agreement_id, "mentor", code) for _ in range(3))
    )

    assert sorted(answer.status_code for answer in answers) == [204, 409, 409]
    signed = [each for each in await announced() if isinstance(each, AgreementSignedBy)]
    assert len(signed) == 1


async def test_nobody_signs_behind_a_gate_that_was_shut_meanwhile(cast, announced):
    agreement_id = await cast.met()
    code = await cast.code_for(MENTOR, agreement_id, "mentor", announced)
    given = authorisation_given()
    await cast.told(
        AuthorisationWithdrawn(
            occurred_at=T0 + DAY,
            association_id=ASSOCIATION,
            version=given.version + 1,
            authorisation_id=given.authorisation_id,
            mentee_id=MENTEE,
            guardian_id=GUARDIAN,
            kind=AuthorisationKind.PARTICIPATION,
        )
    )

    answer = await cast.send(MENTOR, agreement_id, "mentor", code)

    assert answer.json()["type"] == "GatesShut"
    pair = (await cast.get(COORDINATOR, f"/pairs/{PAIR}")).json()
    assert pair["missing"] == ["guardian_authorised"]


async def test_a_policy_that_changes_later_leaves_a_signed_agreement_as_it_is(cast, announced):
    agreement_id = await cast.active(announced)
    before = (await cast.get(MENTOR, f"/agreements/{agreement_id}/text")).content
    weekly = {"meetings": {"count": 2, "per": "week", "minutes": 120}}
    changed = POLICY.model_validate(POLICY.model_dump(mode="json") | weekly)

    await cast.told(programme_published(version=2, policy=changed))

    after = await cast.get(MENTOR, f"/agreements/{agreement_id}")
    assert after.json()["terms"]["meetings"]["per"] == "month"
    assert after.json()["policy_version"] == 1
    assert (await cast.get(MENTOR, f"/agreements/{agreement_id}/text")).content == before
    pair = (await cast.get(SECOND_COORDINATOR, f"/pairs/{PAIR}")).json()
    assert pair["terms"]["meetings"]["per"] == "month"
