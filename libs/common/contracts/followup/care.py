"""Facts that followup announces of a running pair: meetings, contacts, goals, check-ins."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field, PositiveInt

from common.contracts.followup.pairs import PairEvent, Side
from common.contracts.vocabulary import Modality


class ContactKind(StrEnum):
    CALL = "call"
    MAIL = "mail"
    MESSAGE = "message"


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
