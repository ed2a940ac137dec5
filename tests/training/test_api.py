"""HTTP in: what training answers, to whom, and what it refuses."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from common.contracts.intake.people import PersonErased
from common.contracts.training import SessionScheduled, SignedUp
from common.contracts.vocabulary import Role
from tests.training.cast import (
    ANOTHER_ASSOCIATION,
    ANOTHER_MENTOR,
    ASSOCIATION,
    MENTOR,
    NOW,
)
from tests.training.people import SOON, TRAINING, sign_up
from training.store import tables

pytestmark = pytest.mark.usefixtures("known")


async def test_a_coordinator_plans_a_session_and_everyone_hears_of_it(plan, announced):
    session_id = await plan()

    [event] = await announced()
    assert isinstance(event, SessionScheduled)
    assert (str(event.session_id), event.places) == (session_id, 2)


@pytest.mark.parametrize(
    ("role", "association", "status"),
    [
        (Role.COORDINATOR, ANOTHER_ASSOCIATION, 403),
        (Role.VOLUNTEER, ASSOCIATION, 403),
        (Role.MENTOR, ASSOCIATION, 403),
        (Role.COLLECTIVE, None, 403),
    ],
)
async def test_nobody_else_plans_a_session(client, sign_in, role, association, status):
    response = await client.post("/sessions", json=TRAINING, headers=sign_in(role, association))

    assert response.status_code == status


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts_at", "2020-01-01T10:00:00Z"),
        ("starts_at", "2026-02-30T10:00:00Z"),
        ("starts_at", "2026-12-01T10:00:00"),
        ("minutes", 0),
        ("minutes", 1441),
        ("places", 0),
        ("places", True),
        ("kind", "party"),
        ("modules", ["unknown-module"]),
        ("modules", ["nul\0"]),
        ("modules", ["Ünicode"]),
        ("association_id", "not-an-id"),
        ("starts_at", "9999-12-31T23:30:00-10:00"),
        ("starts_at", "0001-01-01T00:30:00+10:00"),
        ("surprise", 1),
    ],
)
async def test_a_bad_session_is_refused_by_its_field_and_nothing_is_kept(
    client, coordinator, tx, field, value
):
    response = await client.post("/sessions", json=TRAINING | {field: value}, headers=coordinator)

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert field == "surprise" or field in response.json()["errors"][0]["field"]
    assert (await tx.execute(select(tables.sessions))).all() == []


async def test_a_session_of_an_unknown_programme_is_refused(client, coordinator):
    response = await client.post(
        "/sessions", json=TRAINING | {"programme_id": str(uuid4())}, headers=coordinator
    )

    assert response.status_code == 404


async def test_a_mentor_signs_up_once_and_sees_it_in_the_list(client, plan, mentor, announced):
    session_id = await plan()

    first = await sign_up(client, session_id, mentor)
    second = await sign_up(client, session_id, mentor)
    [listed] = (await client.get("/sessions", headers=mentor)).json()

    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["type"] == "AlreadySignedUp"
    assert (listed["sign_up_id"], listed["places_left"]) == (first.json()["id"], 1)
    assert isinstance((await announced())[-1], SignedUp)


async def test_the_last_place_is_taken_once_however_many_click_at_once(client, plan, sign_in):
    session_id = await plan(places=3)
    people = [sign_in(Role.MENTOR, ASSOCIATION) for _ in range(8)]

    responses = await asyncio.gather(*(sign_up(client, session_id, who) for who in people))

    statuses = sorted(response.status_code for response in responses)
    assert statuses == [201] * 3 + [409] * 5


async def test_who_was_erased_leaves_no_new_trace(client, plan, hear, mentor):
    session_id = await plan()
    await hear(PersonErased(occurred_at=NOW, association_id=None, version=2, person_id=MENTOR))

    assert (await sign_up(client, session_id, mentor)).status_code == 403


async def test_a_place_that_is_given_back_is_free_for_another(client, plan, mentor, sign_in):
    session_id = await plan(places=1)
    sign_up_id = (await sign_up(client, session_id, mentor)).json()["id"]
    another = sign_in(Role.MENTOR, ASSOCIATION)

    given_up = await client.post(f"/sign-ups/{sign_up_id}/cancellation", headers=mentor)
    taken = await sign_up(client, session_id, another)

    assert (given_up.status_code, taken.status_code) == (204, 201)


async def test_nobody_gives_up_the_place_of_somebody_else_but_staff_may(
    client, plan, mentor, sign_in, coordinator
):
    sign_up_id = (await sign_up(client, await plan(), mentor)).json()["id"]
    url = f"/sign-ups/{sign_up_id}/cancellation"

    another = await client.post(url, headers=sign_in(Role.MENTOR, ASSOCIATION))
    elsewhere = await client.post(url, headers=sign_in(Role.COORDINATOR, ANOTHER_ASSOCIATION))
    staff = await client.post(url, headers=coordinator)

    assert [each.status_code for each in (another, elsewhere, staff)] == [403, 403, 204]


async def test_staff_give_places_to_people_of_their_association_alone(
    client, plan, coordinator, mentor
):
    session_id = await plan()

    ours = await sign_up(client, session_id, coordinator, person_id=str(MENTOR))
    stranger = await sign_up(client, session_id, coordinator, person_id=str(ANOTHER_MENTOR))
    by_mentor = await sign_up(client, session_id, mentor, person_id=str(ANOTHER_MENTOR))

    assert [each.status_code for each in (ours, stranger, by_mentor)] == [201, 422, 403]
    assert stranger.json()["errors"][0]["field"] == "person_id"


async def test_a_session_of_another_association_is_nobodys_here(client, plan, sign_in):
    session_id = await plan()
    outsider = sign_in(Role.MENTOR, ANOTHER_ASSOCIATION)

    assert (await sign_up(client, session_id, outsider)).status_code == 403
    assert (await client.get(f"/sessions/{session_id}", headers=outsider)).status_code == 403
    assert (await client.get("/sessions", headers=outsider)).json() == []
    assert str(session_id) not in (await client.get("/calendar.ics", headers=outsider)).text


async def test_a_session_is_called_off_by_its_coordinator_once(client, plan, coordinator, mentor):
    session_id = await plan()
    url = f"/sessions/{session_id}/cancellation"

    answers = [await client.post(url, headers=who) for who in (mentor, coordinator, coordinator)]

    assert [each.status_code for each in answers] == [403, 204, 409]
    assert (await sign_up(client, session_id, mentor)).status_code == 409


async def test_exchange_sessions_are_published_six_months_ahead_and_once(
    client, coordinator, mentor, sign_in
):
    url = f"/associations/{ASSOCIATION}/exchange-sessions"

    published = await client.post(url, headers=coordinator)
    again = await client.post(url, headers=coordinator)
    listed = (await client.get("/sessions?kind=exchange", headers=mentor)).json()
    outsider = sign_in(Role.COORDINATOR, ANOTHER_ASSOCIATION)

    assert len(published.json()["ids"]) == 3
    assert again.json()["ids"] == []
    assert {each["minutes"] for each in listed} == {90}
    assert (await client.post(url, headers=outsider)).status_code == 403


async def test_the_calendar_is_a_file_that_calendars_read(client, plan, mentor):
    session_id = await plan()

    response = await client.get("/calendar.ics", headers=mentor)

    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    assert f"UID:{session_id}@binome" in response.text
    assert "Rôle et posture" in response.text
    assert response.text.endswith("END:VCALENDAR\r\n")


async def test_steering_meetings_are_hidden_from_mentors(client, plan, mentor, coordinator):
    session_id = await plan(kind="steering", modules=[], programme_id=None)

    assert (await client.get("/sessions", headers=mentor)).json() == []
    assert len((await client.get("/sessions", headers=coordinator)).json()) == 1
    assert (await sign_up(client, session_id, mentor)).status_code == 403


async def test_the_list_is_read_page_by_page_without_gap_or_repetition(client, plan, coordinator):
    for hours in range(5):
        await plan(starts_at=(SOON + timedelta(hours=hours // 2)).isoformat())

    seen, after = [], ""
    while page := (await client.get(f"/sessions?limit=2{after}", headers=coordinator)).json():
        seen += [each["id"] for each in page]
        after = f"&after={seen[-1]}"

    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "kind=party", "after=x", "from=2026"])
async def test_a_bad_question_is_refused(client, coordinator, query):
    assert (await client.get(f"/sessions?{query}", headers=coordinator)).status_code == 422


async def test_without_a_token_there_is_nothing_to_see(client):
    for path in ("/sessions", "/calendar.ics", f"/mentors/{MENTOR}/path"):
        assert (await client.get(path)).status_code == 401
