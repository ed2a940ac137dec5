"""HTTP in: who came, what it completes, and who may read the names."""

from uuid import uuid4

import pytest

from common.contracts.intake.people import PersonErased, PersonRegistered
from common.contracts.training import AttendanceRecorded, MentorReady
from common.contracts.vocabulary import Role
from tests.training.cast import (
    ANOTHER_ASSOCIATION,
    ASSOCIATION,
    MENTOR,
    NOW,
    PROGRAMME,
)
from tests.training.people import sign_up

pytestmark = pytest.mark.usefixtures("known")


async def test_attendance_completes_the_path_and_readiness_is_announced_once(
    client, begun, coordinator, announced
):
    url = await begun()

    first = await client.post(url, json={"present": True, "minutes": 170}, headers=coordinator)
    again = await client.post(url, json={"present": True}, headers=coordinator)

    assert (first.status_code, again.status_code) == (204, 204)
    events = await announced()
    recorded = [event.minutes for event in events if isinstance(event, AttendanceRecorded)]
    [ready] = [event for event in events if isinstance(event, MentorReady)]
    assert recorded == [170, 180]
    assert (ready.mentor_id, ready.programme_id, ready.minutes) == (MENTOR, PROGRAMME, 170)


async def test_a_mentor_sees_what_is_done_and_what_is_missing(client, begun, mentor, sign_in):
    url = await begun(modules=["posture"])
    volunteer = sign_in(Role.VOLUNTEER, ASSOCIATION)
    await client.post(url, json={"present": True}, headers=volunteer)

    path = (await client.get(f"/mentors/{MENTOR}/path", headers=mentor)).json()
    seen_by_staff = await client.get(f"/mentors/{MENTOR}/path", headers=volunteer)

    [programme] = path["programmes"]
    assert [bool(module["completed_at"]) for module in programme["modules"]] == [True, False]
    assert (path["minutes"], programme["ready_at"]) == (180, None)
    assert seen_by_staff.json() == path


async def test_the_path_of_a_mentor_is_closed_to_others(client, sign_in):
    for headers, status in (
        (sign_in(Role.MENTOR, ASSOCIATION), 403),
        (sign_in(Role.COORDINATOR, ANOTHER_ASSOCIATION), 403),
        (sign_in(Role.FUNDER, ASSOCIATION), 403),
    ):
        response = await client.get(f"/mentors/{MENTOR}/path", headers=headers)
        assert response.status_code == status


async def test_who_came_is_recorded_by_staff_of_the_association(
    client, begun, mentor, coordinator, sign_in
):
    url, present = await begun(), {"present": True}
    outsider = sign_in(Role.COORDINATOR, ANOTHER_ASSOCIATION)

    elsewhere = await client.post(url, json=present, headers=outsider)
    oneself = await client.post(url, json=present, headers=mentor)
    too_long = await client.post(url, json=present | {"minutes": 181}, headers=coordinator)
    unknown = f"/sign-ups/{uuid4()}/attendance"
    nobody = await client.post(unknown, json=present, headers=coordinator)

    answers = (elsewhere, oneself, too_long, nobody)
    assert [each.status_code for each in answers] == [403, 403, 422, 404]


async def test_who_came_is_not_known_before_the_start(client, plan, mentor, coordinator):
    sign_up_id = (await sign_up(client, await plan(), mentor)).json()["id"]

    response = await client.post(
        f"/sign-ups/{sign_up_id}/attendance", json={"present": True}, headers=coordinator
    )

    assert response.status_code == 409


async def test_staff_find_the_sessions_in_which_nobody_said_yet_who_came(
    client, begun, plan, mentor, coordinator, sign_in
):
    noted, cancelled = await begun(kind="exchange"), await plan()
    await client.post(noted, json={"present": False}, headers=coordinator)
    await sign_up(client, cancelled, mentor)
    await client.post(f"/sessions/{cancelled}/cancellation", headers=coordinator)
    waiting = await begun()
    elsewhere = sign_in(Role.COORDINATOR, ANOTHER_ASSOCIATION)

    [listed] = await unnoted(client, coordinator)
    await client.post(waiting, json={"present": True}, headers=coordinator)

    assert (listed["kind"], listed["state"]) == ("training", "scheduled")
    assert await unnoted(client, coordinator) == await unnoted(client, elsewhere) == []
    assert (await client.get("/sessions?attendance=to_note", headers=mentor)).status_code == 403


async def test_nobody_is_asked_whether_somebody_came_who_was_erased_since(
    client, begun, coordinator, hear
):
    await begun()
    await hear(PersonErased(occurred_at=NOW, association_id=None, version=2, person_id=MENTOR))

    assert await unnoted(client, coordinator) == []


async def unnoted(client, who):
    return (await client.get("/sessions", params={"attendance": "to_note"}, headers=who)).json()


@pytest.fixture
async def named(hear, keys):
    sealed = {
        "given_name": await keys.seal(MENTOR, "given_name", "Aïcha"),
        "family_name": await keys.seal(MENTOR, "family_name", "Diallo"),
    }
    await hear(
        PersonRegistered(
            occurred_at=NOW,
            association_id=None,
            version=1,
            person_id=MENTOR,
            language="fr",
            sealed=sealed,
        )
    )


@pytest.mark.usefixtures("named")
async def test_staff_read_the_names_of_who_comes_and_nobody_else(
    client, plan, keys, mentor, coordinator
):
    session_id = await plan()
    await sign_up(client, session_id, mentor)
    url = f"/sessions/{session_id}/sign-ups"

    [listed] = (await client.get(url, headers=coordinator)).json()
    keys.erase(MENTOR)
    [erased] = (await client.get(url, headers=coordinator)).json()

    assert (listed["given_name"], listed["family_name"]) == ("Aïcha", "Diallo")
    assert (erased["given_name"], erased["family_name"]) == (None, None)
    assert (await client.get(url, headers=mentor)).status_code == 403
