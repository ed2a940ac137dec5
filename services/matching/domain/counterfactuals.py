"""How a refused pair could become possible: for each rule in the way, who would decide what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from types import MappingProxyType
from typing import TypeAlias

from pydantic import ValidationError

from common.contracts.policy import Constraint
from common.contracts.vocabulary import Digital, Modality
from matching.domain.changes import Case, Change, Kind, changed
from matching.domain.constraints import AGE_BANDS, FITS
from matching.domain.geography import distance_km, offered
from matching.domain.judgement import Verdict

# Decisions that must all be taken; nobody's decision is enough by itself.
Way: TypeAlias = tuple[Change, ...]


class Never(StrEnum):
    """Why no decision about this pair may or can lift a rule."""

    SCREENING = "screening"
    # One of the two said no to the other, or they were a pair that ended.
    PARTED = "parted"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    # Only a value that nobody may give would do.
    OUT_OF_BOUNDS = "out_of_bounds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """How one rule in the way could be lifted, or why it must stay."""

    constraint: Constraint
    # Any one of these is enough, the easiest first.
    ways: tuple[Way, ...]
    never: Never | None = None


def one(kind: Kind, *any_of: int | str, number: int | None = None) -> Way:
    return (Change(kind=kind, number=number, any_of=any_of),)


def meeting_at(case: Case, place: Modality) -> Way:
    """Say who would have to accept one place to meet; nobody, if all do."""
    allowed = case.terms.policy.modalities
    way: Way = ()
    if place not in offered(case.mentee.facets.modalities):
        way += one(Kind.MENTEE_ACCEPTS, place)
    if place not in offered(case.mentor.facets.modalities):
        way += one(Kind.MENTOR_ACCEPTS, place)
    if allowed and place not in allowed:
        way += one(Kind.PROGRAMME_ALLOWS, place)
    return way


def remotely(case: Case) -> Way:
    bare = case.mentee.facets.digital is Digital.NONE
    return meeting_at(case, Modality.REMOTE) + (one(Kind.MENTEE_IS_EQUIPPED) if bare else ())


def nearer(case: Case) -> Way:
    """Say by how many whole kilometres each reach falls short."""
    mentee, mentor = case.mentee.facets, case.mentor.facets
    apart = ceil(distance_km(mentee.place, mentor.place))
    way: Way = ()
    if mentee.reach_km < apart:
        way += one(Kind.MENTEE_COMES_FARTHER, number=apart - mentee.reach_km)
    if mentor.reach_km < apart:
        way += one(Kind.MENTOR_COMES_FARTHER, number=apart - mentor.reach_km)
    return way


def meet(case: Case) -> list[Way]:
    """Find the ways to meet at a distance or at a place, the fewest decisions first."""
    at_places = [meeting_at(case, each) for each in Modality if each is not Modality.REMOTE]
    fewest = min(len(each) for each in at_places)
    near = nearer(case)
    in_person = [near + each for each in at_places if len(each) == fewest]
    # The same way may lead to several places.
    return sorted(dict.fromkeys([remotely(case), *in_person]), key=effort)


def effort(way: Way) -> tuple[int, int]:
    """Rank ways: fewer decisions first, then fewer kilometres."""
    return len(way), sum(change.number or 0 for change in way)


def share_a_slot(case: Case) -> list[Way]:
    mine, theirs = case.mentee.facets.slots, case.mentor.facets.slots
    return [
        one(Kind.MENTOR_IS_FREE, *sorted(set(mine))),
        one(Kind.MENTEE_IS_FREE, *sorted(set(theirs))),
    ]


def make_room(case: Case) -> list[Way]:
    wanted = case.mentor.engaged + 1
    capacity, most = case.mentor.facets.capacity, case.terms.policy.mentor_capacity_max
    way: Way = ()
    if capacity < wanted:
        way += one(Kind.MENTOR_HAS_MORE_PLACES, number=wanted - capacity)
    if most < wanted:
        way += one(Kind.PROGRAMME_ALLOWS_MORE_PLACES, number=wanted - most)
    return [way]


def be_ready(case: Case) -> list[Way]:
    mentor, programme = case.mentor, case.terms.programme_id
    lacking = {
        Kind.MENTOR_IS_BACK: not mentor.available,
        Kind.MENTOR_JOINS_PROGRAMME: programme not in mentor.programmes,
        Kind.MENTOR_COMPLETES_TRAINING: programme not in mentor.trained_for,
    }
    return [tuple(Change(kind=kind) for kind, lacks in lacking.items() if lacks)]


def drop_the_language(_: Case) -> list[Way]:
    return [one(Kind.PROGRAMME_DROPS_RULE, Constraint.LANGUAGE)]


def ask_another_age(case: Case) -> list[Way]:
    """Ask for fewer bands between the two, if the mentor is not the younger one."""
    bands = AGE_BANDS.index
    apart = bands(case.mentor.facets.age_band) - bands(case.mentee.facets.age_band)
    if apart < 0:
        return [one(Kind.PROGRAMME_DROPS_RULE, Constraint.AGE)]
    asked = case.terms.policy.matching.age_bands_older
    return [one(Kind.PROGRAMME_ASKS_FEWER_AGE_BANDS, number=asked - apart)]


def take_axis_and_level(case: Case) -> list[Way]:
    mentee, mentor = case.mentee.facets, case.mentor.facets
    way: Way = ()
    if mentee.axis not in mentor.axes:
        way += one(Kind.MENTOR_TAKES_AXIS, mentee.axis)
    if mentor.levels and mentee.level not in mentor.levels:
        way += one(Kind.MENTOR_TAKES_LEVEL, mentee.level)
    return [way]


def ask_no_experience(_: Case) -> list[Way]:
    return [one(Kind.MENTEE_ASKS_NO_EXPERIENCE)]


def pool_associations(_: Case) -> list[Way]:
    return [one(Kind.ASSOCIATIONS_POOL)]


# Safety and consent have no way: see `why_never`.
WAYS: Mapping[Constraint, Callable[[Case], list[Way]]] = MappingProxyType(
    {
        Constraint.GEOGRAPHY: meet,
        Constraint.SLOT: share_a_slot,
        Constraint.CAPACITY: make_room,
        Constraint.READINESS: be_ready,
        Constraint.LANGUAGE: drop_the_language,
        Constraint.AGE: ask_another_age,
        Constraint.AXIS_AND_LEVEL: take_axis_and_level,
        Constraint.EXPERIENCE: ask_no_experience,
        Constraint.ASSOCIATION: pool_associations,
    }
)
STAYS = frozenset(set(Constraint) - WAYS.keys())


def why_never(case: Case, constraint: Constraint) -> Never:
    """Say why a rule of safety or consent stays, whoever wishes otherwise."""
    if constraint is Constraint.SCREENING:
        return Never.SCREENING
    themselves = {case.mentee.mentee_id, case.mentee.guardian_id, case.mentee.prescriber_id}
    mine = case.mentor.mentor_id in themselves
    return Never.CONFLICT_OF_INTEREST if mine else Never.PARTED


def lift(case: Case, constraint: Constraint) -> Lift:
    """Find the ways around one rule that stands in the way; each was tried, and does it."""
    if constraint in STAYS:
        return Lift(constraint=constraint, ways=(), never=why_never(case, constraint))
    ways = tuple(way for way in WAYS[constraint](case) if does_it(case, way, constraint))
    return Lift(constraint=constraint, ways=ways, never=None if ways else Never.OUT_OF_BOUNDS)


def does_it(case: Case, way: Way, constraint: Constraint) -> bool:
    try:
        then = changed(case, way)
    except ValidationError:
        return False
    dropped = any(change.kind is Kind.PROGRAMME_DROPS_RULE for change in way)
    return dropped or FITS[constraint](*then)


def lifts(case: Case, verdict: Verdict) -> tuple[Lift, ...]:
    """Say of every rule in the way how it could be lifted."""
    return tuple(lift(case, constraint) for constraint in verdict.blocking)


def would_match_if(found: tuple[Lift, ...]) -> Way:
    """Put the easiest ways together: decisions that make the pair possible if all are taken.

    None, if some rule stays or nothing was in the way.
    """
    if not all(each.ways for each in found):
        return ()
    return tuple(change for each in found for change in each.ways[0])
