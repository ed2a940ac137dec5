"""What is asked of intake, understood and in its own words, whatever door it came through."""

from dataclasses import dataclass, field
from uuid import UUID

from common.contracts.vocabulary import Door, MenteeFacets, MentorFacets
from intake.domain.people import Ages, Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRequest:
    """One young person's request for a mentor, normalised."""

    mentee: Identity
    guardian: Identity | None
    language: str
    door: Door
    prescriber_id: UUID | None
    origin_id: UUID | None
    facets: MenteeFacets
    ages: Ages
    minutes_a_month: int | None = None
    chooses: bool = True
    # The offer that the young person saw in the catalogue and wants.
    offer_id: UUID | None = None
    # Motivation, expectations, other schemes around the person, notes: to be sealed.
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def reachable(self) -> bool:
        return self.mentee.reachable or (self.guardian is not None and self.guardian.reachable)


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorRequest:
    """One person's offer to be a mentor, normalised."""

    mentor: Identity
    language: str
    association_id: UUID
    programme_ids: tuple[UUID, ...]
    facets: MentorFacets
    # None: as many as the programmes usually give.
    capacity: int | None = None
    texts: dict[str, str] = field(default_factory=dict)
