"""What reporting does: it keeps what it hears, and forgets whom it must."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts import Event
from common.contracts.erasure import ReportingForgot
from common.contracts.intake import (
    AssociationRegistered,
    OfferPublished,
    PersonErased,
    ProgrammePublished,
    ReferralAccepted,
    ReferralSubmitted,
)
from common.contracts.matching import PairFormed
from common.outbox import emit
from reporting.domain.facts import is_about_a_person, moment_of
from reporting.store import facts, tables

Keep: TypeAlias = Callable[[AsyncConnection, Any], Awaitable[None]]


async def keep_event(tx: AsyncConnection, event: Event) -> None:
    """Put an event on the timeline, and keep what figures are told apart by."""
    await facts.add_moment(tx, moment_of(event), personal=is_about_a_person(event))
    for keep in KEPT_BESIDES.get(type(event), ()):
        await keep(tx, event)


async def keep_association(tx: AsyncConnection, event: AssociationRegistered) -> None:
    row = {"id": event.association_id, "name": event.name, "version": event.version}
    await facts.keep_newest(tx, tables.associations, row)


async def keep_programme(tx: AsyncConnection, event: ProgrammePublished) -> None:
    row = {"id": event.programme_id, "name": event.name, "version": event.version}
    await facts.keep_newest(tx, tables.programmes, row)


async def keep_offer(tx: AsyncConnection, event: OfferPublished) -> None:
    row = {
        "id": event.offer_id,
        "programme_id": event.programme_id,
        "version": event.version,
    }
    await facts.keep_newest(tx, tables.offers, row)


async def keep_referral(tx: AsyncConnection, event: ReferralSubmitted) -> None:
    row = {
        "id": event.referral_id,
        "mentee_id": facts.known_as(event.mentee_id),
        "prescriber_id": facts.known_as_if(event.prescriber_id),
        "door": event.door,
        "submitted_at": event.occurred_at,
        "version": event.version,
    }
    await facts.keep_newest(tx, tables.referrals, row)


async def keep_facets(tx: AsyncConnection, event: ReferralSubmitted | ReferralAccepted) -> None:
    said = event.facets
    await facts.add_facets(
        tx,
        {
            "referral_id": event.referral_id,
            "version": event.version,
            "known_at": event.occurred_at,
            "age_band": said.age_band,
            "gender": said.gender,
            "level": said.level,
            "setting": said.setting,
            "axis": said.axis,
            "department": said.place.department,
            "rural": said.place.rural,
            "priority_district": said.place.priority_district,
            "publics": sorted(set(said.publics)),
        },
    )


async def keep_pair(tx: AsyncConnection, event: PairFormed) -> None:
    row = {
        "id": event.pair_id,
        "referral_id": event.referral_id,
        "mentee_id": facts.known_as(event.mentee_id),
        "association_id": event.association_id,
        "programme_id": event.programme_id,
        "remote": event.remote,
        "formed_at": event.occurred_at,
        "version": event.version,
    }
    await facts.keep_newest(tx, tables.pairs, row)


KEPT_BESIDES: dict[type[Event], tuple[Keep, ...]] = {
    AssociationRegistered: (keep_association,),
    ProgrammePublished: (keep_programme,),
    OfferPublished: (keep_offer,),
    ReferralSubmitted: (keep_referral, keep_facets),
    ReferralAccepted: (keep_facets,),
    PairFormed: (keep_pair,),
}


async def forget_person(tx: AsyncConnection, event: PersonErased) -> None:
    """Part a person from what is counted; the counts stay."""
    if await facts.forget(tx, event.person_id):
        forgot = ReportingForgot(
            occurred_at=event.occurred_at,
            association_id=None,
            version=1,
            person_id=event.person_id,
        )
        await emit(tx, forgot)
