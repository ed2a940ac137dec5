"""Facts that training announces: sessions, attendance and readiness."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, NonNegativeInt, PositiveInt

from common.contracts import Event
from common.contracts.vocabulary import Code


class SessionKind(StrEnum):
    TRAINING = "training"
    EXCHANGE = "exchange"
    OUTING = "outing"
    STEERING = "steering"


class SessionScheduled(Event):
    """A session has a date."""

    subject: ClassVar[str] = "events.training.session_scheduled.v1"
    key: ClassVar[str] = "session_id"

    association_id: UUID
    session_id: UUID
    programme_id: UUID | None
    kind: SessionKind
    # The modules of the path that attending it completes.
    modules: tuple[Code, ...]
    starts_at: AwareDatetime
    minutes: PositiveInt
    places: NonNegativeInt
    remote: bool


class SessionCancelled(Event):
    """A session will not take place."""

    subject: ClassVar[str] = "events.training.session_cancelled.v1"
    key: ClassVar[str] = "session_id"

    association_id: UUID
    session_id: UUID


class SignedUp(Event):
    """A person has a place in a session."""

    subject: ClassVar[str] = "events.training.signed_up.v1"
    key: ClassVar[str] = "sign_up_id"

    association_id: UUID
    sign_up_id: UUID
    session_id: UUID
    person_id: UUID


class AttendanceRecorded(Event):
    """A person was (or was not) at a session."""

    subject: ClassVar[str] = "events.training.attendance_recorded.v1"
    key: ClassVar[str] = "sign_up_id"

    association_id: UUID
    sign_up_id: UUID
    session_id: UUID
    person_id: UUID
    kind: SessionKind
    present: bool
    minutes: NonNegativeInt


class MentorReady(Event):
    """A mentor completed the path of a programme."""

    subject: ClassVar[str] = "events.training.mentor_ready.v1"
    key: ClassVar[str] = "readiness_id"

    association_id: UUID
    # One readiness for a mentor in a programme.
    readiness_id: UUID
    mentor_id: UUID
    programme_id: UUID
    minutes: NonNegativeInt
