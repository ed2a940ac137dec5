"""Two entries that may be one person: shown to a coordinator, who has the say."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.errors import NotFound


class DuplicateNotFound(NotFound):
    """Nobody suspects these two to be the same person."""

    fr = "Rien n'indique que ces deux personnes n'en sont qu'une."


class Trace(StrEnum):
    """What two entries have in common."""

    NAME_AND_BIRTH = "name_and_birth"
    EMAIL = "email"


class Verdict(StrEnum):
    UNDECIDED = "undecided"
    SAME = "same"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """A newer person who may be one that was known before."""

    person_id: UUID
    known_id: UUID
    traces: tuple[Trace, ...]
    noticed_at: datetime
    verdict: Verdict = Verdict.UNDECIDED
    decided_by: UUID | None = None
    decided_at: datetime | None = None


def judge(suspicion: Suspicion, *, same: bool, by: UUID, at: datetime) -> Suspicion:
    """Say whether they are the same person; said again, it counts, but what ended stays ended."""
    verdict = Verdict.SAME if same else Verdict.OTHER
    return replace(suspicion, verdict=verdict, decided_by=by, decided_at=at)
