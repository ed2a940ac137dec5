"""One mentee and one mentor: whether they may be a pair, how well they suit, and why not."""

from dataclasses import dataclass
from uuid import UUID

from common.contracts.matching import Contribution
from common.contracts.policy import Constraint
from matching.domain import constraints, criteria
from matching.domain.geography import distance_km
from matching.domain.people import Mentee, Mentor, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rules say about one mentee and one mentor."""

    mentor_id: UUID
    # Empty: they may be a pair.
    blocking: tuple[Constraint, ...]
    # They can only meet at a distance.
    remote: bool
    distance_km: float
    contributions: tuple[Contribution, ...]
    fit: float

    @property
    def feasible(self) -> bool:
        return not self.blocking


def judge(mentee: Mentee, mentor: Mentor, terms: Terms) -> Verdict:
    """Apply every rule in force; a refusal names all that it breaks."""
    parts = criteria.contributions(mentee.facets, mentor.facets, terms.policy)
    return Verdict(
        mentor_id=mentor.mentor_id,
        blocking=tuple(
            each
            for each in constraints.in_force(terms.policy)
            if not constraints.FITS[each](mentee, mentor, terms)
        ),
        remote=not constraints.meets_in_person(mentee, mentor, terms)
        and constraints.meets_remotely(mentee, mentor, terms),
        distance_km=distance_km(mentee.facets.place, mentor.facets.place),
        contributions=parts,
        fit=criteria.fit(parts),
    )
