"""The door that is open to everybody: each address may knock so often, and no one for others."""

import pytest

from common.errors import TooOften
from intake.api.readers import Doorstep
from tests.intake.cast import JOB_SEEKER

HERE, ELSEWHERE = "198.51.100.7", "198.51.100.8"


@pytest.fixture
def narrow(app):
    """Let two forms a minute through, and so many proxies stand in front."""

    def narrow(*, proxies):
        told = {"public_forms_a_minute": 2, "proxies": proxies}
        app.state.settings = app.state.settings.model_copy(update=told)

    return narrow


@pytest.fixture
def knock(client):
    async def knock(*passed):
        headers = {"x-forwarded-for": ", ".join(passed)} if passed else {}
        return await client.post("/referrals/public", json=JOB_SEEKER, headers=headers)

    return knock


def test_an_address_that_sends_too_many_forms_has_to_wait():
    doorstep = Doorstep()
    for _ in range(5):
        doorstep.knock("a", 5, at=0.0)

    with pytest.raises(TooOften):
        doorstep.knock("a", 5, at=1.0)
    doorstep.knock("b", 5, at=1.0)
    doorstep.knock("a", 5, at=14.0)


async def test_the_public_door_closes_for_a_while_after_too_many(narrow, knock):
    narrow(proxies=0)
    for _ in range(2):
        assert (await knock()).status_code == 201

    response = await knock()

    assert response.status_code == 429
    assert "retry-after" in response.headers


async def test_behind_a_proxy_each_visitor_is_counted_alone_whomever_they_name(narrow, knock):
    narrow(proxies=1)

    from_here = [(await knock(f"203.0.113.{each}", HERE)).status_code for each in range(3)]

    assert from_here == [201, 201, 429]
    assert (await knock(ELSEWHERE)).status_code == 201


async def test_without_a_proxy_nobody_is_believed_who_names_another_address(narrow, knock):
    narrow(proxies=0)

    answers = [(await knock(f"203.0.113.{each}")).status_code for each in range(3)]

    assert answers == [201, 201, 429]
