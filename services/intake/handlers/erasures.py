"""Forgetting people: the key goes, the rows go, counts stay, and everybody is told."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.calendar import after_months
from common.contracts import Event
from common.contracts.erasure import ErasureDone
from common.contracts.intake.people import Ground
from common.contracts.intake.referrals import ReferralEnd
from common.identity import new_id
from common.keys import erase_key
from common.outbox import emit
from intake.blueprints import collective_policy
from intake.domain import associations, erasures, mentors
from intake.domain.erasures import Erasure, Service
from intake.domain.referrals import Referral, stop
from intake.handlers.catalogue import keep, note_freed
from intake.store import associations as association_store
from intake.store import erasures as store
from intake.store import mentors as mentor_store
from intake.store import people, referrals

BATCH = 50


async def erase_person(
    tx: AsyncConnection,
    person_id: UUID,
    *,
    ground: Ground,
    asked_by: UUID | None = None,
    now: datetime,
) -> Erasure:
    """Forget a person here and now; asked again, the first erasure is the answer."""
    if known := await store.lock_erasure_of(tx, person_id):
        return known
    person, event = erasures.erase(await people.lock_person(tx, person_id), ground=ground, at=now)
    guardians = await people.guardians_of(tx, person_id)
    await forget_referrals(tx, person_id, now=now)
    await forget_mentor(tx, person_id, now=now)
    await revoke_roles(tx, person_id, now=now)
    await people.save_person(tx, person)
    await people.forget_fingerprints(tx, person_id)
    await people.forget_suspicions(tx, person_id)
    await erase_key(tx, person_id, at=now)
    erasure = Erasure(
        id=new_id(),
        person_id=person_id,
        guardian_id=guardians[0] if guardians else None,
        asked_by=asked_by,
        ground=ground,
        key_destroyed_at=now,
        forgotten_at={},
    )
    await store.add_erasure(tx, erasure)
    await emit(tx, event)
    return erasure


async def forget_referrals(tx: AsyncConnection, person_id: UUID, *, now: datetime) -> None:
    """Leave one statistics row of each referral: state, age band, axis and department."""
    for referral in await referrals.lock_referrals_of(tx, person_id):
        ended, events = end_if_live(referral, now=now)
        await keep(tx, replace(ended, facets=None, sealed={}), *events)
        await note_freed(tx, referral, ended, at=now)


def end_if_live(referral: Referral, *, now: datetime) -> tuple[Referral, tuple[Event, ...]]:
    if referral.over:
        return referral, ()
    ended, event = stop(referral, ReferralEnd.WITHDRAWN, at=now)
    return ended, (event,)


async def forget_mentor(tx: AsyncConnection, person_id: UUID, *, now: datetime) -> None:
    mentor = await mentor_store.find_mentor(tx, person_id)
    if mentor is None:
        return
    locked = await mentor_store.lock_mentor(tx, person_id)
    gone, events = mentors.forget(locked, at=now)
    await mentor_store.save_mentor(tx, gone)
    await emit(tx, *events)


async def revoke_roles(tx: AsyncConnection, person_id: UUID, *, now: datetime) -> None:
    for held in await association_store.lock_grants_of(tx, person_id):
        revoked, event = associations.revoke(held, at=now)
        await association_store.save_grant(tx, revoked)
        await emit(tx, event)


async def note_forgotten(tx: AsyncConnection, event: ErasureDone) -> None:
    """Note who has forgotten; nobody does so unasked, so an erasure that is lost is done again."""
    erasure = await erase_person(tx, event.person_id, ground=Ground.AGAIN, now=event.occurred_at)
    service = Service(event.announcer())
    await store.save_erasure(tx, erasures.acknowledge(erasure, service, at=event.occurred_at))


async def erase_again(tx: AsyncConnection, *, now: datetime) -> int:
    """Forget those whose key is gone and who are not forgotten: a restore brought them back."""
    returned = await people.people_without_key(tx, BATCH)
    for person_id in returned:
        await erase_person(tx, person_id, ground=Ground.AGAIN, now=now)
    return len(returned)


async def forget_old_cases(tx: AsyncConnection, *, now: datetime) -> int:
    """Forget those whose time is over under their programme's rules: nobody asks, it is due."""
    old = await referrals.referrals_to_forget(tx, now, BATCH)
    for referral in old:
        await erase_person(tx, referral.mentee_id, ground=Ground.RETENTION, now=now)
        await forget_lone_guardian(tx, referral, now=now)
    gone = await mentor_store.mentors_to_forget(tx, now, BATCH)
    for mentor in gone:
        await erase_person(tx, mentor.id, ground=Ground.RETENTION, now=now)
    return len(old) + len(gone)


async def forget_bystanders(tx: AsyncConnection, *, now: datetime) -> int:
    """Forget those of whom nothing came, as long after as a request that nobody took.

    Somebody applied as a mentor and was never decided on, or answered for children who were all
    forgotten, and has had the time to read that they were.
    """
    since = after_months(now, -collective_policy().retention.unanswered_referral_months)
    undecided = await mentor_store.mentors_undecided(tx, since, BATCH)
    lone = await store.lone_guardians(tx, since, BATCH)
    for person_id in (*undecided, *lone):
        await erase_person(tx, person_id, ground=Ground.RETENTION, now=now)
    return len(undecided) + len(lone)


async def forget_lone_guardian(tx: AsyncConnection, referral: Referral, *, now: datetime) -> None:
    """Forget a guardian together with the last minor for whom they answered."""
    if referral.guardian_id is None:
        return
    others = await referrals.referrals_concerning(tx, referral.guardian_id)
    if all(each.facets is None for each in others):
        await erase_person(tx, referral.guardian_id, ground=Ground.RETENTION, now=now)
