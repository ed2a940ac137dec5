"""An invitation that can no longer be accepted is taken back, and no other one."""

from datetime import timedelta
from uuid import UUID

import pytest

from matching.store import tables
from tests.matching.cast import MENTOR, NOW, OTHER_MENTOR, REFERRAL
from tests.matching.facts import (
    ACCEPTED,
    PUBLISHED,
    REGISTERED,
    accepted,
    approved,
    closed,
    reopened,
)

DAY = timedelta(days=1)
OTHER = accepted(1)


async def paired(stage, **facets):
    """Let two mentors be there, and the first of them in a pair."""
    mentors = (*approved(MENTOR, **facets), *approved(OTHER_MENTOR))
    await stage.hear(REGISTERED, PUBLISHED, *mentors, ACCEPTED, OTHER)
    pair_id = await stage.proposed()
    await stage.accept(pair_id)
    return UUID(pair_id)


async def newest(stage):
    proposal = (await stage.proposals())[-1]
    return proposal["status"], proposal["reason"]


async def test_an_invitation_is_taken_back_when_the_mentee_has_their_mentor_back(stage):
    pair_id = await paired(stage)
    await stage.hear(closed(pair_id, at=NOW + DAY))
    stage.at(NOW + 2 * DAY)
    await stage.proposed(OTHER_MENTOR)

    await stage.hear(reopened(pair_id, version=11, at=NOW + 3 * DAY))
    await stage.tick(NOW + 3 * DAY)

    assert await newest(stage) == ("withdrawn", "sibling_accepted")


@pytest.mark.parametrize(
    ("capacity", "left"), [(1, ("withdrawn", "mentor_unavailable")), (2, ("open", None))]
)
async def test_an_invitation_is_taken_back_when_an_earlier_mentee_took_the_last_place(
    stage, capacity, left
):
    pair_id = await paired(stage, capacity=capacity)
    await stage.hear(closed(pair_id, at=NOW + DAY))
    stage.at(NOW + 2 * DAY)
    await stage.proposed(MENTOR, OTHER.referral_id)

    await stage.hear(reopened(pair_id, version=11, at=NOW + 3 * DAY))
    await stage.tick(NOW + 3 * DAY)

    assert await newest(stage) == left


@pytest.mark.parametrize(
    ("again", "left"), [(False, ("withdrawn", "mentor_unavailable")), (True, ("open", None))]
)
async def test_an_invitation_is_taken_back_when_the_mentor_may_not_be_matched_again(
    stage, again, left
):
    pair_id = await paired(stage, capacity=2)
    stage.at(NOW + DAY)
    await stage.proposed(MENTOR, OTHER.referral_id)

    await stage.hear(closed(pair_id, at=NOW + 2 * DAY, rematch_mentor=again))
    await stage.tick(NOW + 2 * DAY)

    assert await newest(stage) == left


async def test_what_was_over_before_an_invitation_takes_nothing_back_in_the_middle_of_a_rebuild(
    stage,
):
    pair_id = await paired(stage)
    going_on = reopened(pair_id, version=11, at=NOW + 2 * DAY)
    await stage.hear(closed(pair_id, at=NOW + DAY), going_on)
    await stage.hear(closed(pair_id, at=NOW + 3 * DAY, version=13))
    stage.at(NOW + 4 * DAY)
    await stage.proposed(OTHER_MENTOR, REFERRAL)

    for heard_again in ([], [going_on]):
        async with stage.engine.begin() as tx:
            await tx.execute(tables.pair_endings.delete())
        await stage.hear(*heard_again)
        await stage.tick(NOW + 4 * DAY)

    assert await newest(stage) == ("open", None)
