"""Who is in the pool: known by id and facets alone, never by a name."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from common.contracts.policy import Policy
from common.contracts.vocabulary import MenteeFacets, MentorFacets


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentee:
    """A young person who waits for a mentor."""

    referral_id: UUID
    mentee_id: UUID
    association_id: UUID
    programme_id: UUID
    facets: MenteeFacets
    waiting_since: datetime
    guardian_id: UUID | None = None
    prescriber_id: UUID | None = None
    # Pairs that ended before their term: who has lived that is protected.
    broken_pairs: int = 0
    # Mentors who said no to this young person, or whose pair with them is over.
    excluded: frozenset[UUID] = frozenset()
    # Mentors who were invited before for this referral, whatever became of it.
    asked: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentor:
    """A person who may take on a young person, with what binds them already."""

    mentor_id: UUID
    association_id: UUID
    facets: MentorFacets
    # Approved, and neither paused, suspended nor gone.
    available: bool
    programmes: frozenset[UUID]
    # Programmes whose training path is complete.
    trained_for: frozenset[UUID]
    screened_until: date | None
    # Live pairs and open proposals.
    engaged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a programme asks on a day, and the associations whose mentors may serve it."""

    programme_id: UUID
    policy_version: int
    policy: Policy
    associations: frozenset[UUID]
    today: date


def places(mentor: Mentor, policy: Policy) -> int:
    """Count the young people that a mentor can still take on in a programme."""
    return max(min(mentor.facets.capacity, policy.mentor_capacity_max) - mentor.engaged, 0)
