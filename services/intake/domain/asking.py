"""Asking associations one after the other: offered, reminded, accepted, declined or expired."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from common.contracts.intake.referrals import (
    DeclineReason,
    ReferralAccepted,
    ReferralDeclined,
    ReferralOffered,
    ReferralOfferExpired,
    ReferralReminded,
)
from common.contracts.policy import Policy
from common.errors import Conflict, Forbidden
from intake.domain.calendar import after_working_days
from intake.domain.referrals import (
    PLACED,
    ROUTABLE,
    Ask,
    NotInThisState,
    Referral,
    Refusal,
    Status,
    known_facets,
)


class NotTheAskedAssociation(Forbidden):
    """Only the association that was asked may answer."""

    fr = "Seule l'association sollicitée peut répondre."


class AskClosed(Conflict):
    """The question has already been answered, or its time is up."""

    fr = "La réponse a déjà été donnée, ou le délai est passé."


class NoPlaceLeft(Conflict):
    """This offer has no place left."""

    fr = "Cette offre n'a plus de place."


class NotYetTime(Conflict):
    """It is too early for this."""

    fr = "Il est trop tôt pour cela."


@dataclass(frozen=True, slots=True, kw_only=True)
class Askable:
    """An offer as somebody asks for a place in it, with the rules of its programme."""

    offer_id: UUID
    association_id: UUID
    programme_id: UUID
    policy_version: int
    policy: Policy


def offer(referral: Referral, place: Askable, *, at: datetime) -> tuple[Referral, ReferralOffered]:
    """Ask an association; choosing another one while nobody has answered asks that one instead."""
    if referral.status not in ROUTABLE | {Status.OFFERED}:
        raise NotInThisState(referral.id)
    policy = place.policy
    asked = Ask(
        offer_id=place.offer_id,
        association_id=place.association_id,
        programme_id=place.programme_id,
        policy_version=place.policy_version,
        asked_at=at,
        answer_due_at=after_working_days(at, policy.referral_answer_working_days),
        remind_at=at + timedelta(days=policy.referral_remind_days),
        expires_at=at + timedelta(days=policy.referral_expire_days),
    )
    offered = replace(
        referral,
        status=Status.OFFERED,
        version=referral.version + 1,
        rank=referral.rank + 1,
        asked=asked,
        waiting=None,
        choose_by=None,
    )
    return offered, ReferralOffered(
        occurred_at=at,
        association_id=asked.association_id,
        version=offered.version,
        referral_id=offered.id,
        mentee_id=offered.mentee_id,
        offer_id=asked.offer_id,
        programme_id=asked.programme_id,
        rank=offered.rank,
        answer_due_at=asked.answer_due_at,
        expires_at=asked.expires_at,
    )


def remind(referral: Referral, *, at: datetime) -> tuple[Referral, ReferralReminded]:
    """Remind the association that it was asked, once."""
    asked = open_ask(referral)
    if at < asked.remind_at or asked.reminded:
        raise NotYetTime(referral.id)
    reminded = replace(referral, asked=replace(asked, reminded=True), version=referral.version + 1)
    return reminded, ReferralReminded(
        occurred_at=at,
        association_id=asked.association_id,
        version=reminded.version,
        referral_id=reminded.id,
        offer_id=asked.offer_id,
    )


def accept(
    referral: Referral, *, by: frozenset[UUID], free_places: int, at: datetime
) -> tuple[Referral, ReferralAccepted]:
    """Take the referral on: the mentee holds a place and waits for a mentor there."""
    asked = answerable(referral, by=by, at=at)
    if free_places < 1:
        raise NoPlaceLeft(asked.offer_id)
    accepted = replace(
        referral,
        status=Status.ACCEPTED,
        version=referral.version + 1,
        accepted_at=at,
        last_contact_at=at,
    )
    return accepted, announce_acceptance(accepted, at=at)


def seek_mentor(referral: Referral) -> Referral:
    """Go into matching, which the announced acceptance sets off."""
    if referral.status is not Status.ACCEPTED:
        raise NotInThisState(referral.id)
    return replace(referral, status=Status.IN_MATCHING)


def announce_acceptance(referral: Referral, *, at: datetime) -> ReferralAccepted:
    """Say that the mentee waits for a mentor; said again, it keeps since when."""
    if referral.asked is None:
        raise NotInThisState(referral.id)
    return ReferralAccepted(
        occurred_at=at,
        association_id=referral.asked.association_id,
        version=referral.version,
        referral_id=referral.id,
        mentee_id=referral.mentee_id,
        offer_id=referral.asked.offer_id,
        programme_id=referral.asked.programme_id,
        policy_version=referral.asked.policy_version,
        facets=known_facets(referral),
        waiting_since=referral.submitted_at,
        guardian_id=referral.guardian_id,
        prescriber_id=referral.prescriber_id,
    )


def decline(
    referral: Referral, *, by: frozenset[UUID], reason: DeclineReason, at: datetime
) -> tuple[Referral, ReferralDeclined]:
    """Not take the referral, with a reason; somebody else is asked next."""
    asked = answerable(referral, by=by, at=at)
    declined = refused(referral, asked, reason=reason, at=at)
    return declined, ReferralDeclined(
        occurred_at=at,
        association_id=asked.association_id,
        version=declined.version,
        referral_id=declined.id,
        mentee_id=declined.mentee_id,
        offer_id=asked.offer_id,
        reason=reason,
    )


def expire(referral: Referral, *, at: datetime) -> tuple[Referral, ReferralOfferExpired]:
    """Give up on an association that never answered; somebody else is asked next."""
    asked = open_ask(referral)
    if at < asked.expires_at:
        raise NotYetTime(referral.id)
    expired = refused(referral, asked, reason=None, at=at)
    return expired, ReferralOfferExpired(
        occurred_at=at,
        association_id=asked.association_id,
        version=expired.version,
        referral_id=expired.id,
        mentee_id=expired.mentee_id,
        offer_id=asked.offer_id,
    )


def open_ask(referral: Referral) -> Ask:
    if referral.status is not Status.OFFERED or referral.asked is None:
        raise AskClosed(referral.id)
    return referral.asked


def answerable(referral: Referral, *, by: frozenset[UUID], at: datetime) -> Ask:
    """Give the open question if one of these associations was asked and may still answer it."""
    asked = open_ask(referral)
    if asked.association_id not in by:
        raise NotTheAskedAssociation(referral.id)
    if at >= asked.expires_at:
        raise AskClosed(referral.id)
    return asked


def is_over(before: Referral, after: Referral) -> bool:
    """Tell whether the place that was asked for is there for others: the answer was not a yes."""
    if before.status is not Status.OFFERED or before.asked is None or after.status in PLACED:
        return False
    asked = after.asked if after.status is Status.OFFERED else None
    return asked is None or asked.offer_id != before.asked.offer_id


def refused(
    referral: Referral, asked: Ask, *, reason: DeclineReason | None, at: datetime
) -> Referral:
    refusal = Refusal(
        offer_id=asked.offer_id, association_id=asked.association_id, reason=reason, at=at
    )
    return replace(
        referral,
        status=Status.DECLINED if reason else Status.EXPIRED,
        version=referral.version + 1,
        asked=None,
        refusals=(*referral.refusals, refusal),
    )
