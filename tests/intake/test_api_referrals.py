"""The three doors: what is taken in, what is refused by which field, and who sees what."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from common.contracts.vocabulary import Role
from common.database import transaction
from intake.store.people_tables import people
from intake.store.tables import referrals
from tests.intake.cast import JOB_SEEKER, PUPIL

NOBODY = str(UUID(int=999))
HUGE = "é" * 20_000


@pytest.fixture
def nothing_stored(engine):
    async def nothing_stored():
        async with transaction(engine) as tx:
            rows = [
                await tx.scalar(select(func.count()).select_from(table))
                for table in (people, referrals)
            ]
        return rows == [0, 0]

    return nothing_stored


BAD = [
    ({"commune": "99999"}, "commune"),
    ({"commune": "Atlantis"}, "commune"),
    ({"birth_date": "2012-02-30"}, "birth_date"),
    ({"birth_date": "2090-01-01"}, "birth_date"),
    ({"birth_date": "1812-01-01"}, "birth_date"),
    ({"birth_date": 0}, "birth_date"),
    ({"birth_date": None}, "birth_date"),
    ({"guardian": None}, "guardian"),
    ({"guardian": {"given_name": "S", "family_name": "B"}}, "guardian.email"),
    ({"guardian": {"given_name": "S", "family_name": "B", "email": "no"}}, "guardian.email"),
    ({"email": "ines,benali@example.org"}, "email"),
    ({"level": "no-such-level"}, "level"),
    ({"needs": ["no-such-need"]}, "needs"),
    ({"languages": ["klingon"]}, "languages"),
    ({"axis": "leisure"}, "axis"),
    ({"modalities": ["teleport"]}, "modalities.0"),
    ({"slots": [168]}, "slots.0"),
    ({"reach_km": -1}, "reach_km"),
    ({"reach_km": True}, "reach_km"),
    ({"given_name": ""}, "given_name"),
    ({"given_name": " "}, "given_name"),
    ({"given_name": "In\0es"}, "given_name"),
    ({"motivation_text": HUGE}, "motivation_text"),
    ({"offer_id": NOBODY}, "offer_id"),
    ({"offer_id": "1"}, "offer_id"),
    ({"surprise": 1}, "…"),
]


@pytest.mark.parametrize("path", ["/referrals", "/referrals/public"])
@pytest.mark.parametrize(("wrong", "field"), BAD)
async def test_a_wrong_field_is_named_and_nothing_is_stored(
    client, prescriber, nothing_stored, path, wrong, field
):
    response = await client.post(path, json=PUPIL | wrong, headers=prescriber)

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["errors"][0]["field"] == field
    assert await nothing_stored()


@pytest.mark.parametrize("text", [r"In\ud800es", r"In\u0000es"])
async def test_a_lone_surrogate_or_a_nul_is_refused_in_words(
    client, prescriber, nothing_stored, text
):
    body = f'{{"given_name": "{text}"}}'
    headers = prescriber | {"Content-Type": "application/json"}

    response = await client.post("/referrals", content=body, headers=headers)

    assert response.status_code in {400, 422}
    assert await nothing_stored()


async def test_a_refusal_speaks_the_language_of_its_reader(client, prescriber):
    for language, word in (("fr", "mineure"), ("en", "minor")):
        response = await client.post(
            "/referrals",
            json=PUPIL | {"guardian": None},
            headers=prescriber | {"Accept-Language": language},
        )
        assert word in response.json()["errors"][0]["message"]


async def test_a_wish_for_an_offer_that_is_for_other_ages_is_refused(join, client, prescriber):
    mentoru = await join("MentorU", template="mentoru")

    response = await client.post(
        "/referrals", json=PUPIL | {"offer_id": str(mentoru["offer"])}, headers=prescriber
    )

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "birth_date"


async def test_a_wish_that_fits_is_asked_at_once(join, post, prescriber):
    mentoru = await join("MentorU", template="mentoru")
    await join("Another", template="mentoru")

    submitted = await post("/referrals", prescriber, **JOB_SEEKER, offer_id=str(mentoru["offer"]))

    assert submitted["status"] == "offered"


async def test_an_unknown_association_is_refused(client, collective):
    form = {"name": "A", "commune": "13055", "pooled_with": [NOBODY]}
    response = await client.post("/associations", json=form, headers=collective)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "pooled_with"


async def test_the_public_door_needs_no_account_and_says_no_more_than_that_it_came_in(post, client):
    first = await post("/referrals/public", **JOB_SEEKER)
    again = await post("/referrals/public", **JOB_SEEKER)

    assert set(first) == {"id", "status"}
    assert first["status"] == again["status"] == "submitted"
    response = await client.post("/referrals/public", json=JOB_SEEKER | {"door": "spreadsheet"})
    assert response.json()["errors"][0]["field"] == "door"


async def test_what_is_missing_is_asked_back_and_a_coordinator_completes_it(
    join, post, get, client, prescriber
):
    afev = await join()
    submitted = await post("/referrals", afev["coordinator"], **PUPIL | {"needs": []})
    path = f"/referrals/{submitted['id']}"
    assert submitted["status"] == "submitted"
    assert (await get(path, afev["coordinator"]))["missing"] == ["needs"]

    refused = await client.post(f"{path}/qualification", headers=afev["coordinator"])
    assert refused.json()["errors"][0]["field"] == "needs"
    await post(f"{path}/qualification", afev["coordinator"], needs=["school_work"])

    assert (await get(path, afev["coordinator"]))["status"] == "qualified"


async def test_what_a_second_coordinator_learned_is_never_dropped_in_silence(
    join, post, get, client
):
    who = (await join())["coordinator"]
    path = f"/referrals/{(await post('/referrals', who, **PUPIL | {'needs': []}))['id']}"
    await post(f"{path}/qualification", who, needs=["school_work"])

    # The same again is done already.
    await post(f"{path}/qualification", who, needs=["school_work"])
    late = await client.post(f"{path}/qualification", json={"reach_km": 3}, headers=who)

    assert (late.status_code, late.json()["type"]) == (409, "NotInThisState")
    assert (await get(path, who))["facets"]["reach_km"] == PUPIL["reach_km"]


async def test_a_prescriber_hears_the_status_and_never_the_story(join, post, get, prescriber):
    afev = await join()
    submitted = await post("/referrals", prescriber, **PUPIL, chooses=False)
    await post(f"/referrals/{submitted['id']}/acceptance", afev["coordinator"])

    seen = await get(f"/referrals/{submitted['id']}", prescriber)

    assert seen["status"] == "in_matching"
    assert not {"facets", "given_name", "motivation_text", "guardian_id"} & set(seen)
    assert (await get("/referrals", prescriber))[0].keys() == seen.keys()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.COORDINATOR, 403),
        (Role.VOLUNTEER, 403),
        (Role.MENTEE, 403),
        (Role.GUARDIAN, 403),
        (Role.PRESCRIBER, 403),
        (Role.MENTOR, 403),
        (Role.FUNDER, 403),
        (Role.ADMIN, 403),
        (Role.COLLECTIVE, 200),
    ],
)
async def test_strangers_see_nothing_of_a_case_and_the_collective_only_where_it_stands(
    join, post, client, prescriber, sign_in, role, status
):
    await join()
    submitted = await post("/referrals", prescriber, **PUPIL, chooses=False)
    association = None if role in {Role.COLLECTIVE, Role.ADMIN} else uuid4()

    response = await client.get(f"/referrals/{submitted['id']}", headers=sign_in(role, association))

    assert response.status_code == status
    assert "Inès" not in response.text


@pytest.mark.parametrize("decision", ["acceptance", "decline", "withdrawal", "offers"])
async def test_another_association_decides_nothing_about_a_case(
    join, post, client, prescriber, decision
):
    await join("Near")
    other = await join("Other", template="mentoru")
    submitted = await post("/referrals", prescriber, **PUPIL, chooses=False)
    form = {"reason": "public"} if decision == "decline" else {}

    response = await client.post(
        f"/referrals/{submitted['id']}/{decision}", json=form or None, headers=other["coordinator"]
    )

    assert response.status_code == 403


async def test_without_signing_in_only_the_public_door_is_open(client):
    for path in ("/referrals", "/mentors", "/authorisations", f"/people/{NOBODY}"):
        assert (await client.get(path)).status_code == 401
    for path in ("/catalogue", "/vocabularies", "/territories?q=Marseille"):
        assert (await client.get(path)).status_code == 200


async def test_an_unknown_referral_is_not_found(client, collective):
    assert (await client.get(f"/referrals/{NOBODY}", headers=collective)).status_code == 404


async def test_lists_come_in_pages(join, post, get):
    afev = await join()
    ids = [(await post("/referrals", afev["coordinator"], **PUPIL))["id"] for _ in range(5)]

    page = await get("/referrals?limit=2", afev["coordinator"])
    rest = await get(f"/referrals?limit=10&after={page[-1]['id']}", afev["coordinator"])

    assert [each["id"] for each in page + rest] == ids
    assert await get("/referrals?status=offered", afev["coordinator"]) == []


async def test_the_newest_come_first_where_one_asks_for_them(join, post, get):
    who = (await join())["coordinator"]
    ids = [(await post("/referrals", who, **PUPIL))["id"] for _ in range(3)]

    page = await get("/referrals?limit=2&order=newest", who)
    rest = await get(f"/referrals?order=newest&after={page[-1]['id']}", who)

    assert [each["id"] for each in page + rest] == ids[::-1]


async def test_whoever_knows_ids_is_told_of_those_alone_that_concern_them(join, post, get, client):
    here, there = await join(), await join(name="Other", template="clavim")
    theirs = (await post("/referrals", there["coordinator"], **PUPIL))["id"]
    _, mine = [(await post("/referrals", here["coordinator"], **PUPIL))["id"] for _ in range(2)]

    told = await get(f"/referrals?id={mine}&id={theirs}", here["coordinator"])
    many = "&".join([f"id={mine}"] * 201)
    too_many = await client.get(f"/referrals?{many}", headers=here["coordinator"])

    assert [each["id"] for each in told] == [mine]
    assert too_many.status_code in {422, 431}
