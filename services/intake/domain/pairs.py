"""What pairs do to referrals, as it is heard: formed, signed, closed, opened again."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from common.contracts.followup.agreements import AgreementSigned
from common.contracts.followup.pairs import REACHED, PairClosed, PairReopened
from common.contracts.intake.referrals import (
    ReferralAccepted,
    ReferralCompleted,
    ReferralEnd,
    ReferralEnded,
)
from common.contracts.matching import PairFormed
from intake.domain.asking import announce_acceptance
from intake.domain.referrals import OVER, PLACED, Referral, Status, stop

Announced: TypeAlias = ReferralAccepted | ReferralCompleted | ReferralEnded


class Phase(StrEnum):
    FORMED = "formed"
    SIGNED = "signed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A mentor and a mentee, as far as intake must know of them."""

    id: UUID
    referral_id: UUID
    association_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    phase: Phase
    # What was heard last of it: matching forms a pair, everything after is followup's.
    followup_version: int = 0
    # The agreement was signed before; a pair that is opened again goes on under it.
    signed: bool = False

    @property
    def open(self) -> bool:
        return self.phase is not Phase.CLOSED


def formed(event: PairFormed | PairClosed | PairReopened) -> Pair:
    """Know a pair from matching, or from followup should its forming be heard of later."""
    return Pair(
        id=event.pair_id,
        referral_id=event.referral_id,
        association_id=event.association_id,
        mentee_id=event.mentee_id,
        mentor_id=event.mentor_id,
        phase=Phase.FORMED,
    )


def is_news(pair: Pair, event: AgreementSigned | PairClosed | PairReopened) -> bool:
    return event.version > pair.followup_version


def signed(pair: Pair, event: AgreementSigned) -> Pair:
    return replace(pair, phase=Phase.SIGNED, signed=True, followup_version=event.version)


def closed(pair: Pair, event: PairClosed) -> Pair:
    return replace(pair, phase=Phase.CLOSED, followup_version=event.version)


def reopened(pair: Pair, event: PairReopened) -> Pair:
    phase = Phase.SIGNED if pair.signed else Phase.FORMED
    return replace(pair, phase=phase, followup_version=event.version)


def match(referral: Referral, pair: Pair) -> Referral:
    """Have a mentor; a pair that closed in the meantime changes nothing any more."""
    if not pair.open or referral.status not in PLACED - {Status.IN_PROGRESS}:
        return referral
    return replace(referral, status=Status.MATCHED, pair_id=pair.id)


def start(referral: Referral, pair: Pair, *, at: datetime) -> Referral:
    """Begin the mentoring that everybody signed for."""
    if not pair.open or referral.status not in PLACED:
        return referral
    return replace(referral, status=Status.IN_PROGRESS, pair_id=pair.id, last_contact_at=at)


def finish(referral: Referral, event: PairClosed) -> tuple[Referral, Announced | None]:
    """End with the pair, or wait for another mentor with the waiting time kept."""
    concerns = referral.pair_id in {None, event.pair_id}
    if referral.status not in PLACED or not concerns:
        return referral, None
    if event.rematch_mentee:
        return seek_again(referral, at=event.occurred_at)
    if event.reason in REACHED or not event.before_term:
        return complete(referral, at=event.occurred_at)
    return stop(referral, ReferralEnd.WITHDRAWN, at=event.occurred_at)


def seek_again(referral: Referral, *, at: datetime) -> tuple[Referral, ReferralAccepted]:
    """Wait for another mentor: matching hears of the acceptance again."""
    again = replace(
        referral,
        status=Status.IN_MATCHING,
        version=referral.version + 1,
        pair_id=None,
        last_contact_at=at,
    )
    return again, announce_acceptance(again, at=at)


def complete(referral: Referral, *, at: datetime) -> tuple[Referral, ReferralCompleted | None]:
    if referral.asked is None:
        return referral, None
    completed = replace(
        referral,
        status=Status.COMPLETED,
        version=referral.version + 1,
        ended_at=at,
        last_contact_at=at,
    )
    return completed, ReferralCompleted(
        occurred_at=at,
        association_id=referral.asked.association_id,
        version=completed.version,
        referral_id=completed.id,
        mentee_id=completed.mentee_id,
    )


def resume(referral: Referral, pair: Pair, *, at: datetime) -> Referral:
    """Go on with the pair that was closed; a referral that people ended stays ended."""
    reopens = PLACED | {Status.COMPLETED, Status.WITHDRAWN}
    if referral.status not in reopens or referral.facets is None or referral.accepted_at is None:
        return referral
    status = Status.IN_PROGRESS if pair.signed else Status.MATCHED
    return replace(referral, status=status, pair_id=pair.id, ended_at=None, last_contact_at=at)


def frees_place(before: Referral, after: Referral) -> bool:
    """Tell whether a place of an offer became free by this change."""
    return before.status in PLACED and after.status in OVER
