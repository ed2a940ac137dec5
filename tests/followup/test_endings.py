"""How a pair ends, goes on again, and is forgotten."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from common.contracts.erasure import FollowupForgot
from common.contracts.followup.pairs import PairClosed, PairClosing, PairReopened
from common.contracts.intake.people import PersonErased
from common.database import transaction
from common.events import Edge
from followup.consumers import router
from followup.domain.proofs import verify
from followup.signing_key import PublicKeys
from followup.store import metadata, tables
from followup.store.agreements import find_agreement, names, save_agreement
from followup.store.heard_tables import people
from followup.store.pairs import lock_pair
from tests.deliveries import delivery_of
from tests.followup.cast import NAMES, SECOND_COORDINATOR
from tests.followup.facts import (
    COORDINATOR,
    DAY,
    GUARDIAN,
    MENTEE,
    MENTOR,
    PAIR,
    T0,
    pair_formed,
    that_clear_the_pair,
)
from tests.waiting import eventually

PATH = f"/pairs/{PAIR}"
FAREWELL = {"rematch_mentee": True, "rematch_mentor": False, "contact": "none"}

MET = {"held_at": (T0 + 4 * DAY).isoformat(), "minutes": 60, "modality": "association"}


def erased(person_id, at=T0 + 30 * DAY):
    return PersonErased(occurred_at=at, association_id=None, version=9, person_id=person_id)


async def everything(engine):
    """Read every row that followup keeps, as text."""
    async with engine.connect() as connection:
        rows = [
            str((await connection.execute(select(table))).all()) for table in metadata.sorted_tables
        ]
    return "\n".join(rows)


async def test_a_pair_is_not_closed_before_everyone_was_heard(cast, announced):
    await cast.active(announced)
    await cast.post(COORDINATOR, f"{PATH}/closing", {"reason": "moved", "by": "mentor"})
    await cast.post(COORDINATOR, f"{PATH}/interviews", {"side": "mentor"})
    await cast.post(
        COORDINATOR, f"{PATH}/interviews", {"side": "mentee", "impossible": "unreachable"}
    )

    too_early = await cast.post(COORDINATOR, f"{PATH}/closure", FAREWELL)
    await cast.post(COORDINATOR, f"{PATH}/interviews", {"side": "guardian"})
    closed = await cast.post(COORDINATOR, f"{PATH}/closure", FAREWELL)

    assert too_early.json()["type"] == "InterviewsMissing"
    assert closed.status_code == 204
    [event] = [each for each in await announced() if isinstance(each, PairClosed)]
    assert event.before_term
    assert (event.rematch_mentee, event.rematch_mentor) == (True, False)


async def test_a_pair_that_nobody_began_to_close_is_not_closed(cast, announced):
    await cast.active(announced)

    refused = await cast.post(COORDINATOR, f"{PATH}/closure", FAREWELL)

    assert refused.status_code == 409
    assert await cast.status() == "active"


async def test_safeguarding_is_announced_as_other_and_read_by_the_second_person(cast, announced):
    await cast.active(announced)
    reason = {"reason": "safeguarding", "by": "association"}
    await cast.post(COORDINATOR, f"{PATH}/closing", reason)

    [event] = [each for each in await announced() if isinstance(each, PairClosing)]
    pair = (await cast.get(MENTOR, PATH)).json()
    reports = await cast.get(SECOND_COORDINATOR, f"{PATH}/safeguarding-reports")

    assert event.reason == "other"
    assert pair["closing_reason"] == "other"
    assert [report["closes"] for report in reports.json()] == [True]


async def test_a_closed_pair_is_reopened_and_never_formed_again(cast, announced):
    agreement_id = await cast.active(announced)
    await cast.close()
    await cast.told(pair_formed())
    closed = await cast.status()

    reopened = await cast.post(COORDINATOR, f"{PATH}/reopening")

    assert closed == "closed"
    assert reopened.status_code == 204
    assert await cast.status() == "active"
    assert (await cast.get(MENTOR, PATH)).json()["agreement_id"] == str(agreement_id)
    assert [each for each in await announced() if isinstance(each, PairReopened)]


async def test_a_pair_is_not_reopened_while_the_mentee_has_another_mentor(cast, announced):
    await cast.active(announced)
    await cast.close()
    await cast.told(pair_formed(pair_id=uuid4(), mentor_id=uuid4(), occurred_at=T0 + 9 * DAY))

    refused = await cast.post(COORDINATOR, f"{PATH}/reopening")

    assert refused.json()["type"] == "MatchedAgain"
    assert await cast.status() == "closed"


async def test_a_pair_reopened_after_its_term_meets_and_signs_anew(cast, announced):
    await cast.active(announced)
    cast.clock.at = T0 + 300 * DAY
    await cast.close()

    await cast.post(COORDINATOR, f"{PATH}/reopening")

    pair = (await cast.get(COORDINATOR, PATH)).json()
    assert pair["status"] == "cleared"
    assert pair["agreement_id"] is None


async def test_a_text_that_nobody_finished_signing_is_withdrawn_with_the_pair(cast, announced):
    agreement_id = await cast.met()
    await cast.post(COORDINATOR, f"{PATH}/closing", {"reason": "no_more_time", "by": "mentor"})

    asked = await cast.get(MENTOR, f"/agreements/{agreement_id}")

    assert asked.json()["status"] == "void"


async def test_an_erased_mentee_is_forgotten_and_the_proof_stays(cast, announced, engine):
    agreement_id = await cast.active(announced)
    await cast.log_meeting(T0 + 4 * DAY, word="Un mot sur Yanis")
    proof_before = (await cast.get(MENTOR, f"/agreements/{agreement_id}/proof")).json()
    cast.keys.erase(MENTEE)

    await cast.told(erased(MENTEE), erased(MENTEE))

    said = await announced()
    assert len([each for each in said if isinstance(each, FollowupForgot)]) == 1
    [closed] = [each for each in said if isinstance(each, PairClosed)]
    assert (closed.reason, closed.by) == ("account_closed", "mentee")
    proof = (await cast.get(MENTOR, f"/agreements/{agreement_id}/proof")).json()
    assert proof["text"] is None
    assert proof["signatures"] == proof_before["signatures"]
    assert verify(proof, PublicKeys(proof["keys"]).is_genuine) == ()
    assert (await cast.get(MENTOR, f"/agreements/{agreement_id}/text")).status_code == 409
    [meeting] = (await cast.get(MENTOR, f"{PATH}/meetings")).json()
    assert meeting["word"] is None
    assert (await cast.get(MENTOR, PATH)).json()["mentee"]["name"] is None


async def test_an_erased_mentor_takes_the_words_along(cast, announced, engine):
    await cast.active(announced)
    await cast.post(COORDINATOR, f"{PATH}/meetings", MET)
    await cast.log_meeting(T0 + 4 * DAY, word="Un mot")
    cast.keys.erase(MENTOR)

    await cast.told(erased(MENTOR))

    async with engine.connect() as connection:
        assert (await connection.scalars(select(tables.meetings.c.word))).all() == [None]
        assert (await connection.scalars(select(tables.retellings.c.word))).all() == [None]
        assert (await connection.scalars(select(tables.agreements.c.text))).all() == [None]
    reopened = await cast.post(COORDINATOR, f"{PATH}/reopening")
    assert reopened.json()["type"] == "PersonErased"


async def test_an_erased_guardian_is_named_in_no_text_any_more(cast, announced, engine):
    await cast.active(announced)
    cast.keys.erase(GUARDIAN)

    await cast.told(erased(GUARDIAN))

    async with engine.connect() as connection:
        assert (await connection.scalars(select(tables.agreements.c.text))).all() == [None]


async def test_a_guardian_who_is_erased_while_somebody_signs_is_named_in_no_text_any_more(
    cast, engine
):
    agreement_id = await cast.met()

    async with transaction(engine) as signing:
        await lock_pair(signing, PAIR)
        read = await find_agreement(signing, agreement_id)
        erasing = asyncio.create_task(cast.told(erased(GUARDIAN)))
        await eventually(lambda: somebody_waits(engine))
        await save_agreement(signing, read)
    await erasing

    async with engine.connect() as connection:
        assert (await connection.scalars(select(tables.agreements.c.text))).all() == [None]


async def somebody_waits(engine):
    async with engine.connect() as database:
        return await database.scalar(text("select exists(select from pg_locks where not granted)"))


async def test_whoever_is_erased_is_found_among_all_signatures_by_an_index(engine):
    of_person = tables.signings.c.person_id == MENTEE
    asked = ((tables.agreements, names(MENTEE)), (tables.signings, of_person))
    async with engine.begin() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        for table, where in asked:
            query = select(func.count()).select_from(table).where(where)
            plain = query.compile(connection, compile_kwargs={"literal_binds": True})
            plan = "".join(await connection.scalars(text(f"explain {plain}")))
            assert f"ix_{table.name}_" in plan


@pytest.mark.parametrize(("reason", "again"), [("term_reached", False), ("moved", True)])
async def test_who_has_what_they_came_for_looks_for_nobody_else_when_their_mentor_is_erased(
    cast, announced, reason, again
):
    await cast.active(announced)
    await cast.post(COORDINATOR, f"{PATH}/closing", {"reason": reason, "by": "mentor"})
    cast.keys.erase(MENTOR)

    await cast.told(erased(MENTOR))

    [event] = [each for each in await announced() if isinstance(each, PairClosed)]
    assert (event.reason, event.rematch_mentee) == (reason, again)


async def test_nobody_comes_back_after_an_erasure(cast, announced, engine):
    await cast.cleared()
    await cast.told(erased(MENTEE), await cast.registered(MENTEE, version=99))

    async with engine.connect() as connection:
        known = (await connection.scalars(select(people.c.person_id))).all()
    assert MENTEE not in known


@pytest.mark.parametrize("place", [0, 1])
async def test_who_is_erased_in_the_batch_that_brings_them_is_not_kept(cast, engine, place):
    said = [await cast.registered(MENTEE)]
    said.insert(place, erased(MENTEE))

    await Edge(router, engine).take([delivery_of(each) for each in said])

    async with engine.connect() as connection:
        assert (await connection.scalars(select(people.c.person_id))).all() == []


async def test_a_pair_of_somebody_erased_before_ends_at_once(cast, announced):
    await cast.known()
    await cast.told(erased(MENTEE, at=T0 - DAY), pair_formed(), *that_clear_the_pair())

    assert await cast.status() == "closed"


async def test_no_name_stands_in_the_clear_in_any_table(cast, announced, engine):
    await cast.active(announced)
    await cast.log_meeting(T0 + 4 * DAY, word="Rencontre chez Moreau")
    await cast.post(MENTEE, f"{PATH}/safeguarding-reports", {"text": "Moreau a peur"})
    await cast.close()

    kept = await everything(engine)
    said = "".join(event.model_dump_json() for event in await announced())

    for given, family in NAMES.values():
        for name in (given, family, f"{given}.{family}".lower()):
            assert name not in kept
            assert name not in said
