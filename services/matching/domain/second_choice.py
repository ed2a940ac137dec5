"""What it costs to take another mentor than the best one, criterion by criterion."""

from dataclasses import dataclass
from uuid import UUID

from common.contracts.policy import Criterion
from matching.domain.judgement import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """How much less one mentor suits than the first; a criterion below 0 speaks for this one."""

    first_id: UUID
    less: float
    by_criterion: dict[Criterion, float]


def behind(first: Verdict, other: Verdict) -> Behind:
    """Compare two verdicts about one mentee under one policy."""
    theirs = {part.criterion: part.contribution for part in other.contributions}
    apart = {
        part.criterion: part.contribution - theirs[part.criterion] for part in first.contributions
    }
    return Behind(
        first_id=first.mentor_id,
        less=first.fit - other.fit,
        by_criterion={name: less for name, less in apart.items() if less},
    )
