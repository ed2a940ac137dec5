"""A calendar at a secret address: phones and mail programs read it, who cannot sign in."""

import re

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from sqlalchemy import select

from common.caller import Grant
from common.contracts.intake.people import PersonErased, RoleRevoked
from common.contracts.vocabulary import Role
from common.tokens import Tokens
from portal.store.tables import calendars, grants
from tests.portal.cast import ASSOCIATION, EMAIL, NOW
from tests.portal.conftest import hidden
from tests.portal.people import tree_of


@pytest.fixture
def asked():
    """Who asked training for a calendar, and in which language."""
    return []


@pytest.fixture
def neighbours(asked, app):
    training, intake = FastAPI(), FastAPI()

    @training.get("/sessions")
    async def list_sessions() -> list[str]:
        return []

    @training.get("/calendar.ics")
    async def see_calendar(request: Request) -> Response:
        caller = await Tokens(app.state.settings.token_keys).caller(request)
        asked.append((caller, request.headers["accept-language"]))
        return Response("BEGIN:VCALENDAR", media_type="text/calendar")

    @intake.get("/associations")
    async def associations() -> list[str]:
        return []

    return {"training": training, "intake": intake}


@pytest.fixture
async def phone(portal):
    """A calendar program: no cookie, and no language that anybody chose."""
    transport = httpx.ASGITransport(portal, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport) as phone:
        yield phone


@pytest.fixture
def open_calendar(browser):
    async def open_calendar():
        """Ask for an address on the page of sessions, and read it on the next."""
        sessions = await browser.get("/sessions")
        tree_of(sessions.text)
        assert 'action="/calendars"' in sessions.text
        page = await browser.post("/calendars", data={"csrf": hidden(sessions, "csrf")})
        tree_of(page.text)
        [address] = re.findall(r"<code>(.*?)</code>", page.text)
        return address

    return open_calendar


async def test_a_phone_follows_somebodys_sessions_without_signing_in(
    register, enter, open_calendar, phone, asked
):
    person_id = await register(EMAIL, Role.MENTOR, ASSOCIATION, language="en")
    await enter(EMAIL)

    answer = await phone.get(await open_calendar())

    assert (answer.status_code, answer.text) == (200, "BEGIN:VCALENDAR")
    assert answer.headers["content-type"].startswith("text/calendar")
    [(caller, language)] = asked
    assert (caller.person_id, language) == (person_id, "en")
    assert caller.grants == {Grant(Role.MENTOR, ASSOCIATION)}


async def test_a_new_address_closes_the_one_before(register, enter, open_calendar, phone):
    await register(EMAIL, Role.MENTOR, ASSOCIATION)
    await enter(EMAIL)

    before, now = await open_calendar(), await open_calendar()

    assert (await phone.get(before)).status_code == 404
    assert (await phone.get(now)).status_code == 200


async def test_an_address_that_nobody_opened_leads_nowhere(phone):
    answer = await phone.get(f"http://portal.test/calendars/{'0' * 64}.ics")

    assert answer.status_code == 404


async def test_the_secret_of_a_calendar_is_kept_only_hashed(register, enter, open_calendar, tx):
    await register(EMAIL, Role.MENTOR, ASSOCIATION)
    await enter(EMAIL)

    address = await open_calendar()

    kept = await tx.scalar(select(calendars.c.secret_hash))
    assert kept
    assert kept not in address


async def test_an_address_shows_no_more_than_the_roles_that_are_still_held(
    register, enter, open_calendar, phone, asked, hear, tx
):
    person_id = await register(EMAIL, Role.MENTOR, ASSOCIATION)
    await enter(EMAIL)
    address = await open_calendar()
    grant_id = await tx.scalar(select(grants.c.id))

    about = {"occurred_at": NOW, "association_id": ASSOCIATION, "version": 2}
    await hear(RoleRevoked(**about, grant_id=grant_id, person_id=person_id, role=Role.MENTOR))
    await phone.get(address)

    [(caller, _)] = asked
    assert caller.grants == frozenset()


async def test_who_is_erased_has_no_calendar_any_more(
    register, enter, open_calendar, phone, hear, tx
):
    person_id = await register(EMAIL, Role.MENTOR, ASSOCIATION)
    await enter(EMAIL)
    address = await open_calendar()

    await hear(PersonErased(occurred_at=NOW, association_id=None, version=2, person_id=person_id))

    assert (await phone.get(address)).status_code == 404
    assert (await tx.execute(select(calendars))).all() == []


async def test_nobody_opens_a_calendar_without_signing_in(browser):
    page = await browser.get("/sign-in")

    answer = await browser.post("/calendars", data={"csrf": hidden(page, "csrf")})

    assert answer.url.path == "/sign-in"
