"""Associations join, name their staff, publish programmes and open places."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.policy import Policy
from common.contracts.vocabulary import Place, Role
from common.identity import new_id
from common.outbox import emit
from intake.blueprints import policy_from
from intake.domain import associations as domain
from intake.domain import programmes
from intake.domain.associations import Association, AssociationUnknown, RoleGrant
from intake.domain.people import Identity, Part
from intake.domain.programmes import Offer, Programme
from intake.handlers.people import Newcomer, register_people
from intake.store import associations as store
from intake.store import catalogue, mentors
from intake.store import people as people_store
from intake.store import referrals as referral_store

BATCH = 200


async def register_association(
    tx: AsyncConnection, association: Association, *, now: datetime
) -> None:
    await check_associations(tx, association.pooled_with, field="pooled_with")
    await store.add_association(tx, association)
    await emit(tx, domain.register(association, at=now))


async def pool_association(
    tx: AsyncConnection, association_id: UUID, others: tuple[UUID, ...], *, now: datetime
) -> None:
    association = await store.lock_association(tx, association_id)
    await check_associations(tx, others, field="pooled_with")
    pooled, event = domain.pool(association, others, at=now)
    await store.save_association(tx, pooled)
    await emit(tx, event)


async def check_associations(tx: AsyncConnection, ids: tuple[UUID, ...], *, field: str) -> None:
    if set(ids) - await store.known_associations(tx, set(ids)):
        raise AssociationUnknown(field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """Somebody gets a role: a person who is known, or a new one."""

    role: Role
    association_id: UUID | None
    person_id: UUID | None = None
    identity: Identity | None = None
    language: str = "fr"


async def appoint(tx: AsyncConnection, appointment: Appointment, *, now: datetime) -> RoleGrant:
    """Give a role to somebody who works for an association, or for the collective."""
    if appointment.association_id is not None:
        await store.lock_association(tx, appointment.association_id)
    person_id = appointment.person_id or new_id()
    given = RoleGrant(
        id=new_id(),
        person_id=person_id,
        role=appointment.role,
        association_id=appointment.association_id,
    )
    event = domain.grant_staff(given, at=now)
    if appointment.identity is None:
        person = await people_store.lock_person(tx, person_id)
        mentor = await mentors.find_mentor(tx, person_id)
        mentor_at = mentor.association_id if mentor else None
        domain.check_appointable(person, given, mentor_at=mentor_at)
    else:
        newcomer = Newcomer(
            id=person_id,
            part=Part.STAFF,
            identity=appointment.identity,
            language=appointment.language,
            texts={},
        )
        await register_people(tx, [newcomer], now=now)
    await store.add_grants(tx, [given])
    await emit(tx, event)
    return given


async def revoke_grant(tx: AsyncConnection, held: RoleGrant, *, now: datetime) -> None:
    revoked, event = domain.revoke(held, at=now)
    await store.save_grant(tx, revoked)
    await emit(tx, event)


async def publish_programme(tx: AsyncConnection, programme: Programme, *, now: datetime) -> None:
    await store.lock_association(tx, programme.association_id)
    await catalogue.add_programme(tx, programme, at=now)
    await emit(tx, programmes.publish(programme, at=now))


async def revise_programme(
    tx: AsyncConnection, programme: Programme, overrides: Mapping[str, Any], *, now: datetime
) -> Programme:
    """Publish a new version: the template with the association's rules, read anew."""
    policy: Policy = policy_from(programme.template, overrides)
    revised, event = programmes.revise(programme, policy, at=now)
    await catalogue.save_programme(tx, revised, at=now)
    await emit(tx, event)
    return revised


async def publish_offer(
    tx: AsyncConnection,
    programme: Programme,
    place: Place | None,
    shown: tuple[str, int, int],
    *,
    now: datetime,
) -> Offer:
    """Put an offer into the catalogue: at a place of its own, or where its association is."""
    title, capacity, reach_km = shown
    association = await store.lock_association(tx, programme.association_id)
    offer = Offer(
        id=new_id(),
        association_id=programme.association_id,
        programme_id=programme.id,
        title=title,
        place=place or association.place,
        reach_km=reach_km,
        capacity=capacity,
        opened_at=now,
    )
    await catalogue.add_offer(tx, offer)
    await catalogue.note_opening(tx, offer.id, at=now)
    await emit(tx, programmes.announce_offer(offer, at=now))
    return offer


async def resize_offer(
    tx: AsyncConnection, offer: Offer, *, capacity: int, is_open: bool, now: datetime
) -> None:
    taken = await referral_store.places_taken(tx, offer.id)
    resized, event = programmes.resize(
        offer, capacity=capacity, is_open=is_open, taken=taken, at=now
    )
    await catalogue.save_offer(tx, resized)
    if resized.opened_at == now:
        await catalogue.note_opening(tx, offer.id, at=now)
    await emit(tx, event)


async def announce_places(tx: AsyncConnection, *, now: datetime) -> int:
    """Announce the offers whose places changed since: once, however many changes there were."""
    miscounted = await catalogue.miscounted_offers(tx, BATCH)
    for offer, taken in miscounted:
        recounted, event = programmes.recount(offer, taken=taken, at=now)
        await catalogue.save_offer(tx, recounted)
        await emit(tx, event)
    return len(miscounted)
