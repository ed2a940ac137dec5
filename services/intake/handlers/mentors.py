"""People offer to be mentors, are screened, rest, and leave."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts import Event
from common.contracts.policy import Check, Policy
from common.contracts.vocabulary import Role
from common.identity import new_id
from common.outbox import emit
from intake.domain import mentors as domain
from intake.domain import screening
from intake.domain.associations import AssociationUnknown
from intake.domain.mentors import Mentor, RefusalReason
from intake.domain.people import Part
from intake.domain.programmes import Programme, ProgrammeUnknown
from intake.domain.requests import MentorRequest
from intake.handlers.people import Newcomer, register_people
from intake.store import associations, catalogue
from intake.store import mentors as store

Decision: TypeAlias = Callable[[Mentor], tuple[Mentor, Event]]


async def apply_as_mentor(tx: AsyncConnection, request: MentorRequest, *, now: datetime) -> Mentor:
    [applied] = await apply_as_mentors(tx, [request], now=now)
    return applied


async def apply_as_mentors(
    tx: AsyncConnection, requests: Sequence[MentorRequest], *, now: datetime
) -> list[Mentor]:
    """Take applications in, with a few statements however many they are."""
    programmes = await catalogue.programmes_by_id(
        tx, {each for request in requests for each in request.programme_ids}
    )
    asked = {request.association_id for request in requests}
    known = await associations.known_associations(tx, asked)
    applied = [
        apply_one(request, policies_for(request, programmes, known), now=now)
        for request in requests
    ]
    newcomers = [
        as_newcomer(request, mentor) for request, (mentor, _) in zip(requests, applied, strict=True)
    ]
    texts = await register_people(tx, newcomers, now=now)
    new = [domain.with_texts(mentor, texts[mentor.id]) for mentor, _ in applied]
    await store.add_mentors(tx, new)
    await emit(tx, *(event for _, event in applied))
    return new


def policies_for(
    request: MentorRequest, programmes: dict[UUID, Programme], known: set[UUID]
) -> tuple[Policy, ...]:
    """Give the policies of the programmes applied for; they are all of that association."""
    if request.association_id not in known:
        raise AssociationUnknown("association_id")
    found = [programmes.get(each) for each in request.programme_ids]
    policies = tuple(
        each.policy for each in found if each and each.association_id == request.association_id
    )
    if len(policies) < len(request.programme_ids):
        raise ProgrammeUnknown("programme_ids")
    return policies


def apply_one(
    request: MentorRequest, policies: tuple[Policy, ...], *, now: datetime
) -> tuple[Mentor, Event]:
    usual = min(policy.mentor_capacity for policy in policies)
    facets = request.facets.model_copy(update={"capacity": request.capacity or usual})
    mentor = Mentor(
        id=new_id(),
        association_id=request.association_id,
        programme_ids=request.programme_ids,
        facets=facets,
        applied_at=now,
        sealed={},
    )
    return domain.apply(mentor, policies)


def as_newcomer(request: MentorRequest, mentor: Mentor) -> Newcomer:
    return Newcomer(
        id=mentor.id,
        part=Part.MENTOR,
        identity=request.mentor,
        language=request.language,
        role=Role.MENTOR,
        association_id=request.association_id,
        texts=request.texts,
    )


async def policies_of(tx: AsyncConnection, mentor: Mentor) -> tuple[Policy, ...]:
    found = await catalogue.programmes_by_id(tx, mentor.programme_ids)
    return tuple(found[each].policy for each in mentor.programme_ids)


async def note_check(
    tx: AsyncConnection, mentor: Mentor, seen: tuple[Check, date, UUID], *, now: datetime
) -> None:
    policies = await policies_of(tx, mentor)
    screened, events = screening.see(mentor, seen, policies, at=now)
    await store.save_mentor(tx, screened)
    await emit(tx, *events)


async def approve_mentor(tx: AsyncConnection, mentor: Mentor, *, now: datetime) -> None:
    policies = await policies_of(tx, mentor)
    approved, event = screening.approve(mentor, policies, at=now)
    await store.save_mentor(tx, approved)
    await emit(tx, event)


async def refuse_mentor(
    tx: AsyncConnection, mentor: Mentor, reason: RefusalReason, *, now: datetime
) -> None:
    refused, event = domain.refuse(mentor, reason, at=now)
    await keep_gone(tx, refused, event)


async def leave(tx: AsyncConnection, mentor: Mentor, *, now: datetime) -> None:
    left, event = domain.leave(mentor, at=now)
    await keep_gone(tx, left, event)


async def keep_gone(tx: AsyncConnection, gone: Mentor, event: Event) -> None:
    """Keep a mentor who is no more one, and when to forget them."""
    policies = await policies_of(tx, gone)
    await store.save_mentor(tx, domain.with_retention(gone, policies))
    await emit(tx, event)


async def decide(tx: AsyncConnection, mentor: Mentor, decision: Decision) -> None:
    """Do what a coordinator or the mentor decided, and say so."""
    changed, event = decision(mentor)
    await store.save_mentor(tx, changed)
    await emit(tx, event)
