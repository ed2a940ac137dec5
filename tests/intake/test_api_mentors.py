"""Mentors over HTTP: applications, screening, pauses; and associations with their programmes."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from common.calendar import day_of
from common.contracts.intake.associations import ProgrammePublished
from common.contracts.intake.mentors import (
    MentorApplied,
    MentorApproved,
    MentorLeft,
    MentorPaused,
    MentorRefused,
    MentorResumed,
    MentorScreened,
)
from common.contracts.intake.people import PersonRegistered, RoleGranted, RoleRevoked
from common.contracts.vocabulary import Role
from tests.intake.cast import STUDENT_MENTOR

NOBODY = str(UUID(int=999))


@pytest.fixture
async def afev(join):
    return await join()


@pytest.fixture
def form(afev):
    return STUDENT_MENTOR | {
        "association_id": str(afev["association"]),
        "programme_ids": [str(afev["programme"])],
    }


@pytest.fixture
async def applied(form, post):
    return (await post("/mentors/public", **form))["id"]


SEEN = {"check": "criminal_record_3", "seen_on": day_of(datetime.now(UTC)).isoformat()}


async def test_a_mentor_applies_is_screened_and_approved(afev, applied, post, get, announced):
    path = f"/mentors/{applied}"
    who = afev["coordinator"]
    assert (await get(path, who))["missing_checks"] == ["criminal_record_3"]

    await post(f"{path}/checks", who, **SEEN)
    assert (await get(path, who))["status"] == "screening"
    await post(f"{path}/approval", who)

    shown = await get(path, who)
    assert (shown["status"], shown["given_name"]) == ("available", "Léa")
    kinds = [type(event) for event in await announced()]
    assert kinds[-5:] == [
        PersonRegistered,
        RoleGranted,
        MentorApplied,
        MentorScreened,
        MentorApproved,
    ]


async def test_approval_without_screening_names_what_is_missing(afev, applied, client):
    response = await client.post(f"/mentors/{applied}/approval", headers=afev["coordinator"])

    assert response.status_code == 422
    assert "criminal_record_3" in response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"association_id": NOBODY}, "association_id"),
        ({"programme_ids": [NOBODY]}, "programme_ids"),
        ({"programme_ids": []}, "programme_ids"),
        ({"birth_date": "2015-01-01"}, "birth_date"),
        ({"email": None}, "email"),
        ({"commune": "00000"}, "commune"),
        ({"capacity": 9}, "capacity"),
        ({"hobbies": ["nothing-at-all"]}, "hobbies"),
        ({"modalities": []}, "modalities"),
    ],
)
async def test_a_wrong_application_is_refused_by_its_field(client, form, wrong, field):
    response = await client.post("/mentors/public", json=form | wrong)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field


async def test_a_mentor_rests_and_comes_back_and_leaves(
    afev, applied, post, client, sign_in, announced
):
    path = f"/mentors/{applied}"
    mentor = sign_in(Role.MENTOR, afev["association"], UUID(applied))
    await post(f"{path}/checks", afev["coordinator"], **SEEN)
    await post(f"{path}/approval", afev["coordinator"])

    await post(f"{path}/pause", mentor)
    await post(f"{path}/resumption", mentor)
    await post(f"{path}/suspension", afev["coordinator"])
    assert (await client.post(f"{path}/resumption", headers=mentor)).status_code == 409
    await post(f"{path}/resumption", afev["coordinator"])
    await post(f"{path}/departure", mentor)

    kinds = [type(event) for event in await announced()]
    assert kinds[-5:] == [MentorPaused, MentorResumed, MentorPaused, MentorResumed, MentorLeft]


async def test_an_association_refuses_a_mentor_with_a_reason_that_it_keeps(
    afev, applied, post, client, announced
):
    await post(f"/mentors/{applied}/refusal", afev["coordinator"], reason="posture")

    event = (await announced())[-1]
    assert isinstance(event, MentorRefused)
    assert "posture" not in event.model_dump_json()
    again = await client.post(f"/mentors/{applied}/approval", headers=afev["coordinator"])
    assert again.status_code == 409


async def test_another_association_neither_sees_nor_decides(applied, client, get, join):
    other = await join("Other")

    assert await get("/mentors", other["coordinator"]) == []
    assert (
        await client.get(f"/mentors/{applied}", headers=other["coordinator"])
    ).status_code == 403
    for decision in ("approval", "pause", "suspension", "departure"):
        response = await client.post(f"/mentors/{applied}/{decision}", headers=other["coordinator"])
        assert response.status_code == 403


async def test_a_mentor_erased_has_left_and_is_nobody(afev, applied, post, get, sign_in):
    mentor = sign_in(Role.MENTOR, afev["association"], UUID(applied))

    await post(f"/people/{applied}/erasure", mentor)

    [row] = await get("/mentors", afev["coordinator"])
    assert (row["status"], row["facets"], row["checks"]) == ("left", None, [])
    assert "given_name" not in row


async def test_staff_are_named_and_leave(afev, post, get, client, announced):
    path = f"/associations/{afev['association']}/staff"
    person = {"given_name": "Ana", "family_name": "Roy", "email": "ana@example.org"}

    given = await post(path, afev["coordinator"], role="volunteer", **person)
    assert [each["role"] for each in await get(path, afev["coordinator"])] == ["volunteer"]
    await post(f"/grants/{given['id']}/revocation", afev["coordinator"])

    assert await get(path, afev["coordinator"]) == []
    assert isinstance((await announced())[-1], RoleRevoked)
    for wrong, field in [
        ({"role": "admin", **person}, "role"),
        ({"role": "volunteer"}, "given_name"),
        ({"role": "volunteer", **person, "email": None}, "email"),
    ]:
        response = await client.post(path, json=wrong, headers=afev["coordinator"])
        assert response.json()["errors"][0]["field"] == field


async def test_a_policy_is_published_anew_under_a_new_version(afev, post, get, announced, client):
    path = f"/programmes/{afev['programme']}/policies"

    published = await post(path, afev["coordinator"], overrides={"min_duration_months": 9})
    refused = await client.post(
        path, json={"overrides": {"min_duration_months": 0}}, headers=afev["coordinator"]
    )

    assert published["policy_version"] == 2
    assert refused.json()["errors"][0]["field"] == "min_duration_months"
    event = (await announced())[-1]
    assert isinstance(event, ProgrammePublished)
    assert (event.version, event.policy.min_duration_months) == (2, 9)
    [shown] = await get("/programmes", afev["coordinator"])
    assert shown["policy"]["min_duration_months"] == 9


async def test_only_its_own_people_change_an_association(afev, join, client, collective):
    other = (await join("Other"))["coordinator"]
    for path, form in [
        (f"/associations/{afev['association']}/staff", {"role": "volunteer"}),
        (
            f"/associations/{afev['association']}/programmes",
            {"name": "x", "template": "afev"},
        ),
        (f"/programmes/{afev['programme']}/policies", {}),
        (f"/programmes/{afev['programme']}/offers", {"title": "x", "capacity": 1}),
        (f"/offers/{afev['offer']}/capacity", {"capacity": 99}),
    ]:
        assert (await client.post(path, json=form, headers=other)).status_code == 403
    missing = await client.post(
        f"/associations/{NOBODY}/programmes",
        json={"name": "x", "template": "afev"},
        headers=collective,
    )
    assert missing.status_code == 404


async def test_the_catalogue_shows_what_is_open_and_how_many_places_are_left(afev, post, get):
    [shown] = await get("/catalogue")
    assert (shown["free"], shown["ages"]) == (10, [5, 20])

    await post(f"/offers/{afev['offer']}/capacity", afev["coordinator"], capacity=4, open=False)

    assert await get("/catalogue") == []


async def test_the_five_templates_are_shown(get, collective):
    assert len(await get("/templates", collective)) == 5


async def test_mentors_are_found_by_their_ids_and_by_where_they_are(
    afev, join, form, post, get, sign_in
):
    who, elsewhere = afev["coordinator"], sign_in(Role.COORDINATOR, UUID(NOBODY))
    first, then = [(await post("/mentors/public", **form))["id"] for _ in range(2)]
    await post(f"/mentors/{first}/refusal", who, reason="other")

    async def listed(query, reader):
        return [each["id"] for each in await get(f"/mentors?{query}", reader)]

    assert await listed(f"id={first}", who) == [first]
    assert await listed(f"id={first}&id={then}", elsewhere) == []
    assert await listed("status=applied&status=screening", who) == [then]
    assert await listed("order=newest", who) == [then, first]
