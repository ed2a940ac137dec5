"""Facts that followup announces: what became of a pair, from its gates to its outcome."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field, NonNegativeInt, PositiveInt

from common.contracts import Event
from common.contracts.policy import Meetings, Signatory
from common.contracts.vocabulary import Modality, Sealed


class ContactKind(StrEnum):
    CALL = "call"
    MAIL = "mail"
    MESSAGE = "message"


class Side(StrEnum):
    """Who of a pair is meant."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    GUARDIAN = "guardian"
    ASSOCIATION = "association"


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


class FirstMeetingPlanned(PairEvent):
    """Mentor and mentee know when and where they meet first."""

    subject: ClassVar[str] = "events.followup.first_meeting_planned.v1"

    at: AwareDatetime
    modality: Modality


class FirstMeetingHeld(PairEvent):
    """Mentor and mentee met."""

    subject: ClassVar[str] = "events.followup.first_meeting_held.v1"

    held_at: AwareDatetime
    modality: Modality
    screening_valid: bool


class FirstMeetingMissed(PairEvent):
    """Somebody did not come to the first meeting."""

    subject: ClassVar[str] = "events.followup.first_meeting_missed.v1"

    absent: Side


class AgreementPrepared(PairEvent):
    """The agreement is ready to be signed by those who must."""

    subject: ClassVar[str] = "events.followup.agreement_prepared.v1"

    agreement_id: UUID
    template: Annotated[str, Field(max_length=60)]
    policy_version: PositiveInt
    text_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    # Who must sign: capacity to person; the organisation signs through one of its staff.
    signatories: dict[Signatory, UUID | None]
    sign_by: AwareDatetime


class SignatureCodeIssued(PairEvent):
    """A signer asked for the code that proves the channel; only its person's key opens it."""

    subject: ClassVar[str] = "events.followup.signature_code_issued.v1"

    agreement_id: UUID
    person_id: UUID
    sealed_code: Sealed
    expires_at: AwareDatetime


class AgreementSignedBy(PairEvent):
    """One of the signatories signed."""

    subject: ClassVar[str] = "events.followup.agreement_signed_by.v1"

    agreement_id: UUID
    signatory: Signatory
    person_id: UUID


class AgreementSigned(PairEvent):
    """Everyone who must has signed: the pair is active under these clauses."""

    subject: ClassVar[str] = "events.followup.agreement_signed.v1"

    agreement_id: UUID
    meetings: Meetings
    starts_on: date
    ends_on: date
    modalities: tuple[Modality, ...]


class PairPaused(PairEvent):
    """The pair rests."""

    subject: ClassVar[str] = "events.followup.pair_paused.v1"


class PairResumed(PairEvent):
    """The pair goes on after a pause."""

    subject: ClassVar[str] = "events.followup.pair_resumed.v1"


class MeetingLogged(PairEvent):
    """A meeting took place; the word about it stays in followup."""

    subject: ClassVar[str] = "events.followup.meeting_logged.v1"

    meeting_id: UUID
    held_at: AwareDatetime
    minutes: PositiveInt
    modality: Modality
    important: bool


class ContactLogged(PairEvent):
    """Mentor and mentee were in touch between two meetings."""

    subject: ClassVar[str] = "events.followup.contact_logged.v1"

    contact_id: UUID
    at: AwareDatetime
    kind: ContactKind


class GoalReached(PairEvent):
    """A goal of the plan is reached."""

    subject: ClassVar[str] = "events.followup.goal_reached.v1"

    goal_id: UUID


class CheckInHeld(PairEvent):
    """A coordinator asked one side how it goes."""

    subject: ClassVar[str] = "events.followup.check_in_held.v1"

    check_in_id: UUID
    side: Side
    # 1 (badly) to 5 (very well).
    mood: Annotated[int, Field(ge=1, le=5)]


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


class PairClosing(PairEvent):
    """The pair is coming to its end: interviews and review are asked for."""

    subject: ClassVar[str] = "events.followup.pair_closing.v1"

    # Safeguarding is announced as `other`: only those who may know read it in followup.
    reason: CloseReason
    by: Side


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


class OutcomeRecorded(PairEvent):
    """What became of the mentee."""

    subject: ClassVar[str] = "events.followup.outcome_recorded.v1"

    mentee_id: UUID
    kind: OutcomeKind
    stage: OutcomeStage
