"""Those who wait: a place goes to one of them, the longest waiting first, and none is missed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from common.database import transaction
from intake import schedule
from intake.domain.referrals import Status
from intake.store.tables import openings
from tests.intake.cast import NOW, PUPIL
from tests.intake.test_consumers import closed, formed

MONTH = 31


@pytest.fixture
async def full(join, post, prescriber):
    """An offer of one place, which somebody has, and who has it."""
    afev = await join(capacity=1)
    served = (await post("/referrals", prescriber, **PUPIL, chooses=False))["id"]
    await post(f"/referrals/{served}/acceptance", afev["coordinator"])
    return afev | {"served": served}


@pytest.fixture
def come(post, prescriber):
    """Let so many come who find no place, one after the other."""

    async def come(number):
        return [(await post("/referrals", prescriber, **PUPIL))["id"] for _ in range(number)]

    return come


@pytest.fixture
def statuses(load):
    async def statuses(referral_ids):
        return [(await load(each)).status.value for each in referral_ids]

    return statuses


async def test_a_place_that_comes_up_goes_to_who_waits_longest_and_to_nobody_else(
    full, come, post, prescriber, later, statuses
):
    waiting = await come(3)
    await later(schedule.serve_waiting)
    assert set(await statuses(waiting)) == {"waiting_list"}

    await post(f"/referrals/{full['served']}/withdrawal", prescriber)
    await later(schedule.serve_waiting, seconds=1)

    assert await statuses(waiting) == ["offered", "waiting_list", "waiting_list"]
    assert await later(schedule.serve_waiting, seconds=2) == 0


async def declined(full, asked, post, later, prescriber):
    await post(f"/referrals/{asked}/decline", full["coordinator"], reason="public")


async def expired(full, asked, post, later, prescriber):
    for days in (11, MONTH):
        await later(schedule.take_due_steps, days=days)


async def ended(full, asked, post, later, prescriber):
    await post(f"/referrals/{asked}/withdrawal", prescriber)


@pytest.mark.parametrize("given_back", [declined, expired, ended])
async def test_a_place_that_one_does_not_take_after_all_goes_to_the_next_who_waits(
    full, come, post, prescriber, later, statuses, given_back
):
    waiting = await come(3)
    await post(f"/referrals/{full['served']}/withdrawal", prescriber)
    await later(schedule.serve_waiting)
    assert await statuses(waiting) == ["offered", "waiting_list", "waiting_list"]

    await given_back(full, waiting[0], post, later, prescriber)
    await later(schedule.serve_waiting, days=MONTH)

    assert (await statuses(waiting))[1:] == ["offered", "waiting_list"]


async def test_a_place_of_one_who_chose_another_offer_goes_to_the_next_who_waits(
    full, come, join, post, prescriber, later, load
):
    waiting = await come(3)
    await post(f"/referrals/{full['served']}/withdrawal", prescriber)
    await later(schedule.serve_waiting)
    other = await join("Other", capacity=1)
    await later(schedule.serve_waiting)

    await post(f"/referrals/{waiting[0]}/offers", prescriber, offer_id=str(other["offer"]))
    await later(schedule.serve_waiting)

    asked = [(await load(each)).asked.offer_id for each in waiting]
    assert asked == [other["offer"], other["offer"], full["offer"]]


async def test_a_place_heard_of_late_is_not_missed_by_who_came_after_it_came_up(
    full, come, hear, load, later, statuses
):
    served = await load(full["served"])
    await hear(formed(served))
    waiting = await come(1)
    await later(schedule.serve_waiting)

    # It closed long before anybody began to wait.
    await hear(closed(served).model_copy(update={"occurred_at": NOW - timedelta(days=300)}))
    await later(schedule.serve_waiting, seconds=1)

    assert await statuses(waiting) == ["offered"]


async def test_a_place_that_another_did_not_take_is_no_new_one_for_who_lacked_one(
    join, come, post, prescriber, later, load
):
    afev = await join(capacity=2)
    first, second = await come(2)
    for each in (first, second):
        await post(f"/referrals/{each}/offers", prescriber)

    for each in (first, second):
        await post(f"/referrals/{each}/decline", afev["coordinator"], reason="no_capacity")
    await later(schedule.serve_waiting, seconds=1)

    assert (await load(first)).status is Status.WAITING_LIST


async def test_of_the_places_that_came_up_in_an_offer_the_last_is_kept(
    full, come, post, prescriber, later, engine
):
    await come(1)
    for capacity in (3, 4, 5):
        await post(f"/offers/{full['offer']}/capacity", full["coordinator"], capacity=capacity)
        await later(schedule.serve_waiting)
    await post(f"/referrals/{full['served']}/withdrawal", prescriber)

    await later(schedule.serve_waiting, seconds=1)

    async with transaction(engine) as tx:
        kept = (await tx.execute(select(openings.c.offer_id, openings.c.looked_into))).all()
    assert kept == [(full["offer"], True)]
