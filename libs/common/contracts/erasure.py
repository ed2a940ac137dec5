"""What every service says when it has forgotten a person."""

from typing import ClassVar
from uuid import UUID

from common.contracts import Event


class ErasureDone(Event):
    """A service holds nothing that could name this person any more."""

    key: ClassVar[str] = "person_id"

    person_id: UUID


class MatchingForgot(ErasureDone):
    """Matching forgot a person."""

    subject: ClassVar[str] = "events.matching.person_forgotten.v1"


class FollowupForgot(ErasureDone):
    """Followup forgot a person."""

    subject: ClassVar[str] = "events.followup.person_forgotten.v1"


class TrainingForgot(ErasureDone):
    """Training forgot a person."""

    subject: ClassVar[str] = "events.training.person_forgotten.v1"


class ReportingForgot(ErasureDone):
    """Reporting forgot a person."""

    subject: ClassVar[str] = "events.reporting.person_forgotten.v1"


class PortalForgot(ErasureDone):
    """The portal forgot a person."""

    subject: ClassVar[str] = "events.portal.person_forgotten.v1"
