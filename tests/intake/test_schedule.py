"""Time alone: reminders, expiries, choices nobody made, the waiting list, what is forgotten."""

from uuid import UUID

from sqlalchemy import select

from common.contracts.intake.associations import OfferPublished
from common.contracts.intake.people import Ground, PersonErased
from common.contracts.intake.referrals import (
    ReferralEnded,
    ReferralNeedAsked,
    ReferralOffered,
    ReferralOfferExpired,
    ReferralReminded,
    ReferralWaitlisted,
)
from common.database import transaction
from intake import schedule
from intake.domain.referrals import Status
from intake.store.people_tables import erasures
from intake.store.tables import answers, referrals
from tests.intake.cast import PUPIL


def kinds(events, *wanted):
    return [type(event) for event in events if isinstance(event, wanted)]


async def test_an_unanswered_referral_is_reminded_after_ten_days_and_passed_on_after_thirty(
    join, post, prescriber, later, load, announced
):
    await join("Near")
    far = await join("Far", commune="13005")
    submitted = await post("/referrals", prescriber, **PUPIL, chooses=False)

    assert await later(schedule.take_due_steps, days=9) == 0
    assert await later(schedule.take_due_steps, days=11) == 1
    assert await later(schedule.take_due_steps, days=12) == 0
    assert await later(schedule.take_due_steps, days=31) == 1

    referral = await load(submitted["id"])
    assert referral.asked.association_id == far["association"]
    told = kinds(await announced(), ReferralReminded, ReferralOfferExpired, ReferralOffered)
    assert told == [ReferralOffered, ReferralReminded, ReferralOfferExpired, ReferralOffered]


async def test_the_delays_are_those_of_the_programme_that_was_asked(
    join, post, prescriber, later, announced
):
    await join(overrides={"referral_remind_days": 2, "referral_expire_days": 4})
    await post("/referrals", prescriber, **PUPIL, chooses=False)

    assert await later(schedule.take_due_steps, days=3) == 1
    assert await later(schedule.take_due_steps, days=5) == 1

    assert kinds(await announced(), ReferralWaitlisted) == [ReferralWaitlisted]


async def test_who_does_not_choose_in_two_working_days_is_offered_to_the_best(
    join, post, prescriber, later, load
):
    afev = await join()
    submitted = await post("/referrals", prescriber, **PUPIL)
    assert submitted["status"] == "qualified"

    await later(schedule.take_due_steps, days=7)

    assert (await load(submitted["id"])).asked.offer_id == afev["offer"]


async def test_the_need_is_asked_about_every_four_months_and_silence_withdraws(
    post, prescriber, later, load, announced
):
    submitted = await post("/referrals", prescriber, **PUPIL)

    for days, status in [
        (125, Status.WAITING_LIST),
        (133, Status.WAITING_LIST),
        (140, Status.WITHDRAWN),
    ]:
        await later(schedule.take_due_steps, days=days)
        assert (await load(submitted["id"])).status is status

    asked = [event for event in await announced() if isinstance(event, ReferralNeedAsked)]
    assert [event.reminder for event in asked] == [False, True]


async def test_a_confirmed_need_is_asked_about_four_months_later(post, prescriber, later, load):
    submitted = await post("/referrals", prescriber, **PUPIL)
    await later(schedule.take_due_steps, days=125)

    await post(f"/referrals/{submitted['id']}/confirmation", prescriber)

    assert await later(schedule.take_due_steps, days=100) == 0
    assert (await load(submitted["id"])).status is Status.WAITING_LIST


async def test_places_that_changed_are_announced_once(join, post, prescriber, later, announced):
    afev = await join(capacity=4)
    for _ in range(2):
        submitted = await post("/referrals", prescriber, **PUPIL, chooses=False)
        await post(f"/referrals/{submitted['id']}/acceptance", afev["coordinator"])

    assert await later(schedule.announce_places) == 1

    figures = [(e.version, e.taken) for e in await announced() if isinstance(e, OfferPublished)]
    assert figures == [(1, 0), (2, 2)]


async def test_a_referral_that_nobody_took_is_forgotten_after_six_months(
    join, post, prescriber, later, engine, announced
):
    afev = await join()
    submitted = await post("/referrals", prescriber, **PUPIL, chooses=False)
    await post(f"/referrals/{submitted['id']}/decline", afev["coordinator"], reason="public")

    assert await later(schedule.forget_old_cases, days=180) == 0
    assert await later(schedule.forget_old_cases, days=190) == 1

    said = await announced()
    told = kinds(said, ReferralEnded, PersonErased)
    assert told == [ReferralEnded, PersonErased, PersonErased]
    assert {each.ground for each in said if isinstance(each, PersonErased)} == {Ground.RETENTION}
    async with transaction(engine) as tx:
        [row] = (await tx.execute(select(referrals))).mappings()
        grounds = (await tx.scalars(select(erasures.c.ground))).all()
        counted = (await tx.scalars(select(answers.c.reason))).all()
    assert (row["facets"], row["sealed"]) == (None, {})
    assert (row["age_band"], row["axis"], row["department"]) == ("11-14", "education", "13")
    assert set(grounds) == {"retention"}
    assert counted == ["public"]


async def test_a_case_that_goes_on_is_never_forgotten_by_time(join, post, prescriber, later, load):
    afev = await join()
    submitted = await post("/referrals", prescriber, **PUPIL, chooses=False)
    await post(f"/referrals/{submitted['id']}/acceptance", afev["coordinator"])

    assert await later(schedule.forget_old_cases, days=700) == 0

    assert (await load(UUID(submitted["id"]))).facets is not None
