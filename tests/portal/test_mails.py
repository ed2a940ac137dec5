"""Mails that leave: written at the last moment, tried again, and never with another's name."""

import smtplib
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from common.contracts.vocabulary import Role
from common.database import transaction
from portal.domain.letters import CODES, LEASE, MOST_TRIES, OTHERS, Kind, next_try
from portal.letters import Desk
from portal.postman import deliver_some
from portal.smtp import connected
from portal.store.mails import owe
from portal.store.tables import mails
from portal.tokens import main
from tests.portal.cast import EMAIL, NOW
from tests.portal.post_office import PostOffice
from tests.portal.test_signin import ask


async def send_due(engine, desk) -> None:
    for kinds in (CODES, OTHERS):
        await deliver_some(engine, desk, kinds, at=datetime.now(UTC))


async def test_the_code_that_was_mailed_is_the_one_that_opens(
    browser, register, desk, engine, post_office, code
):
    await register(EMAIL)
    await ask(browser)

    await send_due(engine, desk)

    [message] = post_office.got
    assert message["To"] == EMAIL
    text = message.get_body(("plain",)).get_content()
    assert await code() in text
    assert "Bonjour Camille" in text


async def test_a_mail_is_in_the_language_of_its_reader(register, desk, engine, post_office):
    person_id = await register(EMAIL, language="en")
    async with transaction(engine) as tx:
        await owe(tx, Kind.FAMILY_NEWS, [person_id], facts={"news": "matched"})

    await send_due(engine, desk)

    [message] = post_office.got
    assert message["Subject"] == "News of your request for a mentor"
    assert "a mentor said yes" in message.get_body(("plain",)).get_content()
    assert 'lang="en"' in message.get_body(("html",)).get_content()


async def test_nobody_is_written_to_at_an_unknown_address(browser, desk, engine, post_office, tx):
    await ask(browser, "personne@exemple.fr")

    await send_due(engine, desk)

    assert post_office.got == []
    assert await tx.scalar(select(mails.c.next_try_at)) is None


async def test_a_code_that_is_over_is_not_sent(browser, register, desk, engine, post_office):
    await register(EMAIL)
    await ask(browser)
    async with transaction(engine) as tx:
        await tx.exec_driver_sql("update attempts set asked_at = asked_at - interval '11 minutes'")

    await send_due(engine, desk)

    assert post_office.got == []


async def test_a_mail_that_cannot_leave_is_tried_again_later(
    register, desk, engine, post_office, tx
):
    person_id = await register(EMAIL)
    async with transaction(engine) as other:
        await owe(other, Kind.FAMILY_NEWS, [person_id], facts={"news": "matched"})
    closed = desk.settings.model_copy(
        update={"smtp_url": type(desk.settings)(smtp_url="smtp://127.0.0.1:1").smtp_url}
    )

    await send_due(
        engine, Desk(settings=closed, neighbours=desk.neighbours, vocabularies=desk.vocabularies)
    )
    async with transaction(engine) as other:
        await other.execute(update(mails).values(next_try_at=datetime.now(UTC)))
    await send_due(engine, desk)

    assert len(post_office.got) == 1
    assert await tx.scalar(select(mails.c.tries)) == 2


@pytest.mark.parametrize(
    "odd", ["marie,dupont@free.fr", "marie;dupont@free.fr", "a<b@x.fr", "a:b@x.fr", "a(b)@x.fr"]
)
async def test_what_would_be_read_as_the_address_of_a_stranger_is_not_written_to(
    register, desk, engine, post_office, tx, odd
):
    person_id = await register(odd)
    async with transaction(engine) as other:
        await owe(other, Kind.FAMILY_NEWS, [person_id], facts={"news": "matched"})

    await send_due(engine, desk)

    assert post_office.got == []
    assert await tx.scalar(select(mails.c.next_try_at)) < datetime.now(UTC) + LEASE


async def test_one_odd_address_does_not_stop_the_mails_of_others(
    register, desk, engine, post_office, tx
):
    people = [await register("a@[x.fr"), await register(EMAIL)]
    async with transaction(engine) as other:
        await owe(other, Kind.FAMILY_NEWS, people, facts={"news": "matched"})

    await send_due(engine, desk)

    assert [each["To"] for each in post_office.got] == [EMAIL]
    put_off = select(mails.c.next_try_at).where(mails.c.person_id == people[0])
    assert await tx.scalar(put_off) < datetime.now(UTC) + LEASE


@pytest.mark.parametrize("rare", ["jean..d@exemple.fr", "o'neill+mentor@a-b.exemple.org"])
async def test_a_rare_address_is_written_to_as_it_stands(register, desk, engine, post_office, rare):
    person_id = await register(rare)
    async with transaction(engine) as tx:
        await owe(tx, Kind.FAMILY_NEWS, [person_id], facts={"news": "matched"})

    await send_due(engine, desk)

    assert [each["To"] for each in post_office.got] == [rare]


async def test_a_proposal_waits_until_its_profile_can_be_read(
    register, desk, engine, post_office, tx
):
    person_id = await register(EMAIL, "mentor", uuid4())
    facts = {"proposal_id": str(uuid4()), "by": NOW.isoformat()}
    async with transaction(engine) as other:
        await owe(other, Kind.PROPOSAL, [person_id], facts=facts)

    await send_due(engine, desk)

    assert post_office.got == []
    assert await tx.scalar(select(mails.c.next_try_at)) > datetime.now(UTC)


def test_tries_come_ever_later_and_end():
    waits = [next_try(tries, at=NOW) for tries in range(1, MOST_TRIES)]

    assert waits[0] == NOW + timedelta(minutes=1)
    assert waits == sorted(each for each in waits if each)
    assert next_try(MOST_TRIES, at=NOW) is None


def test_an_operator_gets_a_token_for_minutes(portal, capsys, monkeypatch):
    key = portal.state.settings.token_signing_key.get_secret_value()
    monkeypatch.setenv("TOKEN_SIGNING_KEY", key)

    main(["--role", "admin", "--minutes", "600"])

    token = capsys.readouterr().out.strip()
    caller = portal.state.tokens.tokens.verify(token, now=datetime.now(UTC).timestamp())
    assert caller.has(Role.ADMIN)


def test_only_an_address_that_says_so_is_written_to_in_clear(desk):
    with PostOffice("127.0.0.2") as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"smtp://127.0.0.2:{server.server_address[1]}"
        with pytest.raises(smtplib.SMTPNotSupportedError):
            connected(type(desk.settings)(smtp_url=url).smtp_url)
        with connected(type(desk.settings)(smtp_url=f"{url}?starttls=no").smtp_url) as inside:
            assert inside.noop()[0] == 250
        server.shutdown()


def test_a_mail_server_that_answers_is_reached(post_office):
    with smtplib.SMTP("127.0.0.1", post_office.server_address[1]) as server:
        assert server.noop()[0] == 250
