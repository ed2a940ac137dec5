"""How a request ends: as its people decide, until there is a pair, which ends in its own way."""

from uuid import UUID

import pytest

from common.contracts.vocabulary import Role
from intake.domain.referrals import Status
from tests.intake.cast import PUPIL
from tests.intake.test_consumers import closed, formed, signed


@pytest.fixture
async def accepted(join, post, load, prescriber, sign_in):
    """A referral that waits for a mentor, and those who could end it."""
    afev = await join()
    submitted = await post("/referrals", prescriber, **PUPIL, chooses=False)
    await post(f"/referrals/{submitted['id']}/acceptance", afev["coordinator"])
    referral = await load(submitted["id"])
    return referral, {
        "coordinator": afev["coordinator"],
        "prescriber": prescriber,
        "mentee": sign_in(Role.MENTEE, None, referral.mentee_id),
        "guardian": sign_in(Role.GUARDIAN, None, UUID(str(referral.guardian_id))),
    }


@pytest.mark.parametrize("story", [[formed], [formed, signed]])
@pytest.mark.parametrize("who", ["coordinator", "prescriber", "mentee", "guardian"])
async def test_nobody_ends_a_request_from_under_its_pair(
    accepted, client, hear, load, get, story, who
):
    referral, people = accepted
    for fact in story:
        await hear(fact(referral))

    refused = await client.post(f"/referrals/{referral.id}/withdrawal", headers=people[who])

    assert (refused.status_code, refused.json()["type"]) == (409, "PairGoesOn")
    assert not (await load(referral.id)).over
    assert (await get("/catalogue"))[0]["free"] == 9


async def test_who_waits_for_a_mentor_may_go_at_any_time(accepted, post, load):
    referral, people = accepted

    await post(f"/referrals/{referral.id}/withdrawal", people["guardian"])

    assert (await load(referral.id)).status is Status.WITHDRAWN


async def test_a_request_may_go_once_its_pair_is_closed_and_another_mentor_is_sought(
    accepted, post, load, hear
):
    referral, people = accepted
    for event in (formed(referral), signed(referral), closed(referral, rematch=True)):
        await hear(event)

    await post(f"/referrals/{referral.id}/withdrawal", people["mentee"])

    assert (await load(referral.id)).status is Status.WITHDRAWN


async def test_an_erasure_asks_no_pair(accepted, post, load, hear):
    referral, people = accepted
    await hear(formed(referral))

    await post(f"/people/{referral.mentee_id}/erasure", people["mentee"])

    assert (await load(referral.id)).status is Status.WITHDRAWN
