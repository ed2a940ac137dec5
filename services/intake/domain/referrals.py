"""One young person's request for a mentor: its states, and the ways into and out of them."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.contracts.intake.referrals import (
    DeclineReason,
    ReferralEnd,
    ReferralEnded,
    ReferralQualified,
    ReferralSubmitted,
)
from common.contracts.vocabulary import Door, MenteeFacets
from common.errors import Conflict, Invalid, NotFound
from intake.domain.people import Ages


class ReferralNotFound(NotFound):
    """No referral has this id."""

    fr = "Aucune orientation n'a cet identifiant."


class NotInThisState(Conflict):
    """The referral is not in a state that allows this."""

    fr = "L'état de cette orientation ne le permet pas."


class PairGoesOn(Conflict):
    """There is a pair now: ask the association's coordinator, who closes it."""

    fr = "Il y a un binôme : adressez-vous à la coordination de l'association, qui le clôt."


class ReferralOver(Conflict):
    """This referral has come to its end."""

    fr = "Cette orientation est terminée."


class Incomplete(Invalid):
    """The referral lacks what an association must know to answer."""

    fr = "Il manque à cette orientation de quoi permettre à une association de répondre."


class Status(StrEnum):
    SUBMITTED = "submitted"
    QUALIFIED = "qualified"
    OFFERED = "offered"
    DECLINED = "declined"
    EXPIRED = "expired"
    WAITING_LIST = "waiting_list"
    ACCEPTED = "accepted"
    IN_MATCHING = "in_matching"
    MATCHED = "matched"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    ENTERED_IN_ERROR = "entered_in_error"
    TRANSFERRED = "transferred"


# Taking a place of an offer: from the association's yes until the referral's end.
PLACED = frozenset({Status.ACCEPTED, Status.IN_MATCHING, Status.MATCHED, Status.IN_PROGRESS})
# There is a mentor: whatever becomes of it is the pair's to say.
PAIRED = frozenset({Status.MATCHED, Status.IN_PROGRESS})
OVER = frozenset({Status.COMPLETED, *(Status(end.value) for end in ReferralEnd)})
# An association may be asked (again) from here.
ROUTABLE = frozenset({Status.QUALIFIED, Status.DECLINED, Status.EXPIRED, Status.WAITING_LIST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """The question to one association whether it serves this referral, and until when."""

    offer_id: UUID
    association_id: UUID
    programme_id: UUID
    policy_version: int
    asked_at: datetime
    answer_due_at: datetime
    remind_at: datetime
    expires_at: datetime
    reminded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An offer that was asked and did not take the referral; no reason means no answer."""

    offer_id: UUID
    association_id: UUID
    reason: DeclineReason | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A place on the waiting list, and the question whether the need is still there."""

    confirm_at: datetime
    remind_at: datetime | None = None
    withdraw_at: datetime | None = None
    reminded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One young person's request for a mentor, whoever brought it."""

    id: UUID
    mentee_id: UUID
    guardian_id: UUID | None
    door: Door
    prescriber_id: UUID | None
    # The association whose staff entered it, if any.
    origin_id: UUID | None
    # None once it was forgotten.
    facets: MenteeFacets | None
    ages: Ages
    # How much time the person wants to give, in minutes a month; None is whatever is offered.
    minutes_a_month: int | None = None
    reachable: bool
    # The young person chooses among the offers; otherwise the best one is asked at once.
    chooses: bool = True
    submitted_at: datetime
    last_contact_at: datetime
    # Motivation, expectations and notes, under the mentee's key.
    sealed: dict[str, str] = field(default_factory=dict)
    status: Status = Status.SUBMITTED
    version: int = 1
    rank: int = 0
    asked: Ask | None = None
    refusals: tuple[Refusal, ...] = ()
    accepted_at: datetime | None = None
    waiting: Waiting | None = None
    choose_by: datetime | None = None
    # The sweep of the waiting list that last looked for a place for it.
    looked_in: UUID | None = None
    forget_at: datetime | None = None
    pair_id: UUID | None = None
    ended_at: datetime | None = None

    @property
    def custodian_id(self) -> UUID | None:
        """The association that has the case in its hands and may read it; None is nobody's yet."""
        if self.asked is not None and (self.accepted_at or self.status is Status.OFFERED):
            return self.asked.association_id
        refused = any(each.association_id == self.origin_id for each in self.refusals)
        return None if refused else self.origin_id

    @property
    def due_at(self) -> datetime | None:
        """When time itself must look at this referral again."""
        if self.status is Status.OFFERED and self.asked is not None:
            return self.asked.expires_at if self.asked.reminded else self.asked.remind_at
        if self.status is Status.WAITING_LIST and self.waiting is not None:
            return next_question(self.waiting)
        return self.choose_by if self.status is Status.QUALIFIED else None

    @property
    def over(self) -> bool:
        return self.status in OVER


def next_question(waiting: Waiting) -> datetime:
    if waiting.withdraw_at is None or waiting.remind_at is None:
        return waiting.confirm_at
    return waiting.withdraw_at if waiting.reminded else waiting.remind_at


def known_facets(referral: Referral) -> MenteeFacets:
    """Give the facets of a referral that was not forgotten."""
    if referral.facets is None:
        raise ReferralOver(referral.id)
    return referral.facets


def announce_submission(referral: Referral) -> ReferralSubmitted:
    return ReferralSubmitted(
        occurred_at=referral.submitted_at,
        association_id=referral.origin_id,
        version=referral.version,
        referral_id=referral.id,
        mentee_id=referral.mentee_id,
        door=referral.door,
        prescriber_id=referral.prescriber_id,
        facets=known_facets(referral),
    )


def missing(referral: Referral) -> tuple[str, ...]:
    """Name what an association would have to ask back before it can answer."""
    facets = known_facets(referral)
    present = {
        "needs": bool(facets.needs or facets.supports),
        "modalities": bool(facets.modalities),
        "languages": bool(facets.languages),
        "email": referral.reachable,
    }
    return tuple(name for name, is_there in present.items() if not is_there)


def correct(referral: Referral, facets: MenteeFacets, *, reachable: bool) -> Referral:
    """Complete a referral that has not been offered to anybody yet."""
    if referral.status is not Status.SUBMITTED:
        raise NotInThisState(referral.id)
    return replace(referral, facets=facets, reachable=reachable)


def qualify(
    referral: Referral, *, choose_by: datetime, at: datetime
) -> tuple[Referral, ReferralQualified]:
    """Find a referral complete enough to be offered."""
    if referral.status is not Status.SUBMITTED:
        raise NotInThisState(referral.id)
    if lacking := missing(referral):
        raise Incomplete(lacking[0])
    qualified = replace(
        referral,
        status=Status.QUALIFIED,
        version=referral.version + 1,
        choose_by=choose_by,
        last_contact_at=at,
    )
    return qualified, ReferralQualified(
        occurred_at=at,
        association_id=qualified.custodian_id,
        version=qualified.version,
        referral_id=qualified.id,
        mentee_id=qualified.mentee_id,
    )


def progress(referral: Referral) -> int:
    """Tell how near it came to a mentor: not at all, asked about, with a place, in a pair."""
    return sum(
        referral.status in further for further in (PAIRED, PLACED, PLACED | {Status.OFFERED})
    )


def end(referral: Referral, reason: ReferralEnd, *, at: datetime) -> tuple[Referral, ReferralEnded]:
    """Stop looking for a mentor, as people decide; a pair is closed where it is followed."""
    if referral.status in PAIRED:
        raise PairGoesOn(referral.id)
    return stop(referral, reason, at=at)


def stop(
    referral: Referral, reason: ReferralEnd, *, at: datetime
) -> tuple[Referral, ReferralEnded]:
    """End from anywhere before the end: with the pair, or because nothing of it may be kept."""
    if referral.over:
        raise ReferralOver(referral.id)
    ended = replace(
        referral,
        status=Status(reason.value),
        version=referral.version + 1,
        ended_at=at,
        last_contact_at=at,
    )
    return ended, ReferralEnded(
        occurred_at=at,
        association_id=referral.custodian_id,
        version=ended.version,
        referral_id=ended.id,
        mentee_id=ended.mentee_id,
        reason=reason,
    )
