"""Sign-in by a mailed code: what opens the door, and all that does not."""

import re
from html import unescape

import httpx
import pytest
from sqlalchemy import select, update

from common.contracts.vocabulary import Role
from portal.domain.codes import LIFETIME, MOST_FOR_ADDRESS, MOST_TRIES
from portal.store.tables import attempts, mails, sessions
from tests.portal.cast import EMAIL
from tests.portal.conftest import hidden


async def ask(browser: httpx.AsyncClient, email: str = EMAIL) -> httpx.Response:
    page = await browser.get("/sign-in")
    return await browser.post("/sign-in", data={"csrf": hidden(page, "csrf"), "email": email})


async def try_code(browser: httpx.AsyncClient, given: str) -> httpx.Response:
    page = await browser.get("/sign-in/code")
    return await browser.post("/sign-in/code", data={"csrf": hidden(page, "csrf"), "code": given})


def another(code: str) -> str:
    return str((int(code) + 1) % 10**6).zfill(6)


async def test_the_mailed_code_opens_a_session(browser, register, enter):
    await register(EMAIL, Role.PRESCRIBER)

    await enter(EMAIL)

    assert "Me déconnecter" in (await browser.get("/")).text


async def test_an_address_is_known_however_it_is_typed(browser, register, enter):
    await register(EMAIL, Role.PRESCRIBER)

    await enter(f"  {EMAIL.upper()} ")

    assert "Me déconnecter" in (await browser.get("/")).text


async def test_a_code_may_be_typed_with_spaces(browser, register, code):
    await register(EMAIL, Role.PRESCRIBER)
    await ask(browser)
    digits = await code()

    await try_code(browser, f"{digits[:3]} {digits[3:]}")

    assert "Me déconnecter" in (await browser.get("/")).text


async def test_an_unknown_address_gets_the_same_answer(browser, register):
    await register(EMAIL)

    known = await ask(browser, EMAIL)
    unknown = await ask(browser, "personne@exemple.fr")

    marks = re.compile(r'value="[^"]*"')
    assert marks.sub("", known.text) == marks.sub("", unknown.text)
    assert known.status_code == unknown.status_code == 200
    assert str(known.url) == str(unknown.url)


async def test_asking_for_a_code_looks_nobody_up(browser, register, tx):
    await register(EMAIL)

    await ask(browser, EMAIL)
    await ask(browser, "personne@exemple.fr")

    owed = (await tx.execute(select(mails.c.kind, mails.c.person_id, mails.c.sealed))).all()
    assert [tuple(each) for each in owed] == [("sign_in", None, {})] * 2


async def test_an_unknown_address_never_opens_a_session(browser, code):
    await ask(browser, "personne@exemple.fr")

    refused = await try_code(browser, await code())

    assert refused.status_code == 422
    assert "Me connecter" in (await browser.get("/")).text


async def test_a_wrong_code_is_refused_and_counted(browser, register, code, tx):
    await register(EMAIL)
    await ask(browser)

    refused = await try_code(browser, another(await code()))

    assert refused.status_code == 422
    assert "pas le bon code" in refused.text
    assert await tx.scalar(select(attempts.c.tries)) == 1


async def test_after_too_many_tries_even_the_right_code_is_over(browser, register, code):
    await register(EMAIL)
    await ask(browser)
    for _ in range(MOST_TRIES):
        refused = await try_code(browser, another(await code()))

    late = await try_code(browser, await code())

    assert "ne sert plus" in refused.text
    assert "ne sert plus" in late.text


async def test_a_code_is_over_after_ten_minutes(browser, register, code, engine):
    await register(EMAIL)
    await ask(browser)
    async with engine.begin() as tx:
        await tx.execute(update(attempts).values(asked_at=attempts.c.asked_at - LIFETIME))

    refused = await try_code(browser, await code())

    assert "ne sert plus" in refused.text


async def test_a_code_works_once(browser, register, enter, code):
    await register(EMAIL)
    await enter(EMAIL)

    again = await try_code(browser, await code())

    assert again.status_code == 422


async def test_a_code_works_only_in_the_browser_that_asked(browser, portal, register, code):
    await register(EMAIL)
    await ask(browser)
    transport = httpx.ASGITransport(portal, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://portal.test", follow_redirects=True
    ) as elsewhere:
        refused = await try_code(elsewhere, await code())

    assert refused.status_code == 422


async def test_too_many_codes_for_one_address_are_refused_known_or_not(browser, register):
    await register(EMAIL)
    for email in (EMAIL, "personne@exemple.fr"):
        for _ in range(MOST_FOR_ADDRESS):
            assert (await ask(browser, email)).status_code == 200

    answers = [await ask(browser, email) for email in (EMAIL, "personne@exemple.fr")]

    assert [each.status_code for each in answers] == [429, 429]


async def test_the_code_stands_nowhere_in_the_database(browser, register, code, tx):
    await register(EMAIL)
    await ask(browser)
    digits = await code()

    for table in (attempts, mails, sessions):
        rows = (await tx.execute(select(table))).all()
        assert digits not in " ".join(map(str, rows))


async def test_people_who_share_an_address_say_who_they_are(browser, register, enter):
    await register(EMAIL, Role.GUARDIAN, name="Sophie")
    child = await register(EMAIL, Role.MENTEE, name="Léo")

    asked = await enter(EMAIL)

    assert "Sophie" in asked.text
    assert "Léo" in asked.text
    chosen = await browser.post(
        "/sign-in/person", data={"csrf": hidden(asked, "csrf"), "person_id": str(child)}
    )
    assert chosen.url.path != "/sign-in/person"


async def test_nobody_becomes_a_person_of_another_address(browser, register, enter):
    await register(EMAIL, Role.GUARDIAN, name="Sophie")
    await register(EMAIL, Role.MENTEE, name="Léo")
    stranger = await register("autre@exemple.fr", Role.ADMIN)
    asked = await enter(EMAIL)

    refused = await browser.post(
        "/sign-in/person", data={"csrf": hidden(asked, "csrf"), "person_id": str(stranger)}
    )

    assert refused.status_code == 403


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
    ],
)
async def test_signing_in_never_leads_elsewhere(browser, register, code, target):
    await register(EMAIL)
    page = await browser.get("/sign-in", params={"next": target})
    asked = await browser.post(
        "/sign-in", data={"csrf": hidden(page, "csrf"), "email": EMAIL, "next": target}
    )

    entered = await browser.post(
        "/sign-in/code",
        data={"csrf": hidden(asked, "csrf"), "code": await code(), "next": target},
        follow_redirects=False,
    )

    assert entered.headers["location"] == "/welcome"


async def test_opening_a_link_signs_nobody_in(browser, register, code):
    await register(EMAIL)
    await ask(browser)

    await browser.get("/sign-in/code", params={"code": await code()})

    assert "Me connecter" in (await browser.get("/")).text


@pytest.mark.parametrize("mark", ["", "0" * 32])
async def test_a_form_from_elsewhere_is_refused(browser, register, code, mark):
    await register(EMAIL)
    await ask(browser)

    refused = await browser.post("/sign-in/code", data={"csrf": mark, "code": await code()})

    assert refused.status_code == 403
    assert "Me connecter" in (await browser.get("/")).text


async def test_signing_in_leads_back_to_the_page_with_all_that_was_asked_of_it(
    browser, register, code
):
    await register(EMAIL)
    page = "/referrals?status=offered&after=2026"
    asked = await browser.get("/sign-in", params={"next": page})
    told = {"csrf": hidden(asked, "csrf"), "email": EMAIL, "next": unescape(hidden(asked, "next"))}
    sent = await browser.post("/sign-in", data=told)

    entered = await browser.post(
        "/sign-in/code",
        data={
            "csrf": hidden(sent, "csrf"),
            "code": await code(),
            "next": unescape(hidden(sent, "next")),
        },
        follow_redirects=False,
    )

    assert entered.headers["location"] == page
