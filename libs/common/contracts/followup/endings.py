"""Facts that followup announces of what a pair brought: the last words, the outcome."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from common.contracts.followup.pairs import PairEvent, Side


class OutcomeKind(StrEnum):
    STABLE_JOB = "stable_job"
    JOB = "job"
    INTERNSHIP = "internship"
    QUALIFYING_TRAINING = "qualifying_training"
    BACK_TO_SCHOOL = "back_to_school"
    NEXT_CLASS = "next_class"
    ORIENTATION = "orientation"
    NONE = "none"
    UNKNOWN = "unknown"


class OutcomeStage(StrEnum):
    EXIT = "exit"
    SIX_MONTHS = "six_months"


class GoalsReached(StrEnum):
    YES = "yes"
    MOSTLY = "mostly"
    PARTLY = "partly"
    NO = "no"


class InterviewHeld(PairEvent):
    """One side was heard about the end, or it is known why that was impossible."""

    subject: ClassVar[str] = "events.followup.interview_held.v1"

    side: Side
    impossible: bool


class ReviewCompleted(PairEvent):
    """The shared part of the review is in; the private part stays in the pair."""

    subject: ClassVar[str] = "events.followup.review_completed.v1"

    side: Side
    satisfaction: Annotated[int, Field(ge=1, le=5)]
    goals_reached: GoalsReached


class OutcomeRecorded(PairEvent):
    """What became of the mentee."""

    subject: ClassVar[str] = "events.followup.outcome_recorded.v1"

    mentee_id: UUID
    kind: OutcomeKind
    stage: OutcomeStage
