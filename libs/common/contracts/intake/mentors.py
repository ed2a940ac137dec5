"""Facts that intake announces of mentors, from their application to their leaving."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from common.contracts import Event
from common.contracts.policy import Check
from common.contracts.vocabulary import MentorFacets


class MentorEvent(Event):
    """What every fact about a mentor says."""

    key: ClassVar[str] = "mentor_id"

    association_id: UUID
    mentor_id: UUID


class MentorApplied(MentorEvent):
    """A person offers to be a mentor in a programme."""

    subject: ClassVar[str] = "events.intake.mentor_applied.v1"

    programme_ids: tuple[UUID, ...]
    facets: MentorFacets


class MentorScreened(MentorEvent):
    """A check of a mentor was seen; the document was not kept."""

    subject: ClassVar[str] = "events.intake.mentor_screened.v1"

    check: Check
    seen_on: date
    valid_until: date


class MentorApproved(MentorEvent):
    """An association wants this mentor; `facets.settings` says for whom the screening suffices."""

    subject: ClassVar[str] = "events.intake.mentor_approved.v1"

    programme_ids: tuple[UUID, ...]
    facets: MentorFacets
    screened_until: date | None


class MentorRefused(MentorEvent):
    """An association does not want this mentor."""

    subject: ClassVar[str] = "events.intake.mentor_refused.v1"


class MentorPaused(MentorEvent):
    """A mentor takes no new mentee for now, by choice or (`suspended`) by the association's."""

    subject: ClassVar[str] = "events.intake.mentor_paused.v1"

    suspended: bool


class MentorResumed(MentorEvent):
    """A mentor is available again."""

    subject: ClassVar[str] = "events.intake.mentor_resumed.v1"


class MentorLeft(MentorEvent):
    """A mentor left the association."""

    subject: ClassVar[str] = "events.intake.mentor_left.v1"
