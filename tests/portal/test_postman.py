"""Many mails at once: codes do not wait behind them, and nothing that hangs holds up the rest."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from common.database import transaction
from portal.domain.letters import BEGUN_WITHIN, CODES, LEASE, OTHERS, Kind
from portal.postman import deliver_some, delivering
from portal.store.mails import owe
from portal.store.tables import mails
from tests.portal.cast import EMAIL, NOW
from tests.portal.test_signin import ask
from tests.waiting import eventually

MENTORS = 3


@pytest.fixture
def all_ask():
    """Opens when the proposal of every mentor was asked for, and not before."""
    return asyncio.Barrier(MENTORS)


@pytest.fixture
def neighbours(all_ask):
    matching = FastAPI()

    @matching.get("/proposals/{proposal_id}")
    async def proposal(proposal_id: UUID):
        await all_ask.wait()
        return {"id": proposal_id, "status": "open", "profile": {"axis": "education"}}

    return {"matching": matching}


@pytest.fixture
def propose(register, engine):
    async def propose(number: int) -> None:
        for each in range(number):
            mentor = await register(f"mentor{each}@exemple.fr", "mentor", uuid4())
            facts = {"proposal_id": str(uuid4()), "by": NOW.isoformat()}
            async with transaction(engine) as tx:
                await owe(tx, Kind.PROPOSAL, [mentor], facts=facts)

    return propose


@pytest.fixture
def owe_news(register, engine):
    async def owe_news(*addresses: str) -> None:
        people = [await register(each) for each in addresses]
        async with transaction(engine) as tx:
            await owe(tx, Kind.FAMILY_NEWS, people, facts={"news": "matched"})

    return owe_news


async def test_a_code_leaves_while_other_mails_are_held_up(
    browser, register, portal, desk, propose, post_office, all_ask
):
    await propose(MENTORS - 1)
    await register(EMAIL)
    portal.state.settings = desk.settings

    async with delivering(portal):
        await eventually(lambda: all_ask.n_waiting == MENTORS - 1)
        await ask(browser)
        await eventually(lambda: post_office.got)

    assert [each["To"] for each in post_office.got] == [EMAIL]


async def test_a_service_that_takes_its_time_is_waited_for_once(propose, desk, engine, post_office):
    await propose(MENTORS)

    async with asyncio.timeout(30):
        await deliver_some(engine, desk, OTHERS, at=datetime.now(UTC))

    assert len(post_office.got) == MENTORS


async def test_many_mails_leave_by_one_connection(owe_news, desk, engine, post_office):
    await owe_news("a@exemple.fr", "b@exemple.fr", "c@exemple.fr")

    await deliver_some(engine, desk, OTHERS, at=datetime.now(UTC))

    assert len(post_office.got) == 3
    assert post_office.calls == 1


async def test_who_is_refused_by_the_mail_server_holds_up_nobody(
    owe_news, desk, engine, post_office
):
    post_office.unknown = {"b@exemple.fr"}
    await owe_news("a@exemple.fr", "b@exemple.fr", "c@exemple.fr")

    await deliver_some(engine, desk, OTHERS, at=datetime.now(UTC))

    assert {each["To"] for each in post_office.got} == {"a@exemple.fr", "c@exemple.fr"}


async def test_what_the_lease_might_not_last_for_is_given_back_untried(
    owe_news, desk, engine, post_office, tx
):
    await owe_news("a@exemple.fr", "b@exemple.fr")
    long_ago = datetime.now(UTC) - BEGUN_WITHIN
    async with transaction(engine) as other:
        await other.execute(update(mails).values(next_try_at=long_ago))

    await deliver_some(engine, desk, OTHERS, at=long_ago)

    assert post_office.got == []
    waiting = (await tx.execute(select(mails.c.tries, mails.c.next_try_at))).all()
    assert [each.tries for each in waiting] == [0, 0]
    assert all(each.next_try_at <= datetime.now(UTC) for each in waiting)


def test_every_mail_has_its_turn_and_a_lease_outlasts_what_is_begun():
    assert set(Kind) == CODES | OTHERS
    assert not CODES & OTHERS
    assert BEGUN_WITHIN < LEASE
