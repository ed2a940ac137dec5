"""How a pair ends: with a reason, never in silence, after each side was heard; or goes on again."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.calendar import day_of
from common.contracts.followup.endings import (
    GoalsReached,
    InterviewHeld,
    OutcomeKind,
    OutcomeRecorded,
    OutcomeStage,
    ReviewCompleted,
)
from common.contracts.followup.pairs import CloseReason, PairClosed, PairClosing, PairReopened, Side
from common.contracts.vocabulary import Sealed
from followup.domain.errors import InterviewsMissing, NotWhileSo
from followup.domain.pairs import (
    ContactAfter,
    Pair,
    Status,
    about,
    counted,
    move,
    require_gates,
)


class Impossible(StrEnum):
    """Why a side could not be heard about the end."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    LEFT = "left"
    UNSAFE = "unsafe"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """What one side said about the end, or why it could not be asked."""

    pair_id: UUID
    side: Side
    held_at: datetime
    held_by: UUID
    impossible: Impossible | None
    note: Sealed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """How one side looks back: a shared part, and one that stays in the pair."""

    pair_id: UUID
    side: Side
    satisfaction: int
    goals_reached: GoalsReached
    shared: Sealed | None
    private: Sealed | None
    written_by: UUID
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """What is decided when a pair closes: who may be matched again, and contact afterwards."""

    rematch_mentee: bool
    rematch_mentor: bool
    contact: ContactAfter


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the mentee, at the exit or six months later."""

    pair_id: UUID
    stage: OutcomeStage
    kind: OutcomeKind
    recorded_by: UUID
    recorded_at: datetime


def announced(reason: CloseReason) -> CloseReason:
    """Give the reason that everyone may know: safeguarding is read by those who must alone."""
    return CloseReason.OTHER if reason is CloseReason.SAFEGUARDING else reason


def begin_closing(
    pair: Pair, *, reason: CloseReason, by: Side, at: datetime
) -> tuple[Pair, PairClosing]:
    closing = replace(
        move(pair, Status.CLOSING),
        closing_reason=announced(reason),
        closing_by=by,
        closing_since=at,
        paused_since=None,
    )
    return closing, PairClosing(**about(closing, at), reason=announced(reason), by=by)


def hold_interview(pair: Pair, interview: Interview, *, at: datetime) -> tuple[Pair, InterviewHeld]:
    if pair.status is not Status.CLOSING:
        raise NotWhileSo(pair.id)
    heard = counted(pair)
    return heard, InterviewHeld(
        **about(heard, at), side=interview.side, impossible=interview.impossible is not None
    )


def sides_to_hear(pair: Pair) -> frozenset[Side]:
    sides = {Side.MENTOR, Side.MENTEE}
    return frozenset(sides | {Side.GUARDIAN} if pair.for_minor else sides)


def write_review(pair: Pair, review: Review, *, at: datetime) -> tuple[Pair, ReviewCompleted]:
    if not pair.ended:
        raise NotWhileSo(pair.id)
    reviewed = counted(pair)
    return reviewed, ReviewCompleted(
        **about(reviewed, at),
        side=review.side,
        satisfaction=review.satisfaction,
        goals_reached=review.goals_reached,
    )


def close(
    pair: Pair, heard: Collection[Side], farewell: Farewell, *, at: datetime
) -> tuple[Pair, PairClosed]:
    if pair.status is not Status.CLOSING:
        raise NotWhileSo(pair.id)
    if sides_to_hear(pair) - set(heard):
        raise InterviewsMissing(pair.id)
    closed = replace(
        move(pair, Status.CLOSED),
        closed_at=at,
        rematch_mentee=farewell.rematch_mentee,
        rematch_mentor=farewell.rematch_mentor,
        contact_after=farewell.contact,
        next_meeting_at=None,
    )
    return closed, _pair_closed(closed, farewell, at)


def _pair_closed(pair: Pair, farewell: Farewell, at: datetime) -> PairClosed:
    ended = day_of(pair.closing_since or at)
    started = pair.starts_on or day_of(pair.formed_at)
    return PairClosed(
        **about(pair, at),
        referral_id=pair.referral_id,
        mentee_id=pair.mentee_id,
        mentor_id=pair.mentor_id,
        reason=pair.closing_reason or CloseReason.UNKNOWN,
        by=pair.closing_by or Side.ASSOCIATION,
        lasted_days=max(0, (ended - started).days),
        before_term=pair.ends_on is None or ended < pair.ends_on,
        rematch_mentee=farewell.rematch_mentee,
        rematch_mentor=farewell.rematch_mentor,
    )


def reopen(pair: Pair, *, first_meeting_due: datetime, at: datetime) -> tuple[Pair, PairReopened]:
    """Go on with a closed pair: under its agreement while that runs, else from a first meeting."""
    if pair.status is not Status.CLOSED:
        raise NotWhileSo(pair.id)
    require_gates(pair)
    runs = pair.ends_on is not None and day_of(at) <= pair.ends_on
    reopened = _without_end(move(pair, Status.ACTIVE if runs else Status.CLEARED))
    if not runs:
        reopened = replace(_without_agreement(reopened), first_meeting_due=first_meeting_due)
    return reopened, PairReopened(
        **about(reopened, at),
        referral_id=pair.referral_id,
        mentee_id=pair.mentee_id,
        mentor_id=pair.mentor_id,
    )


def _without_end(pair: Pair) -> Pair:
    return replace(
        pair,
        closing_reason=None,
        closing_by=None,
        closing_since=None,
        closed_at=None,
        rematch_mentee=None,
        rematch_mentor=None,
        contact_after=None,
    )


def _without_agreement(pair: Pair) -> Pair:
    return replace(
        pair,
        agreement_id=None,
        sign_by=None,
        terms=None,
        starts_on=None,
        ends_on=None,
        meeting_at=None,
        meeting_modality=None,
        meeting_place=None,
        staff_id=None,
        attendance_due=None,
        met_at=None,
    )


def record_outcome(pair: Pair, outcome: Outcome, *, at: datetime) -> tuple[Pair, OutcomeRecorded]:
    if not pair.ended:
        raise NotWhileSo(pair.id)
    recorded = counted(pair)
    return recorded, OutcomeRecorded(
        **about(recorded, at), mentee_id=pair.mentee_id, kind=outcome.kind, stage=outcome.stage
    )
