"""The hard criteria, one by one: each says whether a mentor fits, and has a name for a refusal."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

from common.contracts.policy import Constraint, Policy
from common.contracts.vocabulary import AgeBand, Modality
from matching.domain.geography import distance_km, offered
from matching.domain.people import Mentee, Mentor, Terms, places

Rule: TypeAlias = Callable[[Mentee, Mentor, Terms], bool]

AGE_BANDS = tuple(AgeBand)

# Safety, consent and what a mentor can bear: no policy can turn these off.
ALWAYS = frozenset(
    {
        Constraint.CAPACITY,
        Constraint.READINESS,
        Constraint.SCREENING,
        Constraint.EXCLUDED,
        Constraint.ASSOCIATION,
    }
)


def in_force(policy: Policy) -> tuple[Constraint, ...]:
    """List the hard criteria that hold under a policy, in the order of their names' definition."""
    hard = ALWAYS.union(policy.matching.hard)
    return tuple(constraint for constraint in Constraint if constraint in hard)


def youngest_allowed(mentee: AgeBand, policy: Policy) -> int:
    """Return the index of the first age band in which a mentor is old enough.

    The last band has no end: within it nobody can be asked to be older.
    """
    wanted = AGE_BANDS.index(mentee) + policy.matching.age_bands_older
    return min(wanted, len(AGE_BANDS) - 1)


def places_to_meet(mentee: Mentee, terms: Terms) -> set[Modality]:
    """Return where this mentee and the programme would have them meet."""
    wanted = offered(mentee.facets.modalities, mentee.facets.digital)
    return wanted & set(terms.policy.modalities) if terms.policy.modalities else wanted


def conflicts(mentee: Mentee) -> frozenset[UUID | None]:
    """Name those who may never be the mentor of this young person."""
    return mentee.excluded | {mentee.mentee_id, mentee.guardian_id, mentee.prescriber_id}


def meets_in_person(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    shared = places_to_meet(mentee, terms) & offered(mentor.facets.modalities)
    reach = min(mentee.facets.reach_km, mentor.facets.reach_km)
    near = distance_km(mentee.facets.place, mentor.facets.place) <= reach
    return near and bool(shared - {Modality.REMOTE})


def meets_remotely(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    shared = places_to_meet(mentee, terms) & offered(mentor.facets.modalities)
    return Modality.REMOTE in shared


def geography(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    in_person = meets_in_person(mentee, mentor, terms)
    return in_person or meets_remotely(mentee, mentor, terms)


def slot(mentee: Mentee, mentor: Mentor, _: Terms) -> bool:
    mine, theirs = set(mentee.facets.slots), set(mentor.facets.slots)
    return not mine or not theirs or bool(mine & theirs)


def capacity(_: Mentee, mentor: Mentor, terms: Terms) -> bool:
    return places(mentor, terms.policy) > 0


def readiness(_: Mentee, mentor: Mentor, terms: Terms) -> bool:
    ready_for = mentor.programmes & mentor.trained_for
    return mentor.available and terms.programme_id in ready_for


def language(mentee: Mentee, mentor: Mentor, _: Terms) -> bool:
    mine, theirs = set(mentee.facets.languages), set(mentor.facets.languages)
    return not mine or not theirs or bool(mine & theirs)


def age(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    youngest = youngest_allowed(mentee.facets.age_band, terms.policy)
    return AGE_BANDS.index(mentor.facets.age_band) >= youngest


def axis_and_level(mentee: Mentee, mentor: Mentor, _: Terms) -> bool:
    any_level = not mentor.facets.levels
    level = any_level or mentee.facets.level in mentor.facets.levels
    return level and mentee.facets.axis in mentor.facets.axes


def experience(mentee: Mentee, mentor: Mentor, _: Terms) -> bool:
    return mentor.facets.experienced or not mentee.facets.experience_wanted


def screening(mentee: Mentee, mentor: Mentor, terms: Terms) -> bool:
    valid = mentor.screened_until is None or mentor.screened_until >= terms.today
    return valid and mentee.facets.setting in mentor.facets.settings


def excluded(mentee: Mentee, mentor: Mentor, _: Terms) -> bool:
    return mentor.mentor_id not in conflicts(mentee)


def association(_: Mentee, mentor: Mentor, terms: Terms) -> bool:
    return mentor.association_id in terms.associations


FITS: Mapping[Constraint, Rule] = MappingProxyType(
    {
        Constraint.GEOGRAPHY: geography,
        Constraint.SLOT: slot,
        Constraint.CAPACITY: capacity,
        Constraint.READINESS: readiness,
        Constraint.LANGUAGE: language,
        Constraint.AGE: age,
        Constraint.AXIS_AND_LEVEL: axis_and_level,
        Constraint.EXPERIENCE: experience,
        Constraint.SCREENING: screening,
        Constraint.EXCLUDED: excluded,
        Constraint.ASSOCIATION: association,
    }
)
