"""Events in: what training keeps of what it hears, in whatever order and however often."""

from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import select

from common.contracts.erasure import TrainingForgot
from common.contracts.intake.mentors import MentorApplied, MentorLeft, MentorPaused, MentorResumed
from common.contracts.intake.people import PersonErased, PersonRegistered, RoleGranted, RoleRevoked
from common.contracts.vocabulary import Role, Sealed
from common.events import Edge
from common.identity import new_id
from tests.deliveries import delivery_of
from tests.training.cast import (
    APPROVED,
    ASSOCIATION,
    ASSOCIATION_REGISTERED,
    COORDINATOR,
    MENTOR,
    NOW,
    POSTURE,
    PROGRAMME,
    PUBLISHED,
    SESSION,
    SIGN_UP,
    policy_with,
)
from training.consumers import router
from training.domain.paths import MentorState
from training.store import PROJECTIONS, heard, tables

APPLIED = MentorApplied(
    occurred_at=NOW,
    association_id=ASSOCIATION,
    version=1,
    mentor_id=MENTOR,
    programme_ids=(),
    facets=APPROVED.facets,
)
LEFT = MentorLeft(occurred_at=NOW, association_id=ASSOCIATION, version=3, mentor_id=MENTOR)
SUSPENDED = MentorPaused(
    occurred_at=NOW, association_id=ASSOCIATION, version=3, mentor_id=MENTOR, suspended=True
)
RESUMED = MentorResumed(occurred_at=NOW, association_id=ASSOCIATION, version=4, mentor_id=MENTOR)
REGISTERED = PersonRegistered(
    occurred_at=NOW,
    association_id=None,
    version=1,
    person_id=MENTOR,
    language="fr",
    sealed={"given_name": Sealed("v1.sealed"), "email": Sealed("v1.other")},
)
GRANTED = RoleGranted(
    occurred_at=NOW,
    association_id=ASSOCIATION,
    version=1,
    grant_id=UUID(int=61),
    person_id=COORDINATOR,
    role=Role.COORDINATOR,
)
MENTORS_GRANT = GRANTED.model_copy(update={"person_id": MENTOR, "role": Role.MENTOR})
REVOKED = RoleRevoked(**GRANTED.model_dump() | {"version": 2})
ERASED = PersonErased(occurred_at=NOW, association_id=None, version=2, person_id=MENTOR)
REPUBLISHED = PUBLISHED.model_copy(update={"version": 2, "policy": policy_with(POSTURE)})


async def held(engine) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is kept, to be compared."""
    async with engine.connect() as tx:
        return {
            table.name: sorted(map(tuple, await tx.execute(select(table))), key=str)
            for table in (*PROJECTIONS, tables.forgotten)
        }


async def test_a_mentor_who_is_approved_is_known_with_their_programmes(hear, tx):
    await hear(APPROVED)

    [mentor] = await tx.execute(select(tables.mentors))
    assert (mentor.state, mentor.programme_ids) == (MentorState.APPROVED, [PROGRAMME])


@pytest.mark.parametrize(
    "story",
    [
        (APPLIED, APPROVED, LEFT),
        (APPROVED, SUSPENDED, RESUMED),
        (SUSPENDED, ERASED),
        (PUBLISHED, REPUBLISHED, ASSOCIATION_REGISTERED),
        (GRANTED, REVOKED),
        (REGISTERED, APPROVED, ERASED),
    ],
    ids=lambda story: "-".join(type(event).__name__ for event in story),
)
async def test_any_order_and_three_deliveries_of_everything_end_the_same(hear, engine, story):
    ends = []
    for order in permutations(story):
        async with engine.begin() as tx:
            for table in (*PROJECTIONS, tables.forgotten):
                await tx.execute(table.delete())
        for event in order:
            message_id = new_id()
            for _ in range(3):
                await hear(event, message_id)
            # Once more under another id: the inbox cannot know that it is the same.
            await hear(event)
        ends.append(await held(engine))

    assert all(end == ends[0] for end in ends)


async def test_a_person_is_kept_with_the_sealed_name_alone(hear, tx):
    await hear(REGISTERED)

    [person] = await tx.execute(select(tables.people))
    assert (person.given_name, person.family_name) == ("v1.sealed", None)


async def test_only_who_is_a_mentor_or_holds_a_role_there_belongs_to_an_association(hear, tx):
    for event in (APPROVED, GRANTED):
        await hear(event)

    assert await heard.belongs_to(tx, MENTOR, ASSOCIATION)
    assert await heard.belongs_to(tx, COORDINATOR, ASSOCIATION)
    assert not await heard.belongs_to(tx, MENTOR, UUID(int=2))
    await hear(REVOKED)
    assert not await heard.belongs_to(tx, COORDINATOR, ASSOCIATION)


async def test_a_mentor_who_left_belongs_no_more_though_the_role_was_never_taken(hear, tx):
    for event in (APPROVED, MENTORS_GRANT, LEFT):
        await hear(event)

    assert not await heard.belongs_to(tx, MENTOR, ASSOCIATION)


async def test_an_erased_person_is_forgotten_and_their_place_still_counts(
    hear, engine, tx, announced
):
    async with engine.begin() as setup:
        await setup.execute(tables.sessions.insert().values(a_session()))
        await setup.execute(tables.sign_ups.insert().values(a_sign_up()))
    for event in (REGISTERED, APPROVED, SUSPENDED):
        await hear(event)

    await hear(ERASED)

    for table in (tables.people, tables.mentors, tables.suspensions, tables.grants):
        assert (await tx.execute(select(table))).all() == []
    [place] = await tx.execute(select(tables.sign_ups))
    assert (place.person_id, place.state) == (None, "present")
    assert await announced() == [
        TrainingForgot(occurred_at=NOW, association_id=None, version=1, person_id=MENTOR)
    ]


async def test_who_is_forgotten_stays_forgotten_however_late_a_fact_comes(hear, tx, announced):
    for event in (ERASED, REGISTERED, APPROVED, LEFT, ERASED):
        await hear(event)

    assert (await tx.execute(select(tables.people))).all() == []
    assert (await tx.execute(select(tables.mentors))).all() == []
    assert len(await announced()) == 1


@pytest.mark.parametrize("order", list(permutations((REGISTERED, MENTORS_GRANT, ERASED))))
async def test_who_is_erased_in_the_batch_that_brings_them_is_not_kept(engine, tx, order):
    await Edge(router, engine).take([delivery_of(each) for each in order])

    assert (await tx.execute(select(tables.people))).all() == []
    assert (await tx.execute(select(tables.grants))).all() == []


async def test_of_two_versions_in_one_batch_the_newer_is_kept(engine, tx):
    renamed = REGISTERED.model_copy(
        update={"version": 2, "sealed": {"given_name": Sealed("v1.new")}}
    )

    await Edge(router, engine).take([delivery_of(each) for each in (renamed, REGISTERED)])

    [person] = await tx.execute(select(tables.people))
    assert (person.version, person.given_name) == (2, "v1.new")


async def test_a_changed_path_makes_its_mentors_worth_a_look(hear, engine, tx):
    for event in (PUBLISHED, APPROVED):
        await hear(event)
    async with engine.begin() as setup:
        await setup.execute(tables.mentors.update().values(to_look_at=False))

    await hear(REPUBLISHED)

    [mentor] = await tx.execute(select(tables.mentors))
    assert mentor.to_look_at


def a_session() -> dict[str, object]:
    return {
        "id": SESSION,
        "association_id": ASSOCIATION,
        "programme_id": PROGRAMME,
        "kind": "training",
        "modules": ["posture"],
        "starts_at": NOW + timedelta(days=1),
        "minutes": 120,
        "places": 2,
        "remote": False,
        "taken": 1,
        "state": "scheduled",
        "version": 1,
        "changed_at": NOW,
    }


def a_sign_up() -> dict[str, object]:
    return {
        "id": SIGN_UP,
        "session_id": SESSION,
        "association_id": ASSOCIATION,
        "person_id": MENTOR,
        "state": "present",
        "minutes": 120,
        "version": 2,
    }
