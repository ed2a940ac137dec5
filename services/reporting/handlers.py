"""What reporting does: it keeps what it hears, and forgets whom it must."""

from collections.abc import Callable
from typing import Any, TypeAlias

from sqlalchemy import Insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts import Event
from common.contracts.erasure import ReportingForgot
from common.contracts.intake.associations import (
    AssociationRegistered,
    OfferPublished,
    ProgrammePublished,
)
from common.contracts.intake.people import PersonErased
from common.contracts.intake.referrals import ReferralAccepted, ReferralSubmitted
from common.contracts.matching import PairFormed
from common.database import later
from common.outbox import emit
from reporting.domain.facts import is_about_a_person, moment_of
from reporting.store import facts

Row: TypeAlias = dict[str, Any]
RowOf: TypeAlias = Callable[[Any], Row]


async def keep_event(tx: AsyncConnection, event: Event) -> None:
    """Put an event on the timeline, and keep what figures are told apart by."""
    facts.add_moment(tx, moment_of(event), personal=is_about_a_person(event))
    for statement, row_of in KEPT_BESIDES.get(type(event), ()):
        later(tx, statement, row_of(event))


def association_row(event: AssociationRegistered) -> Row:
    return {"id": event.association_id, "name": event.name, "version": event.version}


def programme_row(event: ProgrammePublished) -> Row:
    return {"id": event.programme_id, "name": event.name, "version": event.version}


def offer_row(event: OfferPublished) -> Row:
    return {
        "id": event.offer_id,
        "programme_id": event.programme_id,
        "version": event.version,
    }


def referral_row(event: ReferralSubmitted) -> Row:
    return {
        "id": event.referral_id,
        "door": event.door.value,
        "submitted_at": event.occurred_at,
        "version": event.version,
        **facts.naming("mentee_id", event.mentee_id),
        **facts.naming("prescriber_id", event.prescriber_id),
    }


def facets_row(event: ReferralSubmitted | ReferralAccepted) -> Row:
    said = event.facets
    return {
        "referral_id": event.referral_id,
        "version": event.version,
        "known_at": event.occurred_at,
        "age_band": said.age_band.value,
        "gender": said.gender.value,
        "level": said.level,
        "setting": said.setting.value,
        "axis": said.axis.value,
        "department": said.place.department,
        "rural": said.place.rural,
        "priority_district": said.place.priority_district,
        "publics": sorted({public.value for public in said.publics}),
    }


def pair_row(event: PairFormed) -> Row:
    return {
        "id": event.pair_id,
        "referral_id": event.referral_id,
        "association_id": event.association_id,
        "programme_id": event.programme_id,
        "remote": event.remote,
        "formed_at": event.occurred_at,
        "version": event.version,
        **facts.naming("mentee_id", event.mentee_id),
    }


KEPT_BESIDES: dict[type[Event], tuple[tuple[Insert, RowOf], ...]] = {
    AssociationRegistered: ((facts.KEEP_ASSOCIATION, association_row),),
    ProgrammePublished: ((facts.KEEP_PROGRAMME, programme_row),),
    OfferPublished: ((facts.KEEP_OFFER, offer_row),),
    ReferralSubmitted: (
        (facts.KEEP_REFERRAL, referral_row),
        (facts.ADD_FACETS, facets_row),
    ),
    ReferralAccepted: ((facts.ADD_FACETS, facets_row),),
    PairFormed: ((facts.KEEP_PAIR, pair_row),),
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
