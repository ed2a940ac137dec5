"""What happens in a pair that lives: meetings, contacts, goals, and how each side finds it."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from common.calendar import day_of
from common.contracts.followup.care import (
    CheckInHeld,
    ContactKind,
    ContactLogged,
    GoalReached,
    MeetingLogged,
)
from common.contracts.followup.pairs import Side
from common.contracts.vocabulary import Modality, Sealed
from common.errors import Invalid
from followup.domain.errors import BeforeThePair, InTheFuture, NotWhileSo
from followup.domain.pairs import Pair, Status, about, counted, require_near

# A mood at or under this one is looked at by a coordinator.
WORRYING_MOOD = 2
MEETING_STATUSES = frozenset({Status.ACTIVE, Status.PAUSED, Status.CLOSING})
CONTACT_STATUSES = frozenset(Status) - {Status.FORMED, Status.CLEARED, Status.CLOSED}
PLAN_STATUSES = frozenset({Status.AGREEMENT_PENDING, Status.ACTIVE, Status.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A time that mentor and mentee spent together, told in thirty seconds."""

    id: UUID
    pair_id: UUID
    held_at: datetime
    minutes: int
    modality: Modality
    goals: tuple[UUID, ...]
    word: Sealed | None
    important: bool
    logged_by: UUID
    logged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A call, a mail or a message between two meetings."""

    id: UUID
    pair_id: UUID
    at: datetime
    kind: ContactKind
    logged_by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A step of the plan that mentor and mentee made; each meeting refers to it."""

    id: UUID
    pair_id: UUID
    text: Sealed | None
    added_by: UUID
    added_at: datetime
    achieved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """A coordinator asked one side how it goes."""

    id: UUID
    pair_id: UUID
    side: Side
    mood: int
    note: Sealed | None
    held_at: datetime
    held_by: UUID


class MeetingNotPlanned(Invalid):
    """The next meeting must come after the one that is told."""

    fr = "La prochaine rencontre doit venir après celle qui est racontée."


def log_meeting(
    pair: Pair, meeting: Meeting, *, next_at: datetime | None, at: datetime
) -> tuple[Pair, MeetingLogged]:
    _happened(pair, meeting.held_at, "held_at", at)
    _require(pair, MEETING_STATUSES)
    if next_at is not None and next_at <= meeting.held_at:
        raise MeetingNotPlanned("next_at")
    if next_at is not None:
        require_near(next_at, "next_at", at)
    logged = replace(counted(pair), next_meeting_at=_next_planned(pair, meeting, next_at))
    return logged, MeetingLogged(
        **about(logged, at),
        meeting_id=meeting.id,
        held_at=meeting.held_at,
        minutes=meeting.minutes,
        modality=meeting.modality,
        important=meeting.important,
    )


def tell_again(
    pair: Pair, told: Meeting, again: Meeting, *, next_at: datetime | None
) -> tuple[Pair, Meeting]:
    """Add to a meeting what another one tells of it: goals, a next meeting, that it matters."""
    goals = tuple(dict.fromkeys((*told.goals, *again.goals)))
    planned = pair.next_meeting_at if next_at is None else next_at
    return (
        replace(pair, next_meeting_at=planned),
        replace(told, goals=goals, important=told.important or again.important),
    )


def log_contact(pair: Pair, contact: Contact, *, at: datetime) -> tuple[Pair, ContactLogged]:
    _happened(pair, contact.at, "at", at)
    _require(pair, CONTACT_STATUSES)
    logged = counted(pair)
    return logged, ContactLogged(
        **about(logged, at), contact_id=contact.id, at=contact.at, kind=contact.kind
    )


def require_planning(pair: Pair) -> None:
    """Raise unless the pair may change its plan of goals."""
    _require(pair, PLAN_STATUSES)


def achieve(pair: Pair, goal: Goal, *, at: datetime) -> tuple[Pair, Goal, GoalReached]:
    _require(pair, PLAN_STATUSES | {Status.CLOSING})
    if goal.achieved_at is not None:
        raise NotWhileSo(goal.id)
    reached = counted(pair)
    return (
        reached,
        replace(goal, achieved_at=at),
        GoalReached(**about(reached, at), goal_id=goal.id),
    )


def check_in(pair: Pair, held: CheckIn, *, at: datetime) -> tuple[Pair, CheckInHeld]:
    _happened(pair, held.held_at, "held_at", at)
    _require(pair, CONTACT_STATUSES)
    asked = counted(pair)
    return asked, CheckInHeld(
        **about(asked, at), check_in_id=held.id, side=held.side, mood=held.mood
    )


def _next_planned(pair: Pair, meeting: Meeting, next_at: datetime | None) -> datetime | None:
    planned = pair.next_meeting_at
    # An older meeting that is told late does not cancel the one that is planned.
    if next_at is None and planned is not None and meeting.held_at < planned:
        return planned if day_of(meeting.held_at) < day_of(planned) else None
    return next_at


def _happened(pair: Pair, then: datetime, field: str, at: datetime) -> None:
    if then > at:
        raise InTheFuture(field)
    if then < pair.formed_at:
        raise BeforeThePair(field)


def _require(pair: Pair, statuses: frozenset[Status]) -> None:
    if pair.status not in statuses:
        raise NotWhileSo(pair.id)
