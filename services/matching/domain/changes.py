"""What somebody could decide otherwise about a mentee, a mentor or a programme, and its effect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, TypeVar

from common.contracts.policy import Constraint
from common.contracts.vocabulary import Axis, Digital, MenteeFacets, MentorFacets, Modality
from matching.domain.geography import offered
from matching.domain.people import Mentee, Mentor, Terms


class Kind(StrEnum):
    """The decisions that can make a refused pair possible; the first word says whose they are."""

    MENTEE_ACCEPTS = "mentee_accepts"
    MENTEE_IS_EQUIPPED = "mentee_is_equipped"
    MENTEE_COMES_FARTHER = "mentee_comes_farther"
    MENTEE_IS_FREE = "mentee_is_free"
    MENTEE_ASKS_NO_EXPERIENCE = "mentee_asks_no_experience"
    MENTOR_ACCEPTS = "mentor_accepts"
    MENTOR_COMES_FARTHER = "mentor_comes_farther"
    MENTOR_IS_FREE = "mentor_is_free"
    MENTOR_HAS_MORE_PLACES = "mentor_has_more_places"
    MENTOR_IS_BACK = "mentor_is_back"
    MENTOR_JOINS_PROGRAMME = "mentor_joins_programme"
    MENTOR_COMPLETES_TRAINING = "mentor_completes_training"
    MENTOR_TAKES_AXIS = "mentor_takes_axis"
    MENTOR_TAKES_LEVEL = "mentor_takes_level"
    PROGRAMME_ALLOWS = "programme_allows"
    PROGRAMME_ALLOWS_MORE_PLACES = "programme_allows_more_places"
    PROGRAMME_ASKS_FEWER_AGE_BANDS = "programme_asks_fewer_age_bands"
    PROGRAMME_DROPS_RULE = "programme_drops_rule"
    ASSOCIATIONS_POOL = "associations_pool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One decision, with its measure if it has one."""

    kind: Kind
    # Kilometres, places or age bands, on top of what is now or off it.
    number: int | None = None
    # Hours of the week or codes, of which any one is enough.
    any_of: tuple[int | str, ...] = ()


class Case(NamedTuple):
    """Whom a change is about."""

    mentee: Mentee
    mentor: Mentor
    terms: Terms


Facets = TypeVar("Facets", MenteeFacets, MentorFacets)
Effect: TypeAlias = Callable[[Case, Change], Case]


def renewed(facets: Facets, **fields: object) -> Facets:
    """Read changed facets as strictly as those that people give, so that no bound is passed."""
    return type(facets).model_validate({**facets.model_dump(), **fields})


def mentee_with(case: Case, **fields: object) -> Case:
    changed = replace(case.mentee, facets=renewed(case.mentee.facets, **fields))
    return case._replace(mentee=changed)


def mentor_with(case: Case, **fields: object) -> Case:
    changed = replace(case.mentor, facets=renewed(case.mentor.facets, **fields))
    return case._replace(mentor=changed)


def programme_with(case: Case, **rules: object) -> Case:
    policy = case.terms.policy.model_copy(update=rules)
    return case._replace(terms=replace(case.terms, policy=policy))


def matching_with(case: Case, **rules: object) -> Case:
    return programme_with(case, matching=case.terms.policy.matching.model_copy(update=rules))


def also(facets: MenteeFacets | MentorFacets, change: Change) -> tuple[str, ...]:
    """Add a place to meet to those that a side accepts, be it by having given none."""
    accepted = facets.modalities or tuple(each for each in Modality if each in offered(()))
    return (*accepted, str(change.any_of[0]))


def mentee_accepts(case: Case, change: Change) -> Case:
    return mentee_with(case, modalities=also(case.mentee.facets, change))


def mentee_is_equipped(case: Case, _: Change) -> Case:
    return mentee_with(case, digital=Digital.COMPUTER)


def mentee_comes_farther(case: Case, change: Change) -> Case:
    return mentee_with(case, reach_km=case.mentee.facets.reach_km + (change.number or 0))


def mentee_is_free(case: Case, change: Change) -> Case:
    return mentee_with(case, slots=(*case.mentee.facets.slots, change.any_of[0]))


def mentee_asks_no_experience(case: Case, _: Change) -> Case:
    return mentee_with(case, experience_wanted=False)


def mentor_accepts(case: Case, change: Change) -> Case:
    return mentor_with(case, modalities=also(case.mentor.facets, change))


def mentor_comes_farther(case: Case, change: Change) -> Case:
    return mentor_with(case, reach_km=case.mentor.facets.reach_km + (change.number or 0))


def mentor_is_free(case: Case, change: Change) -> Case:
    return mentor_with(case, slots=(*case.mentor.facets.slots, change.any_of[0]))


def mentor_has_more_places(case: Case, change: Change) -> Case:
    return mentor_with(case, capacity=case.mentor.facets.capacity + (change.number or 0))


def mentor_is_back(case: Case, _: Change) -> Case:
    return case._replace(mentor=replace(case.mentor, available=True))


def mentor_joins_programme(case: Case, _: Change) -> Case:
    joined = case.mentor.programmes | {case.terms.programme_id}
    return case._replace(mentor=replace(case.mentor, programmes=joined))


def mentor_completes_training(case: Case, _: Change) -> Case:
    trained = case.mentor.trained_for | {case.terms.programme_id}
    return case._replace(mentor=replace(case.mentor, trained_for=trained))


def mentor_takes_axis(case: Case, change: Change) -> Case:
    return mentor_with(case, axes=(*case.mentor.facets.axes, Axis(str(change.any_of[0]))))


def mentor_takes_level(case: Case, change: Change) -> Case:
    return mentor_with(case, levels=(*case.mentor.facets.levels, str(change.any_of[0])))


def programme_allows(case: Case, change: Change) -> Case:
    allowed = (*case.terms.policy.modalities, Modality(str(change.any_of[0])))
    return programme_with(case, modalities=allowed)


def programme_allows_more_places(case: Case, change: Change) -> Case:
    most = case.terms.policy.mentor_capacity_max + (change.number or 0)
    return programme_with(case, mentor_capacity_max=most)


def programme_asks_fewer_age_bands(case: Case, change: Change) -> Case:
    older = case.terms.policy.matching.age_bands_older - (change.number or 0)
    return matching_with(case, age_bands_older=older)


def programme_drops_rule(case: Case, change: Change) -> Case:
    kept = [each for each in case.terms.policy.matching.hard if each not in change.any_of]
    return matching_with(case, hard=tuple(Constraint(each) for each in kept))


def associations_pool(case: Case, _: Change) -> Case:
    together = case.terms.associations | {case.mentor.association_id}
    return case._replace(terms=replace(case.terms, associations=together))


EFFECTS: Mapping[Kind, Effect] = MappingProxyType(
    {
        Kind.MENTEE_ACCEPTS: mentee_accepts,
        Kind.MENTEE_IS_EQUIPPED: mentee_is_equipped,
        Kind.MENTEE_COMES_FARTHER: mentee_comes_farther,
        Kind.MENTEE_IS_FREE: mentee_is_free,
        Kind.MENTEE_ASKS_NO_EXPERIENCE: mentee_asks_no_experience,
        Kind.MENTOR_ACCEPTS: mentor_accepts,
        Kind.MENTOR_COMES_FARTHER: mentor_comes_farther,
        Kind.MENTOR_IS_FREE: mentor_is_free,
        Kind.MENTOR_HAS_MORE_PLACES: mentor_has_more_places,
        Kind.MENTOR_IS_BACK: mentor_is_back,
        Kind.MENTOR_JOINS_PROGRAMME: mentor_joins_programme,
        Kind.MENTOR_COMPLETES_TRAINING: mentor_completes_training,
        Kind.MENTOR_TAKES_AXIS: mentor_takes_axis,
        Kind.MENTOR_TAKES_LEVEL: mentor_takes_level,
        Kind.PROGRAMME_ALLOWS: programme_allows,
        Kind.PROGRAMME_ALLOWS_MORE_PLACES: programme_allows_more_places,
        Kind.PROGRAMME_ASKS_FEWER_AGE_BANDS: programme_asks_fewer_age_bands,
        Kind.PROGRAMME_DROPS_RULE: programme_drops_rule,
        Kind.ASSOCIATIONS_POOL: associations_pool,
    }
)


def changed(case: Case, changes: tuple[Change, ...]) -> Case:
    """Tell how things would be after some decisions; of several hours or codes the first holds."""
    for change in changes:
        case = EFFECTS[change.kind](case, change)
    return case
