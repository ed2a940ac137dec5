"""A report of a difficulty or a danger: read by a second person, never told in an event."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.contracts.vocabulary import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody tells of a pair that its own coordinator does not read alone."""

    id: UUID
    pair_id: UUID
    association_id: UUID
    author_id: UUID
    written_at: datetime
    text: Sealed | None
    # The pair was closed for this reason, which everyone else reads as "other".
    closes: bool = False
    read_by: UUID | None = None
    read_at: datetime | None = None
