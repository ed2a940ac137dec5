"""Facts that followup announces of a pair as a whole: it may meet, rests, goes on, ends."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import NonNegativeInt

from common.contracts import Event


class Side(StrEnum):
    """Who of a pair is meant."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    GUARDIAN = "guardian"
    ASSOCIATION = "association"


class CloseReason(StrEnum):
    OBJECTIVE_REACHED = "objective_reached"
    TERM_REACHED = "term_reached"
    NO_MORE_NEED = "no_more_need"
    NOT_HELPFUL = "not_helpful"
    NO_MORE_TIME = "no_more_time"
    SCHEDULE = "schedule"
    PERSONAL = "personal"
    TECHNICAL = "technical"
    LANGUAGE = "language"
    SUBJECT = "subject"
    MOVED = "moved"
    REPEATED_NO_SHOWS = "repeated_no_shows"
    UNREACHABLE = "unreachable"
    NEW_MENTOR_FOUND = "new_mentor_found"
    FAMILY_ASKED = "family_asked"
    SAFEGUARDING = "safeguarding"
    ASSOCIATION_CLOSED = "association_closed"
    ACCOUNT_CLOSED = "account_closed"
    OTHER = "other"
    UNKNOWN = "unknown"


# Whoever has what they came for looks for nobody else.
REACHED = frozenset(
    {CloseReason.OBJECTIVE_REACHED, CloseReason.TERM_REACHED, CloseReason.NO_MORE_NEED}
)


class PairEvent(Event):
    """What every fact about a pair says."""

    key: ClassVar[str] = "pair_id"

    association_id: UUID
    pair_id: UUID


class PairCleared(PairEvent):
    """Every gate before the first meeting is open."""

    subject: ClassVar[str] = "events.followup.pair_cleared.v1"

    # The mentor's screening was valid, for a minor's pair, when the gate opened.
    screening_valid: bool


class PairPaused(PairEvent):
    """The pair rests."""

    subject: ClassVar[str] = "events.followup.pair_paused.v1"


class PairResumed(PairEvent):
    """The pair goes on after a pause."""

    subject: ClassVar[str] = "events.followup.pair_resumed.v1"


class PairClosing(PairEvent):
    """The pair is coming to its end: interviews and review are asked for."""

    subject: ClassVar[str] = "events.followup.pair_closing.v1"

    # Safeguarding is announced as `other`: only those who may know read it in followup.
    reason: CloseReason
    by: Side


class PairClosed(PairEvent):
    """The pair is over."""

    subject: ClassVar[str] = "events.followup.pair_closed.v1"

    referral_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    reason: CloseReason
    by: Side
    # Days from the start of the agreement (or of the pair) to the end.
    lasted_days: NonNegativeInt
    before_term: bool
    rematch_mentee: bool
    rematch_mentor: bool


class PairReopened(PairEvent):
    """A closed pair goes on: it is never formed a second time."""

    subject: ClassVar[str] = "events.followup.pair_reopened.v1"

    referral_id: UUID
    mentee_id: UUID
    mentor_id: UUID
