"""Story 5: an association that has no place."""

import pytest

from demo.actors import Refused
from tests.e2e.pairs import Pair
from tests.e2e.people import Town
from tests.e2e.rows import tables_naming

# That it was asked and said no is its own act: the route of the referral, what was announced of
# it, and the moments that are counted; ids and a reason, nothing of the story.
KEPT_OF_A_NO = {"intake.referrals", "intake.refusals", "intake.events", "reporting.moments"}


@pytest.fixture
async def second(doors, town):
    """Another association in the same town."""
    return await Town.founded(doors, town.commune)


async def test_a_referral_that_is_declined_for_lack_of_room_is_served_by_the_next_association(
    town, second, platform
):
    await town.programme("un_jeune_un_mentor")
    case = await town.refer()
    programme = await second.programme("un_jeune_un_mentor")
    mentor = await second.mentor(programme)

    decline = {"reason": "no_capacity"}
    await town.coordinator.post("intake", f"/referrals/{case.id}/decline", decline)
    await town.doors.settle()
    pair = await Pair.active(second, case, mentor)

    assert await pair.status() == "active"
    assert await second.status(case) == "in_progress"
    journey = await second.journey(case)
    assert journey.count("referral_offered") == 2
    assert journey.count("referral_declined") == 1
    assert journey.count("agreement_signed") == 1
    assert await town.figure("referrals", "declined") == "few"
    assert await town.figure("pairs_started", "started") == 0
    assert await second.figure("pairs_started", "started") == "few"
    for service, path in (
        ("intake", f"/referrals/{case.id}"),
        ("intake", f"/people/{case.mentee.person_id}"),
        ("matching", f"/referrals/{case.id}/suggestions"),
        ("followup", f"/pairs/{pair.id}"),
        ("reporting", f"/journeys/{case.id}"),
    ):
        with pytest.raises(Refused) as refused:
            await town.coordinator.get(service, path)
        assert refused.value.status in {403, 404}
    assert await town.coordinator.get("intake", "/referrals") == []
    assert await town.coordinator.get("followup", "/pairs") == []


async def test_of_who_was_declined_no_row_is_left_that_names_the_association_but_its_no(
    town, second, platform
):
    await town.programme("un_jeune_un_mentor")
    await second.programme("un_jeune_un_mentor")
    case = await town.refer()

    decline = {"reason": "no_capacity"}
    await town.coordinator.post("intake", f"/referrals/{case.id}/decline", decline)
    await town.doors.settle()

    for about in (str(case.mentee.person_id), case.id):
        kept = await tables_naming(platform, about, town.association_id)
        assert kept <= KEPT_OF_A_NO
