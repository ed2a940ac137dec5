"""Who is forgotten though nobody asks: those of whom nothing came, and guardians of no one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from common.calendar import day_of
from common.contracts.vocabulary import Role
from common.database import transaction
from intake import schedule
from intake.store import mentors, people
from tests.intake.cast import PUPIL, STUDENT_MENTOR
from tests.intake.test_api_people import ALL_FORGET

MONTHS_LATER = 200
DAYS_LATER = 150


@pytest.fixture
def is_erased(engine):
    async def is_erased(person_id):
        async with transaction(engine) as tx:
            return (await people.person(tx, UUID(str(person_id)))).erased

    return is_erased


@pytest.fixture
async def family(post, prescriber):
    """A child and their guardian."""
    submitted = await post("/referrals", prescriber, **PUPIL)
    return submitted["mentee_id"], submitted["guardian_id"]


@pytest.fixture
def erase(post, sign_in, hear):
    """Let a child be forgotten as they asked for, by so many of the services."""

    async def erase(child, services=ALL_FORGET):
        await post(f"/people/{child}/erasure", sign_in(Role.MENTEE, None, UUID(child)))
        about = {"association_id": None, "version": 1, "person_id": UUID(child)}
        for service in services:
            await hear(service(occurred_at=datetime.now(UTC), **about))

    return erase


async def test_a_guardian_of_forgotten_children_alone_is_forgotten_once_they_could_read_of_it(
    family, erase, later, is_erased
):
    child, guardian = family
    await erase(child)

    assert await later(schedule.forget_bystanders, days=DAYS_LATER) == 0
    assert await later(schedule.forget_bystanders, days=MONTHS_LATER) == 1

    assert await is_erased(guardian)


async def test_a_guardian_stays_while_a_child_does_or_its_erasure_goes_on(
    family, erase, later, is_erased
):
    child, guardian = family
    assert await later(schedule.forget_bystanders, days=MONTHS_LATER) == 0

    await erase(child, ALL_FORGET[1:])
    assert await later(schedule.forget_bystanders, days=MONTHS_LATER) == 0

    assert not await is_erased(guardian)


@pytest.fixture
async def afev(join):
    return await join()


@pytest.fixture
async def applied(afev, post):
    form = STUDENT_MENTOR | {
        "association_id": str(afev["association"]),
        "programme_ids": [str(afev["programme"])],
    }
    return (await post("/mentors/public", **form))["id"]


async def test_who_applied_and_was_never_decided_on_is_forgotten(applied, later, is_erased):
    assert await later(schedule.forget_bystanders, days=DAYS_LATER) == 0
    assert await later(schedule.forget_bystanders, days=MONTHS_LATER) == 1

    assert await is_erased(applied)


async def test_a_mentor_who_is_being_screened_is_not_forgotten_and_one_who_is_approved_never(
    afev, applied, post, later, engine
):
    async with transaction(engine) as tx:
        mentor = await mentors.lock_mentor(tx, UUID(applied))
        long_ago = mentor.applied_at - timedelta(days=MONTHS_LATER)
        await mentors.save_mentor(tx, replace(mentor, applied_at=long_ago))

    seen = {"check": "criminal_record_3", "seen_on": day_of(datetime.now(UTC)).isoformat()}
    await post(f"/mentors/{applied}/checks", afev["coordinator"], **seen)
    assert await later(schedule.forget_bystanders, days=DAYS_LATER) == 0
    await post(f"/mentors/{applied}/approval", afev["coordinator"])

    assert await later(schedule.forget_bystanders, days=MONTHS_LATER) == 0
