"""People who offer to be mentors: application, screening, and whether they take somebody now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from common.calendar import MONTHS_A_YEAR, after_months
from common.contracts.intake.mentors import (
    MentorApplied,
    MentorLeft,
    MentorPaused,
    MentorRefused,
    MentorResumed,
)
from common.contracts.policy import Check, Policy
from common.contracts.vocabulary import MentorFacets
from common.errors import Conflict, Invalid, NotFound


class MentorNotFound(NotFound):
    """No mentor has this id."""

    fr = "Aucun mentor n'a cet identifiant."


class NotWithThisMentor(Conflict):
    """This mentor is not in a state that allows this."""

    fr = "La situation de ce mentor ne le permet pas."


class NoSuchPublic(Invalid):
    """None of these programmes serves the public that this mentor asks for."""

    fr = "Aucun de ces programmes ne s'adresse au public demandé."


class CapacityBeyondPolicy(Invalid):
    """A programme does not let one mentor take on so many."""

    fr = "Un programme ne confie pas autant de jeunes à un seul mentor."


class SeenInTheFuture(Invalid):
    """This check cannot have been seen yet."""

    fr = "Cette vérification n'a pas encore pu être vue."


class CheckIsOver(Invalid):
    """This check is too old to count."""

    fr = "Cette vérification est trop ancienne pour compter."


class CheckNotAsked(Invalid):
    """No programme of this mentor asks for this check."""

    fr = "Aucun programme de ce mentor ne demande cette vérification."


class ScreeningMissing(Invalid):
    """A check that the programmes ask for is missing or no longer valid."""

    fr = "Une vérification demandée par les programmes manque ou n'est plus valable."

    def __init__(self, checks: Iterable[Check]) -> None:
        self.checks = tuple(sorted(checks))
        named = ", ".join(self.checks)
        super().__init__("checks", fr=f"{self.fr} ({named})", en=f"{self.__doc__} ({named})")


class Status(StrEnum):
    APPLIED = "applied"
    SCREENING = "screening"
    # Approved, and not resting.
    AVAILABLE = "available"
    REFUSED = "refused"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    LEFT = "left"


APPLYING = frozenset({Status.APPLIED, Status.SCREENING})
ENGAGED = frozenset({Status.AVAILABLE, Status.PAUSED, Status.SUSPENDED})
RESTING = frozenset({Status.PAUSED, Status.SUSPENDED})


class RefusalReason(StrEnum):
    """Why an association does not want a mentor; kept here, and announced to nobody."""

    SCREENING = "screening"
    POSTURE = "posture"
    AVAILABILITY = "availability"
    NO_NEED = "no_need"
    UNREACHABLE = "unreachable"
    DUPLICATE = "duplicate"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """That a check was seen, by whom and until when it counts; never the document."""

    check: Check
    seen_on: date
    seen_by: UUID
    valid_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentor:
    """A person who offers to be a mentor in some programmes of one association."""

    # The person's own id.
    id: UUID
    association_id: UUID
    programme_ids: tuple[UUID, ...]
    # None once they were forgotten.
    facets: MentorFacets | None
    applied_at: datetime
    sealed: dict[str, str]
    status: Status = Status.APPLIED
    seen: tuple[Seen, ...] = ()
    refusal: RefusalReason | None = None
    left_at: datetime | None = None
    forget_at: datetime | None = None
    version: int = 1


def apply(mentor: Mentor, policies: tuple[Policy, ...]) -> tuple[Mentor, MentorApplied]:
    """Offer to be a mentor, for publics that the programmes have and as many as they allow."""
    facets = known(mentor)
    served = {setting for policy in policies for setting in policy.settings}
    if not served & set(facets.settings):
        raise NoSuchPublic("settings")
    if facets.capacity > min(policy.mentor_capacity_max for policy in policies):
        raise CapacityBeyondPolicy("capacity")
    return mentor, MentorApplied(
        occurred_at=mentor.applied_at,
        association_id=mentor.association_id,
        version=mentor.version,
        mentor_id=mentor.id,
        programme_ids=mentor.programme_ids,
        facets=facets,
    )


def known(mentor: Mentor) -> MentorFacets:
    if mentor.facets is None:
        raise NotWithThisMentor(mentor.id)
    return mentor.facets


def refuse(mentor: Mentor, reason: RefusalReason, *, at: datetime) -> tuple[Mentor, MentorRefused]:
    if mentor.status not in APPLYING:
        raise NotWithThisMentor(mentor.id)
    refused = replace(
        mentor, status=Status.REFUSED, refusal=reason, version=mentor.version + 1, left_at=at
    )
    return refused, MentorRefused(
        occurred_at=at,
        association_id=refused.association_id,
        version=refused.version,
        mentor_id=refused.id,
    )


def pause(mentor: Mentor, *, at: datetime) -> tuple[Mentor, MentorPaused]:
    """Take no new mentee for now, by one's own choice."""
    if mentor.status is not Status.AVAILABLE:
        raise NotWithThisMentor(mentor.id)
    return rest(mentor, Status.PAUSED, at=at)


def suspend(mentor: Mentor, *, at: datetime) -> tuple[Mentor, MentorPaused]:
    """Give this mentor no new mentee, by the association's choice."""
    if mentor.status not in {Status.AVAILABLE, Status.PAUSED}:
        raise NotWithThisMentor(mentor.id)
    return rest(mentor, Status.SUSPENDED, at=at)


def rest(mentor: Mentor, status: Status, *, at: datetime) -> tuple[Mentor, MentorPaused]:
    resting = replace(mentor, status=status, version=mentor.version + 1)
    return resting, MentorPaused(
        occurred_at=at,
        association_id=resting.association_id,
        version=resting.version,
        mentor_id=resting.id,
        suspended=status is Status.SUSPENDED,
    )


def resume(mentor: Mentor, *, by_association: bool, at: datetime) -> tuple[Mentor, MentorResumed]:
    """Be available again; only the association takes a suspension back."""
    may = RESTING if by_association else {Status.PAUSED}
    if mentor.status not in may:
        raise NotWithThisMentor(mentor.id)
    resumed = replace(mentor, status=Status.AVAILABLE, version=mentor.version + 1)
    return resumed, MentorResumed(
        occurred_at=at,
        association_id=resumed.association_id,
        version=resumed.version,
        mentor_id=resumed.id,
    )


def leave(mentor: Mentor, *, at: datetime) -> tuple[Mentor, MentorLeft]:
    """Go away, from whatever state but the end."""
    if mentor.status in {Status.LEFT, Status.REFUSED}:
        raise NotWithThisMentor(mentor.id)
    left = replace(mentor, status=Status.LEFT, version=mentor.version + 1, left_at=at)
    return left, MentorLeft(
        occurred_at=at,
        association_id=left.association_id,
        version=left.version,
        mentor_id=left.id,
    )


def with_texts(mentor: Mentor, sealed: dict[str, str]) -> Mentor:
    return replace(mentor, sealed=sealed)


def with_retention(mentor: Mentor, policies: tuple[Policy, ...]) -> Mentor:
    """Know when to forget a mentor who is gone: the proof of screening is kept longest."""
    if mentor.left_at is None:
        return mentor
    years = max(policy.retention.screening_years_after_leaving for policy in policies)
    return replace(mentor, forget_at=after_months(mentor.left_at, years * MONTHS_A_YEAR))


def forget(mentor: Mentor, *, at: datetime) -> tuple[Mentor, tuple[MentorLeft, ...]]:
    """Keep of a mentor only that there was one; whoever was still here leaves first."""
    gone, events = mentor, tuple[MentorLeft, ...]()
    if mentor.status not in {Status.LEFT, Status.REFUSED}:
        gone, event = leave(mentor, at=at)
        events = (event,)
    return replace(gone, facets=None, sealed={}, seen=(), forget_at=None), events
