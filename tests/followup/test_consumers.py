"""Events in: whatever the order and however often, a pair ends up the same."""

import random
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from common.contracts.followup.alerts import AlertKind, AlertRaised
from common.contracts.followup.pairs import PairCleared, PairPaused
from common.contracts.intake.consents import AuthorisationKind, AuthorisationWithdrawn
from common.contracts.intake.mentors import MentorLeft, MentorPaused, MentorScreened
from common.contracts.policy import Check
from common.contracts.vocabulary import Setting
from followup.store import tables
from tests.followup.facts import (
    ASSOCIATION,
    COORDINATOR,
    DAY,
    GUARDIAN,
    MENTEE,
    MENTOR,
    PAIR,
    T0,
    authorisation_given,
    mentor_approved,
    pair_formed,
    protection_agreed,
    that_clear_the_pair,
)


def mentor_left(version=4):
    return MentorLeft(
        occurred_at=T0 + 6 * DAY, association_id=ASSOCIATION, version=version, mentor_id=MENTOR
    )


def authorisation_withdrawn():
    return AuthorisationWithdrawn(
        occurred_at=T0 + 6 * DAY,
        association_id=ASSOCIATION,
        version=3,
        authorisation_id=authorisation_given().authorisation_id,
        mentee_id=MENTEE,
        guardian_id=GUARDIAN,
        kind=AuthorisationKind.PARTICIPATION,
    )


async def pair_of(engine):
    async with engine.connect() as connection:
        return (await connection.execute(select(tables.pairs))).one()


@pytest.mark.parametrize("seed", range(6))
async def test_a_pair_is_cleared_in_whatever_order_the_facts_come(cast, announced, engine, seed):
    await cast.known()
    events = [pair_formed(), *that_clear_the_pair()]
    random.Random(seed).shuffle(events)

    await cast.told(*events, *events)

    pair = await pair_of(engine)
    assert (pair.status, pair.missing, pair.version) == ("cleared", [], 1)
    [cleared] = await announced()
    assert isinstance(cleared, PairCleared)
    assert cleared.screening_valid
    assert cleared.occurred_at == T0


async def test_a_pair_heard_of_twice_is_formed_once(cast, engine):
    await cast.known()

    await cast.told(pair_formed(), pair_formed())

    async with engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(tables.pairs)) == 1


async def test_a_pair_of_an_unknown_programme_is_tried_again_later(cast):
    delivery = await cast.hear(pair_formed())

    assert not delivery.is_done
    assert delivery.delays


async def test_an_older_word_about_a_mentor_changes_nothing(cast):
    await cast.known()
    await cast.told(mentor_left(version=9), pair_formed(), *that_clear_the_pair())

    pair = (await cast.get(COORDINATOR, f"/pairs/{PAIR}")).json()
    assert pair["missing"] == ["mentor_approved", "mentor_screened"]


async def test_a_check_that_is_older_than_the_approval_still_counts(cast):
    """Facts of one mentor about different things do not hide one another."""
    await cast.known()
    screened = MentorScreened(
        occurred_at=T0 - 2 * DAY,
        association_id=ASSOCIATION,
        version=2,
        mentor_id=MENTOR,
        check=Check.CRIMINAL_RECORD_3,
        seen_on=date(2026, 8, 1),
        valid_until=date(2027, 8, 1),
    )
    others = [
        event for event in that_clear_the_pair() if event.version != mentor_approved().version
    ]

    await cast.told(
        pair_formed(), *others, mentor_approved(screened_until=date(2026, 8, 1)), screened
    )

    assert await cast.status() == "cleared"


async def test_a_child_in_care_also_needs_the_agreement_of_its_service(cast):
    await cast.known()
    await cast.told(pair_formed(setting=Setting.CHILD_PROTECTION), *that_clear_the_pair())
    before = (await cast.get(COORDINATOR, f"/pairs/{PAIR}")).json()

    await cast.told(protection_agreed())

    assert before["missing"] == ["protection_agreed"]
    assert await cast.status() == "cleared"


@pytest.mark.parametrize("fact", [mentor_left(), authorisation_withdrawn()])
async def test_an_active_pair_with_a_minor_rests_when_a_gate_shuts(cast, announced, fact):
    await cast.active(announced)

    await cast.told(fact)

    assert await cast.status() == "paused"
    assert [each for each in await announced() if isinstance(each, PairPaused)]
    resumed = await cast.post(COORDINATOR, f"/pairs/{PAIR}/resumption")
    assert resumed.json()["type"] == "GatesShut"


async def test_a_pause_of_the_mentor_does_not_touch_the_pair_unless_it_is_a_suspension(
    cast, announced
):
    await cast.active(announced)
    pause = MentorPaused(
        occurred_at=T0 + 6 * DAY,
        association_id=ASSOCIATION,
        version=5,
        mentor_id=MENTOR,
        suspended=False,
    )

    await cast.told(pause)
    before = await cast.status()
    await cast.told(pause.model_copy(update={"version": 6, "suspended": True}))

    assert before == "active"
    assert await cast.status() == "paused"


async def test_what_was_heard_late_raises_no_alert_of_another_time(cast, announced):
    await cast.active(announced)

    await cast.told(mentor_approved(version=7))

    raised = [each for each in await announced() if isinstance(each, AlertRaised)]
    assert AlertKind.MISSED_PERIOD not in {each.kind for each in raised}


async def test_a_fact_about_a_stranger_is_kept_for_a_pair_to_come(cast):
    stranger = UUID(int=77)

    delivery = await cast.hear(mentor_approved(stranger), uuid4())

    assert delivery.is_done
