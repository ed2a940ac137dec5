"""Facts that followup announces of what a coordinator must look at."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from common.contracts.followup.pairs import PairEvent


class AlertKind(StrEnum):
    """Why a coordinator must look at a pair."""

    FIRST_MEETING_LATE = "first_meeting_late"
    NO_SHOW = "no_show"
    SIGNATURE_LATE = "signature_late"
    MISSED_PERIOD = "missed_period"
    SILENCE = "silence"
    LOG_DUE = "log_due"
    CHECK_IN_DUE = "check_in_due"
    CHECK_IN_WORRY = "check_in_worry"
    IMPORTANT = "important"
    OUTCOME_DUE = "outcome_due"
    SCREENING_ENDS = "screening_ends"


class AlertLevel(StrEnum):
    """Whom it concerns: the mentor is nudged, a coordinator has a task, the ladder moves."""

    NUDGE = "nudge"
    TASK = "task"
    LADDER = "ladder"


class AlertRaised(PairEvent):
    """Somebody must look at a pair."""

    subject: ClassVar[str] = "events.followup.alert_raised.v1"
    key: ClassVar[str] = "alert_id"

    alert_id: UUID
    kind: AlertKind
    level: AlertLevel
    due_at: AwareDatetime


class AlertHandled(PairEvent):
    """A coordinator dealt with an alert, or its cause went away."""

    subject: ClassVar[str] = "events.followup.alert_handled.v1"
    key: ClassVar[str] = "alert_id"

    alert_id: UUID
    kind: AlertKind
