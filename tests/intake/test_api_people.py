"""Cards, consents, erasure: who may, what is noted, and what is left."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text

from common.contracts.erasure import (
    FollowupForgot,
    MatchingForgot,
    PortalForgot,
    ReportingForgot,
    TrainingForgot,
)
from common.contracts.intake.consents import (
    AdherenceGiven,
    AuthorisationAsked,
    AuthorisationGiven,
    ProtectionAgreed,
)
from common.contracts.intake.people import Ground, PersonErased, RoleRevoked
from common.contracts.intake.referrals import ReferralEnded
from common.contracts.vocabulary import Role
from common.database import transaction
from common.keys import erase_key
from intake.schedule import erase_again
from intake.store.people_tables import erasures, fingerprints, people
from intake.store.tables import referrals
from tests.intake.cast import JOB_SEEKER, PUPIL
from tests.intake.test_consumers import closed, formed

ALL_FORGET = (MatchingForgot, FollowupForgot, TrainingForgot, ReportingForgot, PortalForgot)


@pytest.fixture
async def case(join, post, prescriber, sign_in, load):
    """A pupil's accepted referral, and everybody around it."""
    afev = await join()
    submitted = await post("/referrals", prescriber, **PUPIL, chooses=False)
    await post(f"/referrals/{submitted['id']}/acceptance", afev["coordinator"])
    referral = await load(submitted["id"])
    return afev | {
        "referral": referral,
        "mentee_id": referral.mentee_id,
        "mentee": sign_in(Role.MENTEE, None, referral.mentee_id),
        "guardian": sign_in(Role.GUARDIAN, None, referral.guardian_id),
    }


async def test_those_who_may_open_a_card_see_it_and_are_noted(case, get):
    path = f"/people/{case['mentee_id']}"
    for who in ("coordinator", "guardian", "mentee"):
        card = await get(path, case[who])
        assert (card["given_name"], card["birth_date"]) == ("Inès", PUPIL["birth_date"])

    noted = await get(f"{path}/accesses", case["guardian"])
    assert len(noted) == 2  # one's own card may be read without a note
    assert noted == await get(f"{path}/accesses", case["mentee"])


async def test_only_the_person_and_their_guardian_read_who_read(case, client):
    response = await client.get(
        f"/people/{case['mentee_id']}/accesses", headers=case["coordinator"]
    )

    assert response.status_code == 403


async def test_a_mentor_has_the_contact_only_while_there_is_a_pair(case, client, hear, sign_in):
    referral = case["referral"]
    pair = formed(referral)
    mentor = sign_in(Role.MENTOR, case["association"], pair.mentor_id)
    cards = [f"/people/{referral.mentee_id}", f"/people/{referral.guardian_id}"]

    async def codes():
        return [(await client.get(card, headers=mentor)).status_code for card in cards]

    assert await codes() == [403, 403]
    await hear(pair)
    assert await codes() == [200, 200]
    card = (await client.get(cards[0], headers=mentor)).json()
    assert "birth_date" not in card
    await hear(closed(referral))
    assert await codes() == [403, 403]


async def test_a_guardian_authorises_from_their_list(case, get, post, client, announced):
    [asked] = await get("/authorisations", case["guardian"])
    path = f"/authorisations/{asked['id']}/decision"

    refused = await client.post(path, json={"given": True}, headers=case["coordinator"])
    assert refused.status_code == 403
    await post(path, case["guardian"], given=True)

    assert (await get("/authorisations", case["guardian"]))[0]["answer"] == "given"
    assert isinstance((await announced())[-1], AuthorisationGiven)


async def test_images_are_asked_about_apart(case, post, get, announced):
    await post(
        "/authorisations", case["coordinator"], referral_id=str(case["referral"].id), kind="image"
    )

    assert len(await get("/authorisations", case["guardian"])) == 2
    event = (await announced())[-1]
    assert isinstance(event, AuthorisationAsked)
    assert event.kind == "image"


async def test_a_minor_agrees_in_person(case, post, client, announced):
    path = f"/people/{case['mentee_id']}/adherence"

    assert (
        await client.post(path, json={"given": True}, headers=case["guardian"])
    ).status_code == 403
    await post(path, case["mentee"], given=True)

    assert isinstance((await announced())[-1], AdherenceGiven)


async def test_the_child_protection_service_agrees_through_the_association(
    case, post, client, announced, sign_in
):
    path = f"/people/{case['mentee_id']}/protection-agreement"
    today = datetime.now(UTC).date()
    form = {
        "evaluated_on": today.isoformat(),
        "valid_until": today.replace(year=today.year + 1, day=1).isoformat(),
    }

    stranger = sign_in(Role.COORDINATOR, UUID(int=5))
    assert (await client.post(path, json=form, headers=stranger)).status_code == 403
    await post(path, case["coordinator"], **form)
    await post(path, case["coordinator"], **form)

    versions = [e.version for e in await announced() if isinstance(e, ProtectionAgreed)]
    assert versions == [1, 2]


async def test_an_erased_person_is_gone_and_counted(case, post, get, client, engine, announced):
    path = f"/people/{case['mentee_id']}"
    erasure = await post(f"{path}/erasure", case["guardian"])

    assert (await client.get(path, headers=case["coordinator"])).status_code == 409
    said = await announced()
    told = [
        type(event)
        for event in said
        if isinstance(event, ReferralEnded | RoleRevoked | PersonErased)
    ]
    assert [kind.__name__ for kind in told] == ["ReferralEnded", "RoleRevoked", "PersonErased"]
    assert [each.ground for each in said if isinstance(each, PersonErased)] == [Ground.ASKED]
    async with transaction(engine) as tx:
        one = people.c.id == case["mentee_id"]
        [person] = (await tx.execute(select(people).where(one))).mappings()
        [row] = (await tx.execute(select(referrals))).mappings()
        left = await tx.scalars(
            select(fingerprints).where(fingerprints.c.person_id == case["mentee_id"])
        )
        wrapped = await tx.scalar(
            text("select wrapped from person_keys where person_id = :id"), {"id": person["id"]}
        )
    assert (person["sealed"], person["erased"], wrapped) == ({}, True, b"")
    assert (row["facets"], row["sealed"], row["age_band"]) == (None, {}, "11-14")
    assert not left.all()
    assert erasure == await post(f"{path}/erasure", case["guardian"])


async def test_the_certificate_is_complete_when_all_five_have_forgotten(case, post, get, hear):
    erasure = await post(f"/people/{case['mentee_id']}/erasure", case["coordinator"])
    path = f"/erasures/{erasure['id']}"

    for service in ALL_FORGET:
        assert not (await get(path, case["guardian"]))["complete"]
        for _ in range(2):
            await hear(
                service(
                    occurred_at=datetime.now(UTC),
                    association_id=None,
                    version=1,
                    person_id=case["mentee_id"],
                )
            )

    certificate = await get(path, case["guardian"])
    assert certificate["complete"]
    assert len(certificate["sha256"]) == 64


async def test_an_erasure_that_a_restore_forgot_is_done_again_when_somebody_tells_of_it(
    case, post, hear, engine, announced
):
    await hear(
        MatchingForgot(
            occurred_at=datetime.now(UTC),
            association_id=None,
            version=1,
            person_id=case["mentee_id"],
        )
    )

    assert PersonErased in map(type, await announced())
    async with transaction(engine) as tx:
        [row] = (await tx.execute(select(erasures))).mappings()
    assert (row["ground"], list(row["forgotten_at"])) == ("again", ["matching"])


async def test_who_came_back_without_a_key_is_forgotten_again(case, engine, announced):
    async with transaction(engine) as tx:
        await erase_key(tx, case["mentee_id"], at=datetime.now(UTC))

    async with transaction(engine) as tx:
        assert await erase_again(tx, datetime.now(UTC)) == 1
    async with transaction(engine) as tx:
        assert await erase_again(tx, datetime.now(UTC)) == 0

    told = [each for each in await announced() if isinstance(each, PersonErased)]
    assert [each.person_id for each in told] == [case["mentee_id"]]


async def test_nobody_else_erases_a_person(case, client, sign_in):
    for who in (
        sign_in(Role.COORDINATOR, UUID(int=5)),
        sign_in(Role.MENTOR, case["association"]),
        sign_in(Role.GUARDIAN),
    ):
        response = await client.post(f"/people/{case['mentee_id']}/erasure", headers=who)
        assert response.status_code == 403


async def test_no_name_no_contact_and_no_text_lies_in_the_clear(post, engine):
    canary = JOB_SEEKER | {
        "given_name": "Canarygiven",
        "family_name": "Canaryfamily",
        "email": "canary@example.org",
        "phone": "+33 6 99 88 77 66",
        "birth_date": "1999-12-24",
        "motivation_text": "Canarymotivation",
        "expectations_text": "Canaryexpectation",
        "notes": "Canarynotes",
        "other_schemes": "Canaryschemes",
    }
    await post("/referrals/public", **canary)

    async with transaction(engine) as tx:
        tables = await tx.scalars(
            text("select table_name from information_schema.tables where table_schema = 'public'")
        )
        for table in tables.all():
            for row in (await tx.execute(text(f'select t::text from "{table}" t'))).scalars():
                assert "anary" not in row, table
                assert "1999-12-24" not in row, table
                assert "99 88" not in row, table
