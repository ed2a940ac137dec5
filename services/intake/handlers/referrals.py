"""Referrals come in, one or thousands at a time, and are completed and ended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.intake.consents import AuthorisationKind
from common.contracts.intake.referrals import ReferralEnd
from common.contracts.vocabulary import Code, Modality, Role, Setting, Support
from common.identity import new_id
from common.outbox import emit
from intake.blueprints import collective_policy
from intake.domain.associations import Guardianship, name_guardian
from intake.domain.consents import Authorisation, announce_asked
from intake.domain.forwarding import Catalogue, enter, qualify_and_pass
from intake.domain.people import Part
from intake.domain.programmes import OfferUnknown
from intake.domain.referrals import (
    Referral,
    Status,
    announce_submission,
    correct,
    end,
    known_facets,
)
from intake.domain.requests import ReferralRequest
from intake.domain.routing import Shelf, Want, check_wish
from intake.domain.sight import Reader, check_in_charge, check_may_choose, check_may_qualify
from intake.domain.waiting import confirm_need
from intake.handlers.catalogue import keep, note_freed, open_catalogue, retained
from intake.handlers.people import Newcomer, register_people
from intake.store import consents, people
from intake.store import referrals as store


async def submit_referral(
    tx: AsyncConnection, request: ReferralRequest, *, now: datetime
) -> Referral:
    [submitted] = await submit_referrals(tx, [request], now=now)
    return submitted


async def submit_referrals(
    tx: AsyncConnection, requests: Sequence[ReferralRequest], *, now: datetime
) -> list[Referral]:
    """Take referrals in, with a few statements however many they are."""
    catalogue = await open_catalogue(tx)
    wishes = [wish_of(request, catalogue) for request in requests]
    new = [as_referral(request, now=now) for request in requests]
    entries = list(zip(requests, new, strict=True))
    newcomers = [each for request, referral in entries for each in who_comes(request, referral)]
    texts = await register_people(tx, newcomers, now=now)
    new = [replace(referral, sealed=texts[referral.mentee_id]) for referral in new]
    await name_guardians(tx, new, now=now)
    await emit(tx, *(announce_submission(referral) for referral in new))
    await ask_guardians(tx, new, now=now)
    steps = [
        enter(referral, catalogue, wish=wish, at=now)
        for referral, wish in zip(new, wishes, strict=True)
    ]
    entered = await retained(tx, [referral for referral, _ in steps])
    await store.add_referrals(tx, entered)
    await emit(tx, *(event for _, events in steps for event in events))
    return entered


def wish_of(request: ReferralRequest, catalogue: Catalogue) -> Shelf | None:
    """Find the offer that is wished for; a wish that can never be is refused at once."""
    if request.offer_id is None:
        return None
    for shelf in catalogue.shelves:
        if shelf.offer_id == request.offer_id:
            want = Want(
                facets=request.facets, ages=request.ages, minutes_a_month=request.minutes_a_month
            )
            check_wish(want, shelf)
            return shelf
    raise OfferUnknown("offer_id")


def as_referral(request: ReferralRequest, *, now: datetime) -> Referral:
    return Referral(
        id=new_id(),
        mentee_id=new_id(),
        guardian_id=new_id() if request.guardian else None,
        door=request.door,
        prescriber_id=request.prescriber_id,
        origin_id=request.origin_id,
        facets=request.facets,
        ages=request.ages,
        minutes_a_month=request.minutes_a_month,
        reachable=request.reachable,
        chooses=request.chooses,
        submitted_at=now,
        last_contact_at=now,
    )


def who_comes(request: ReferralRequest, referral: Referral) -> list[Newcomer]:
    mentee = Newcomer(
        id=referral.mentee_id,
        part=Part.MENTEE,
        identity=request.mentee,
        language=request.language,
        role=Role.MENTEE,
        texts=request.texts,
    )
    if request.guardian is None or referral.guardian_id is None:
        return [mentee]
    guardian = Newcomer(
        id=referral.guardian_id,
        part=Part.GUARDIAN,
        identity=request.guardian,
        language=request.language,
        role=Role.GUARDIAN,
        texts={},
    )
    return [mentee, guardian]


async def name_guardians(tx: AsyncConnection, new: Sequence[Referral], *, now: datetime) -> None:
    named = [
        Guardianship(id=new_id(), mentee_id=each.mentee_id, guardian_id=each.guardian_id)
        for each in new
        if each.guardian_id
    ]
    await people.add_guardianships(tx, named)
    await emit(tx, *(name_guardian(each, at=now) for each in named))


async def ask_guardians(tx: AsyncConnection, new: Sequence[Referral], *, now: datetime) -> None:
    """Ask the guardians of minors to authorise; an adult decides alone."""
    asked = [
        Authorisation(
            id=new_id(),
            mentee_id=each.mentee_id,
            guardian_id=each.guardian_id,
            referral_id=each.id,
            kind=AuthorisationKind.PARTICIPATION,
            asked_at=now,
        )
        for each in new
        if each.guardian_id and known_facets(each).setting is not Setting.ADULT
    ]
    await consents.add_authorisations(tx, asked)
    await emit(tx, *(announce_asked(each, None) for each in asked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a coordinator learned on the phone; None leaves a field as it was."""

    needs: tuple[Code, ...] | None = None
    supports: tuple[Support, ...] | None = None
    modalities: tuple[Modality, ...] | None = None
    languages: tuple[Code, ...] | None = None
    level: Code | None = None
    reach_km: int | None = None
    reachable: bool = False

    def facets(self) -> dict[str, object]:
        fields = ("needs", "supports", "modalities", "languages", "level", "reach_km")
        return {name: value for name in fields if (value := getattr(self, name)) is not None}


async def qualify_referral(
    tx: AsyncConnection, referral_id: UUID, completion: Completion, by: Reader, *, now: datetime
) -> None:
    """Complete and qualify a referral; said again, it changes nothing, and more comes too late."""
    referral = await store.lock_referral(tx, referral_id)
    check_may_qualify(referral, by)
    facets = known_facets(referral).model_copy(update=completion.facets())
    reachable = referral.reachable or completion.reachable
    says_more = (facets, reachable) != (referral.facets, referral.reachable)
    if referral.status is not Status.SUBMITTED and not referral.over and not says_more:
        return
    corrected = correct(referral, facets, reachable=reachable)
    catalogue = await open_catalogue(tx)
    passed, events = qualify_and_pass(corrected, catalogue, wish=None, at=now)
    await keep(tx, passed, *events)


async def end_referral(
    tx: AsyncConnection, referral_id: UUID, reason: ReferralEnd, by: Reader, *, now: datetime
) -> None:
    """Withdraw a referral; only who has it in hands may say that it was an error or a transfer."""
    referral = await store.lock_referral(tx, referral_id)
    if reason is ReferralEnd.WITHDRAWN:
        check_may_choose(referral, by)
    else:
        check_in_charge(referral, by)
    ended, event = end(referral, reason, at=now)
    await keep(tx, ended, event)
    await note_freed(tx, referral, ended, at=now)


async def confirm_referral(
    tx: AsyncConnection, referral_id: UUID, by: Reader, *, now: datetime
) -> None:
    referral = await store.lock_referral(tx, referral_id)
    check_may_choose(referral, by)
    await keep(tx, confirm_need(referral, collective_policy().waiting_list, at=now))
