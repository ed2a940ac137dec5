"""Two entries that may be one person: a coordinator has the say, and the lesser request ends."""

import pytest

from intake.domain.referrals import Status
from tests.intake.cast import PUPIL
from tests.intake.test_consumers import formed


@pytest.fixture
async def afev(join):
    return await join()


@pytest.fixture
def say(client):
    """Let a coordinator say of a referral that its mentee is the same person as another's."""

    async def say(who, referral, other):
        return await client.post(
            f"/referrals/{referral.id}/duplicate-decision",
            json={"person_id": str(other.mentee_id), "same": True},
            headers=who,
        )

    return say


@pytest.fixture
def take(post, load):
    """Take somebody on: the referral, with a place."""

    async def take(house, **more):
        who = house["coordinator"]
        submitted = await post("/referrals", who, **PUPIL, chooses=False, **more)
        await post(f"/referrals/{submitted['id']}/acceptance", who)
        return await load(submitted["id"])

    return take


async def test_a_suspected_duplicate_is_shown_blocks_nothing_and_a_coordinator_has_the_say(
    join, post, get, client
):
    afev = await join()
    who = afev["coordinator"]
    first = await post("/referrals", who, **PUPIL)
    second = await post("/referrals", who, **PUPIL | {"given_name": "INES"})
    third = await post("/referrals", who, **PUPIL | {"given_name": "Leïla"})
    assert second["status"] == "qualified"
    assert await get(f"/referrals/{third['id']}/duplicates", who) == []

    [shown] = await get(f"/referrals/{second['id']}/duplicates", who)
    assert shown["person_id"] == first["mentee_id"]
    assert shown["traces"] == ["name_and_birth"]
    said = await post(
        f"/referrals/{second['id']}/duplicate-decision",
        who,
        person_id=first["mentee_id"],
        same=True,
    )

    assert said == {"verdict": "same"}
    assert (await get(f"/referrals/{second['id']}", who))["status"] == "duplicate"
    assert (await get(f"/referrals/{first['id']}", who))["status"] == "qualified"


async def test_two_people_who_look_alike_stay_two(join, post, get):
    afev = await join()
    who = afev["coordinator"]
    first = await post("/referrals", who, **PUPIL)
    second = await post("/referrals", who, **PUPIL)

    await post(
        f"/referrals/{second['id']}/duplicate-decision",
        who,
        person_id=first["mentee_id"],
        same=False,
    )

    assert (await get(f"/referrals/{second['id']}", who))["status"] == "qualified"


@pytest.mark.parametrize("place", [0, 1])
async def test_the_request_that_is_less_far_ends_whichever_of_the_two_is_looked_at(
    afev, take, post, load, hear, say, place
):
    paired = await take(afev)
    await hear(formed(paired))
    waiting = await load((await post("/referrals", afev["coordinator"], **PUPIL))["id"])
    both = [paired, waiting]

    said = await say(afev["coordinator"], both[place], both[1 - place])

    assert said.json() == {"verdict": "same"}
    assert (await load(paired.id)).status is Status.MATCHED
    assert (await load(waiting.id)).status is Status.DUPLICATE


async def test_of_two_pairs_neither_ends_by_a_word(afev, take, load, hear, say):
    one, other = await take(afev), await take(afev)
    await hear(formed(one))
    await hear(formed(other).model_copy(update={"pair_id": other.id}))

    refused = await say(afev["coordinator"], one, other)

    assert (refused.status_code, refused.json()["type"]) == (409, "PairGoesOn")
    assert {(await load(each.id)).status for each in (one, other)} == {Status.MATCHED}


async def test_what_is_in_other_hands_is_never_ended_from_here(
    afev, join, take, post, load, say, get
):
    taken = await take(afev)
    other = await join("Other")
    asked = await post("/referrals", other["coordinator"], **PUPIL)
    theirs = await load(asked["id"])

    said = await say(afev["coordinator"], taken, theirs)

    assert said.json() == {"verdict": "same"}
    assert (await load(theirs.id)).status is theirs.status
    assert (await load(taken.id)).status is Status.IN_MATCHING
    [told] = await get(f"/referrals/{theirs.id}/duplicates", other["coordinator"])
    assert (told["verdict"], told["live"]) == ("same", True)
