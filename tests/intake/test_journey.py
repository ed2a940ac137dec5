"""A referral on its way through intake, from its door to an association's yes."""

from datetime import UTC, datetime
from uuid import UUID

from common.contracts.intake.consents import AuthorisationAsked
from common.contracts.intake.people import GuardianNamed, PersonRegistered
from common.contracts.intake.referrals import (
    ReferralAccepted,
    ReferralDeclined,
    ReferralOffered,
    ReferralQualified,
    ReferralSubmitted,
    ReferralWaitlisted,
)
from common.contracts.vocabulary import Role
from common.database import transaction
from intake import schedule
from tests.intake.cast import PRESCRIBER, PUPIL


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


async def test_a_school_refers_a_pupil_whom_an_association_accepts(
    join, post, get, prescriber, announced
):
    afev = await join()
    submitted = await post("/referrals", prescriber, **PUPIL)
    path = f"/referrals/{submitted['id']}"
    routing = await get(f"{path}/routing", prescriber)

    await post(f"{path}/offers", prescriber, offer_id=routing["first_choice"])
    await post(f"{path}/acceptance", afev["coordinator"])

    assert (await get(path, prescriber))["status"] == "in_matching"
    events = await announced()
    [accepted] = of(ReferralAccepted, events)
    assert accepted.association_id == afev["association"]
    assert accepted.prescriber_id == PRESCRIBER
    assert accepted.guardian_id == UUID(submitted["guardian_id"])
    [asked] = of(AuthorisationAsked, events)
    assert asked.guardian_id == accepted.guardian_id
    assert len(of(PersonRegistered, events)) == 2
    assert of(GuardianNamed, events)
    versions = [
        event.version
        for event in events
        if isinstance(
            event, ReferralSubmitted | ReferralQualified | ReferralOffered | ReferralAccepted
        )
    ]
    assert versions == [1, 2, 3, 4]


async def test_a_declined_referral_is_offered_to_the_next_and_served_there(
    join, post, get, client, prescriber, announced
):
    near = await join("Near")
    far = await join("Far", commune="13005")
    submitted = await post("/referrals", prescriber, **PUPIL, chooses=False)
    path = f"/referrals/{submitted['id']}"

    await post(f"{path}/decline", near["coordinator"], reason="no_capacity")
    await post(f"{path}/acceptance", far["coordinator"])

    assert (await get(path, far["coordinator"]))["given_name"] == "Inès"
    refused = await client.get(path, headers=near["coordinator"])
    assert refused.status_code == 403
    assert await get("/referrals", near["coordinator"]) == []
    card = await client.get(f"/people/{submitted['mentee_id']}", headers=near["coordinator"])
    assert card.status_code == 403
    assert [event.rank for event in of(ReferralOffered, await announced())] == [1, 2]
    assert of(ReferralDeclined, await announced())[0].association_id == near["association"]


async def test_without_an_offer_that_suits_a_referral_waits_and_a_new_place_is_offered_to_it(
    join, post, load, prescriber, announced, engine
):
    submitted = await post("/referrals", prescriber, **PUPIL)

    assert submitted["status"] == "waiting_list"
    assert of(ReferralWaitlisted, await announced())

    afev = await join()
    async with transaction(engine) as tx:
        assert await schedule.serve_waiting(tx, datetime.now(UTC)) == 1

    referral = await load(submitted["id"])
    assert referral.asked.association_id == afev["association"]


async def test_a_young_person_chooses_among_the_offers(join, post, sign_in, load):
    await join("Near")
    other = await join("Other", commune="13005")
    submitted = await post("/referrals/public", **PUPIL)
    mentee_id = (await load(submitted["id"])).mentee_id
    mentee = sign_in(Role.MENTEE, None, mentee_id)

    await post(f"/referrals/{submitted['id']}/offers", mentee, offer_id=str(other["offer"]))

    assert (await load(submitted["id"])).asked.offer_id == other["offer"]
