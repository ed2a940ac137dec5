"""Roles are given to those who belong there: naming somebody by their id opens nobody's card."""

from uuid import UUID, uuid4

import pytest

from common.contracts.vocabulary import Role
from tests.intake.cast import PUPIL, STUDENT_MENTOR

ANA = {"given_name": "Ana", "family_name": "Roy", "email": "ana@example.org"}


@pytest.fixture
async def house(join):
    """The association that appoints."""
    return await join("House")


@pytest.fixture
async def neighbour(join):
    return await join("Neighbour")


@pytest.fixture
def appoint(client):
    async def appoint(house, person_id, role="volunteer"):
        return await client.post(
            f"/associations/{house['association']}/staff",
            json={"role": role, "person_id": str(person_id)},
            headers=house["coordinator"],
        )

    return appoint


@pytest.fixture
def name(post):
    """Name somebody new who works for an association: their id."""

    async def name(house):
        path = f"/associations/{house['association']}/staff"
        return (await post(path, house["coordinator"], role="volunteer", **ANA))["person_id"]

    return name


async def applied_at(house, post):
    form = STUDENT_MENTOR | {
        "association_id": str(house["association"]),
        "programme_ids": [str(house["programme"])],
    }
    return (await post("/mentors/public", **form))["id"]


async def test_nobody_opens_or_erases_a_child_by_giving_it_a_role(
    house, appoint, client, post, prescriber
):
    submitted = await post("/referrals", prescriber, **PUPIL)
    for person_id in (submitted["mentee_id"], submitted["guardian_id"]):
        refused = await appoint(house, person_id)
        assert (refused.status_code, refused.json()["type"]) == (403, "NotOfTheHouse")

        card = f"/people/{person_id}"
        assert (await client.get(card, headers=house["coordinator"])).status_code == 403
        erased = await client.post(f"{card}/erasure", headers=house["coordinator"])
        assert erased.status_code == 403


async def test_a_mentor_gets_a_role_in_their_own_association_alone(house, neighbour, appoint, post):
    mentor = await applied_at(house, post)

    assert (await appoint(house, mentor)).status_code == 201
    refused = await appoint(neighbour, mentor)

    assert (refused.status_code, refused.json()["type"]) == (403, "NotOfTheHouse")


async def test_who_also_works_elsewhere_shows_there_how_to_be_reached_and_is_erased_at_home(
    house, neighbour, appoint, client, get, name
):
    ana = await name(neighbour)
    assert (await appoint(house, ana)).status_code == 201

    card = await get(f"/people/{ana}", house["coordinator"])
    refused = await client.post(f"/people/{ana}/erasure", headers=house["coordinator"])
    erased = await client.post(f"/people/{ana}/erasure", headers=neighbour["coordinator"])

    assert card["email"] == ANA["email"]
    assert (refused.status_code, erased.status_code) == (403, 201)


async def test_who_was_named_by_the_collective_is_erased_by_no_association(
    house, appoint, client, post, sign_in
):
    admin = sign_in(Role.ADMIN, None, UUID(int=9))
    ana = (await post("/staff", admin, role="collective", **ANA))["person_id"]
    await appoint(house, ana)

    refused = await client.post(f"/people/{ana}/erasure", headers=house["coordinator"])

    assert refused.status_code == 403


async def test_nobody_who_was_erased_or_never_was_gets_a_role(house, appoint, post, name):
    ana = await name(house)
    await post(f"/people/{ana}/erasure", house["coordinator"])

    assert (await appoint(house, ana)).json()["type"] == "PersonForgotten"
    assert (await appoint(house, uuid4())).json()["type"] == "PersonNotFound"
