"""A fault is told on a page, in words, also where nobody can be recognised."""

from common import database
from tests.portal.cast import EMAIL


async def test_who_is_signed_in_reads_in_words_that_the_database_is_away(
    browser, portal, register, enter, monkeypatch
):
    await register(EMAIL, "prescriber")
    await enter(EMAIL)
    away = database.connect("postgresql+asyncpg://portal@127.0.0.1:1/portal")
    monkeypatch.setattr(portal.state, "engine", away)

    page = await browser.get("/mine/referrals")

    assert page.status_code == 503
    assert "réessayez dans quelques secondes" in page.text
    assert "Me connecter" in page.text
