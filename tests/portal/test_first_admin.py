"""The first admin comes in by an address of the settings, while nobody else administers."""

from uuid import uuid4

import pytest

from common.contracts.vocabulary import Role
from portal.handlers.signin import FIRST_ADMIN
from tests.portal.cast import EMAIL
from tests.portal.conftest import hidden

ADMINISTERS = 'href="/associations"'


@pytest.fixture
def first(portal):
    return portal.state.settings.first_admin_email


async def test_the_first_admin_signs_in_before_anybody_is_known(browser, first, enter):
    await enter(first)

    assert ADMINISTERS in (await browser.get("/")).text


async def test_who_registered_under_the_same_address_may_still_come_in_as_first_admin(
    browser, register, first, enter
):
    await register(first, Role.MENTOR, uuid4(), name="Marie")

    asked = await enter(first)

    assert "Marie" in asked.text
    assert "Administration" in asked.text
    await browser.post(
        "/sign-in/person", data={"csrf": hidden(asked, "csrf"), "person_id": str(FIRST_ADMIN)}
    )
    assert ADMINISTERS in (await browser.get("/")).text


async def test_nobody_comes_in_as_first_admin_once_somebody_administers(register, first, enter):
    await register(EMAIL, Role.ADMIN)

    refused = await enter(first)

    assert refused.status_code == 422


async def test_the_first_admin_leaves_when_somebody_else_administers(
    browser, register, first, enter
):
    await enter(first)

    await register(EMAIL, Role.ADMIN)

    assert "Me connecter" in (await browser.get("/")).text


async def test_the_first_admin_leaves_with_the_setting(browser, portal, first, enter):
    await enter(first)

    doorkeeper = portal.state.tokens
    doorkeeper.settings = doorkeeper.settings.model_copy(update={"first_admin_email": None})

    assert "Me connecter" in (await browser.get("/")).text
