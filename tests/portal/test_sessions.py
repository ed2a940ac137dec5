"""How somebody stays signed in, and for how long."""

from sqlalchemy import func, select, update

from common.contracts.vocabulary import Role
from portal.domain.sessions import STAFF_IDLE
from portal.store.tables import sessions
from tests.portal.cast import ASSOCIATION, EMAIL
from tests.portal.conftest import hidden


async def test_the_session_has_another_secret_than_the_visit(browser, register, enter):
    await register(EMAIL)
    await browser.get("/sign-in")
    before = browser.cookies["binome"]

    await enter(EMAIL)

    assert browser.cookies["binome"] != before


async def test_the_secret_of_a_session_is_kept_only_hashed(browser, register, enter, tx):
    await register(EMAIL)

    await enter(EMAIL)

    kept = await tx.scalar(select(sessions.c.id_hash))
    assert kept
    assert browser.cookies["binome"] not in kept


async def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(browser):
    given = (await browser.get("/sign-in")).headers["set-cookie"]

    assert "HttpOnly" in given
    assert "samesite=lax" in given.lower()


async def test_staff_is_signed_out_after_twelve_idle_hours(browser, register, enter, engine):
    await register(EMAIL, Role.COORDINATOR, ASSOCIATION)
    await enter(EMAIL)
    async with engine.begin() as tx:
        await tx.execute(update(sessions).values(seen_at=sessions.c.seen_at - STAFF_IDLE))

    page = await browser.get("/")

    assert "Me connecter" in page.text


async def test_a_mentor_stays_signed_in_for_longer(browser, register, enter, engine):
    await register(EMAIL, Role.MENTOR, ASSOCIATION)
    await enter(EMAIL)
    async with engine.begin() as tx:
        await tx.execute(update(sessions).values(seen_at=sessions.c.seen_at - STAFF_IDLE))

    page = await browser.get("/")

    assert "Me déconnecter" in page.text


async def test_signing_out_ends_the_session(browser, register, enter, tx):
    await register(EMAIL)
    await enter(EMAIL)
    page = await browser.get("/")

    left = await browser.post("/sign-out", data={"csrf": hidden(page, "csrf")})

    assert "Vous êtes déconnecté" in left.text
    assert await tx.scalar(select(func.count()).select_from(sessions)) == 0
