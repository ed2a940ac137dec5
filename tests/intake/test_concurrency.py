"""Several coordinators at once: one answer wins, and no place is given twice."""

import asyncio
from uuid import UUID

from sqlalchemy import text

from common.contracts.intake.people import Ground
from common.contracts.vocabulary import Role
from common.database import transaction
from intake.domain.duplicates import Suspicion, Trace
from intake.domain.referrals import Status
from intake.handlers.erasures import erase_person
from intake.store import people
from tests.intake.cast import NOW, PUPIL
from tests.waiting import eventually


async def test_two_coordinators_answering_at_once_one_wins(
    join, post, client, prescriber, sign_in, load
):
    afev = await join()
    another = sign_in(Role.COORDINATOR, afev["association"])
    for _ in range(5):
        submitted = await post("/referrals", prescriber, **PUPIL, chooses=False)
        path = f"/referrals/{submitted['id']}"

        yes, no = await asyncio.gather(
            client.post(f"{path}/acceptance", headers=afev["coordinator"]),
            client.post(f"{path}/decline", json={"reason": "public"}, headers=another),
        )

        assert sorted([yes.status_code, no.status_code]) in ([204, 403], [204, 409])
        status = (await load(submitted["id"])).status
        assert status is (Status.IN_MATCHING if yes.status_code == 204 else Status.WAITING_LIST)


async def test_no_place_is_given_twice(join, post, client, prescriber, all_statuses, get):
    afev = await join(capacity=3)
    ids = [(await post("/referrals", prescriber, **PUPIL))["id"] for _ in range(8)]
    for each in ids:
        await post(f"/referrals/{each}/offers", prescriber, offer_id=str(afev["offer"]))

    answers = await asyncio.gather(
        *(client.post(f"/referrals/{each}/acceptance", headers=afev["coordinator"]) for each in ids)
    )

    assert sorted(answer.status_code for answer in answers) == [204] * 3 + [409] * 5
    assert (await all_statuses()).count(Status.IN_MATCHING) == 3
    [offer] = await get("/catalogue")
    assert offer["free"] == 0


async def test_a_place_is_free_again_when_its_referral_ends(join, post, prescriber, client, get):
    afev = await join(capacity=1)
    submitted = await post("/referrals", prescriber, **PUPIL, chooses=False)
    await post(f"/referrals/{submitted['id']}/acceptance", afev["coordinator"])
    assert (await get("/catalogue"))[0]["free"] == 0

    await post(f"/referrals/{submitted['id']}/withdrawal", prescriber, reason="withdrawn")

    assert (await get("/catalogue"))[0]["free"] == 1


async def test_the_same_command_twice_at_once_has_one_effect(client, prescriber, all_statuses):
    headers = prescriber | {"Idempotency-Key": str(UUID(int=77))}

    answers = await asyncio.gather(
        *(client.post("/referrals", json=PUPIL, headers=headers) for _ in range(3))
    )

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({a.json()["id"] for a in answers if a.status_code == 201}) == 1
    assert len(await all_statuses()) == 1


async def test_nobody_is_suspected_to_be_a_person_who_is_being_erased(engine, post, prescriber):
    known, newcomer = [
        UUID((await post("/referrals", prescriber, **PUPIL | {"given_name": name}))["mentee_id"])
        for name in ("Inès", "Leïla")
    ]
    noticed = Suspicion(
        person_id=newcomer, known_id=known, traces=(Trace.NAME_AND_BIRTH,), noticed_at=NOW
    )

    async def notice():
        async with transaction(engine) as tx:
            await people.add_suspicions(tx, [noticed])

    async with transaction(engine) as tx:
        await erase_person(tx, known, ground=Ground.ASKED, now=NOW)
        noticing = asyncio.create_task(notice())
        await eventually(lambda: somebody_waits(engine))
    await noticing

    async with engine.connect() as database:
        assert await people.suspicions_about(database, newcomer) == []


async def somebody_waits(engine):
    async with engine.connect() as database:
        return await database.scalar(text("select exists(select from pg_locks where not granted)"))
