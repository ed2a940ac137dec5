"""Facts that followup announces of the first time that mentor and mentee meet."""

from typing import ClassVar

from pydantic import AwareDatetime

from common.contracts.followup.pairs import PairEvent, Side
from common.contracts.vocabulary import Modality


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
