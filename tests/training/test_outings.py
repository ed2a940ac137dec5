"""Who comes among children: a mentor whom the association has approved, and who is still here."""

import pytest

from common.contracts.intake.mentors import (
    MentorApplied,
    MentorLeft,
    MentorPaused,
    MentorRefused,
    MentorResumed,
)
from common.contracts.intake.people import RoleGranted
from common.contracts.training import SessionKind
from common.contracts.vocabulary import Role
from tests.training.cast import (
    ANOTHER_ASSOCIATION,
    APPROVED,
    ASSOCIATION_REGISTERED,
    MENTOR,
    PROGRAMME,
    PUBLISHED,
    STORY,
)
from tests.training.people import sign_up

APPLIED = STORY.tell(MentorApplied, version=1, programme_ids=(PROGRAMME,), facets=APPROVED.facets)
GRANTED = STORY.tell(RoleGranted, grant_id=PROGRAMME, person_id=MENTOR, role=Role.MENTOR)
REFUSED = STORY.tell(MentorRefused, version=2)
PAUSED = STORY.tell(MentorPaused, version=3, suspended=False)
SUSPENDED = STORY.tell(MentorPaused, version=3, suspended=True)
RENEWED = APPROVED.model_copy(update={"version": 4})
RESUMED = STORY.tell(MentorResumed, version=5)
LEFT = STORY.tell(MentorLeft, version=3)

KEPT_AWAY = {
    "never screened": (APPLIED,),
    "refused": (APPLIED, REFUSED),
    "left": (APPLIED, APPROVED, LEFT),
    "suspended": (APPLIED, APPROVED, SUSPENDED),
    "suspended, and a check renewed": (APPLIED, APPROVED, SUSPENDED, RENEWED),
}
WELCOME = {
    "approved": (APPLIED, APPROVED),
    "pausing by their own choice": (APPLIED, APPROVED, PAUSED),
    "suspended no more": (APPLIED, APPROVED, SUSPENDED, RESUMED),
}
GONE = (KEPT_AWAY["refused"], KEPT_AWAY["left"])


@pytest.fixture(autouse=True)
async def here(hear):
    for event in (ASSOCIATION_REGISTERED, PUBLISHED, GRANTED):
        await hear(event)


@pytest.fixture
async def outing(plan):
    return await plan(kind="outing", modules=[], programme_id=None)


@pytest.mark.parametrize("story", KEPT_AWAY.values(), ids=KEPT_AWAY)
async def test_nobody_comes_among_children_whom_the_association_does_not_trust(
    client, hear, outing, mentor, coordinator, story
):
    for event in story:
        await hear(event)

    by_staff = await sign_up(client, outing, coordinator, person_id=str(MENTOR))

    assert (await sign_up(client, outing, mentor)).status_code == 403
    assert (await client.get(f"/sessions/{outing}", headers=mentor)).status_code == 403
    assert (await client.get("/sessions", headers=mentor)).json() == []
    assert outing not in (await client.get("/calendar.ics", headers=mentor)).text
    assert (by_staff.status_code, by_staff.json()["errors"][0]["field"]) == (422, "person_id")


@pytest.mark.parametrize("story", WELCOME.values(), ids=WELCOME)
async def test_a_mentor_whom_the_association_trusts_takes_a_place_in_an_outing(
    client, hear, outing, mentor, story
):
    for event in story:
        await hear(event)

    assert (await sign_up(client, outing, mentor)).status_code == 201


@pytest.mark.parametrize("story", WELCOME.values(), ids=WELCOME)
async def test_staff_give_a_mentor_whom_they_trust_a_place_in_an_outing(
    client, hear, outing, coordinator, story
):
    for event in story:
        await hear(event)

    assert (await sign_up(client, outing, coordinator, person_id=str(MENTOR))).status_code == 201


async def test_the_trust_of_one_association_opens_no_outing_of_another(client, hear, plan, sign_in):
    for event in WELCOME["approved"]:
        await hear(event)
    elsewhere = sign_in(Role.COORDINATOR, ANOTHER_ASSOCIATION)
    outing = await plan(
        headers=elsewhere,
        kind="outing",
        modules=[],
        programme_id=None,
        association_id=str(ANOTHER_ASSOCIATION),
    )

    mentor = sign_in(Role.MENTOR, ANOTHER_ASSOCIATION, MENTOR)

    assert (await sign_up(client, outing, mentor)).status_code == 403


@pytest.mark.parametrize("kind", [SessionKind.TRAINING, SessionKind.EXCHANGE])
async def test_who_asks_to_be_a_mentor_learns_and_exchanges_meanwhile(
    client, hear, plan, mentor, kind
):
    await hear(APPLIED)

    assert (await sign_up(client, await plan(kind=kind), mentor)).status_code == 201


@pytest.mark.parametrize("kind", SessionKind)
@pytest.mark.parametrize("story", GONE, ids=["refused", "left"])
async def test_who_is_gone_has_no_place_anywhere_and_sees_none(
    client, hear, plan, mentor, coordinator, story, kind
):
    session_id = await plan(kind=kind)
    for event in story:
        await hear(event)

    by_staff = await sign_up(client, session_id, coordinator, person_id=str(MENTOR))

    assert (await sign_up(client, session_id, mentor)).status_code == 403
    assert (await client.get("/sessions", headers=mentor)).json() == []
    assert by_staff.status_code == 422
