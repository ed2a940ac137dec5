"""Looking for a mentor: whom the policy invites, and when it is said that nobody was found."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from common.contracts.matching import NobodyFound
from common.contracts.policy import Constraint
from matching.domain.people import Mentee
from matching.domain.suggestions import Suggestions

# Whoever was found for somebody may be taken by now, which no fact about this mentee tells.
LOOK_AGAIN_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is remembered of looking for one mentee's mentor."""

    referral_id: UUID
    # How many times it was announced that nobody was found.
    version: int = 0
    # What hindered the mentors, if nobody was found last time.
    blocked: dict[Constraint, int] | None = None


def conclude(
    search: Search, mentee: Mentee, found: Suggestions, *, at: datetime
) -> tuple[Search, NobodyFound | None]:
    """Remember what came of a search; say so if nobody was found, and not twice for one cause.

    The cause is the set of constraints that hinder: their counts move with every mentor's day.
    """
    if any(verdict.mentor_id not in mentee.asked for verdict in found.ranked):
        return replace(search, blocked=None), None
    silent = {Constraint.EXCLUDED: found.suitable} if found.suitable else {}
    hindered = {**found.blocked}
    for name, count in silent.items():
        hindered[name] = hindered.get(name, 0) + count
    if search.blocked is not None and search.blocked.keys() == hindered.keys():
        return replace(search, blocked=hindered), None
    said = replace(search, version=search.version + 1, blocked=hindered)
    return said, NobodyFound(
        occurred_at=at,
        association_id=mentee.association_id,
        version=said.version,
        referral_id=mentee.referral_id,
        mentee_id=mentee.mentee_id,
        blocked=hindered,
    )
