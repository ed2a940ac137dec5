"""Story 7: a young person of sixteen asks to be forgotten."""

from uuid import UUID

import pytest
from sqlalchemy import select

from common.keys import person_keys
from common.vault import ERASED
from demo.actors import Refused
from followup.store.tables import agreements
from tests.e2e.pairs import Pair
from tests.e2e.people import born
from tests.e2e.rows import database_of
from tests.waiting import eventually

SERVICES = {"matching", "followup", "training", "reporting", "portal"}
COUNTED = (("referrals", "received"), ("referrals", "routed"), ("pairs_started", "started"))


async def test_a_young_person_who_asks_is_forgotten_everywhere_and_every_count_stays(
    town, platform
):
    programme = await town.programme("un_jeune_un_mentor")
    mentor = await town.mentor(programme)
    for _ in range(5):
        await town.refer()
    case = await town.refer(birth_date=born((await town.doors.now()).date(), age=16), level="cap")
    pair = await Pair.active(town, case, mentor)
    before = [await town.figure(*each) for each in COUNTED]

    erasure = await case.mentee.post("intake", f"/people/{case.mentee.person_id}/erasure")
    await town.doors.settle()

    path = f"/erasures/{erasure['id']}"

    async def complete():
        found = await case.mentee.get("intake", path)
        return found if found["complete"] else None

    certificate = await eventually(complete)
    assert set(certificate["forgotten_at"]) == SERVICES
    assert certificate["sha256"]
    assert before[0] == 6
    assert [await town.figure(*each) for each in COUNTED] == before
    with pytest.raises(Refused) as refused:
        await town.coordinator.get("intake", f"/people/{case.mentee.person_id}")
    assert refused.value.problem["type"] == "PersonForgotten"
    assert (await pair.read())["mentee"]["name"] is None
    async with database_of(platform, "intake") as tx:
        keys = await tx.exec_driver_sql(
            f"select wrapped from person_keys where person_id = '{case.mentee.person_id}'"
        )
        assert [key for (key,) in keys if key] == []


async def test_a_proof_of_signatures_outlives_the_name_of_whoever_was_forgotten(town):
    programme = await town.programme("un_jeune_un_mentor")
    mentor = await town.mentor(programme)
    case = await town.refer()
    pair = await Pair.active(town, case, mentor)

    assert case.guardian
    await case.guardian.post("intake", f"/people/{case.mentee.person_id}/erasure")
    await town.doors.settle()

    proof = await pair.proof()
    assert proof["text"] is None
    assert len(proof["signatures"]) == 4


async def test_who_asks_to_be_forgotten_takes_the_key_of_the_pair_along(town, platform):
    programme = await town.programme("un_jeune_un_mentor")
    mentor = await town.mentor(programme)
    case = await town.refer()
    pair = await Pair.active(town, case, mentor)

    before = await key_of(platform, pair)
    await mentor.post("intake", f"/people/{mentor.person_id}/erasure")
    await town.doors.settle()

    async def destroyed():
        return await key_of(platform, pair) == ERASED

    assert before
    await eventually(destroyed)
    async with database_of(platform, "followup") as tx:
        kept = select(agreements.c.key_id, agreements.c.text).where(agreements.c.pair_id == pair.id)
        assert (await tx.execute(kept)).all() == [(UUID(str(pair.id)), None)]


async def key_of(platform, pair):
    async with database_of(platform, "intake") as tx:
        return await tx.scalar(
            select(person_keys.c.wrapped).where(person_keys.c.person_id == pair.id)
        )
