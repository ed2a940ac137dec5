"""One mentee and one mentor: whether, how well, why not, and what would change it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

from common.contracts.matching import Contribution
from common.contracts.policy import Constraint
from common.contracts.vocabulary import Digital, MenteeFacets, MentorFacets, Modality
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


class Change(StrEnum):
    """One thing that could be otherwise, and would make a refused pair possible."""

    MENTEE_ACCEPTS_REMOTE = "mentee_accepts_remote"
    MENTOR_ACCEPTS_REMOTE = "mentor_accepts_remote"
    BOTH_ACCEPT_REMOTE = "both_accept_remote"
    MENTEE_IS_EQUIPPED = "mentee_is_equipped"
    MENTOR_HAS_ONE_MORE_PLACE = "mentor_has_one_more_place"
    MENTOR_COMPLETES_TRAINING = "mentor_completes_training"
    EXPERIENCE_IS_NOT_ASKED = "experience_is_not_asked"


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


Couple: TypeAlias = tuple[Mentee, Mentor]


def mentee_with(mentee: Mentee, **facets: object) -> Mentee:
    return replace(mentee, facets=mentee.facets.model_copy(update=facets))


def mentor_with(mentor: Mentor, **facets: object) -> Mentor:
    return replace(mentor, facets=mentor.facets.model_copy(update=facets))


def also_remote(facets: MenteeFacets | MentorFacets) -> tuple[Modality, ...]:
    return (*facets.modalities, Modality.REMOTE)


def remote_mentee(mentee: Mentee, mentor: Mentor, _: Terms) -> Couple:
    return mentee_with(mentee, modalities=also_remote(mentee.facets)), mentor


def remote_mentor(mentee: Mentee, mentor: Mentor, _: Terms) -> Couple:
    return mentee, mentor_with(mentor, modalities=also_remote(mentor.facets))


def remote_both(mentee: Mentee, mentor: Mentor, terms: Terms) -> Couple:
    return remote_mentor(*remote_mentee(mentee, mentor, terms), terms)


def equipped(mentee: Mentee, mentor: Mentor, _: Terms) -> Couple:
    return mentee_with(mentee, digital=Digital.COMPUTER), mentor


def one_more_place(mentee: Mentee, mentor: Mentor, _: Terms) -> Couple:
    return mentee, replace(mentor, engaged=mentor.engaged - 1)


def trained(mentee: Mentee, mentor: Mentor, terms: Terms) -> Couple:
    return mentee, replace(mentor, trained_for=mentor.trained_for | {terms.programme_id})


def without_experience(mentee: Mentee, mentor: Mentor, _: Terms) -> Couple:
    return mentee_with(mentee, experience_wanted=False), mentor


OTHERWISE: Mapping[Change, Callable[[Mentee, Mentor, Terms], Couple]] = MappingProxyType(
    {
        Change.MENTEE_ACCEPTS_REMOTE: remote_mentee,
        Change.MENTOR_ACCEPTS_REMOTE: remote_mentor,
        Change.BOTH_ACCEPT_REMOTE: remote_both,
        Change.MENTEE_IS_EQUIPPED: equipped,
        Change.MENTOR_HAS_ONE_MORE_PLACE: one_more_place,
        Change.MENTOR_COMPLETES_TRAINING: trained,
        Change.EXPERIENCE_IS_NOT_ASKED: without_experience,
    }
)


def would_match_if(mentee: Mentee, mentor: Mentor, terms: Terms) -> tuple[Change, ...]:
    """Find what alone would make a refused pair possible, by judging them anew."""
    if judge(mentee, mentor, terms).feasible:
        return ()
    found = [
        change
        for change, otherwise in OTHERWISE.items()
        if judge(*otherwise(mentee, mentor, terms), terms).feasible
    ]
    # Both is not news where one of them would do.
    smaller = {Change.MENTEE_ACCEPTS_REMOTE, Change.MENTOR_ACCEPTS_REMOTE} & set(found)
    return tuple(each for each in found if each is not Change.BOTH_ACCEPT_REMOTE or not smaller)
