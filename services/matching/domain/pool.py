"""One mentee against the whole pool at once; every answer equals that of the rules one by one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from common.contracts.policy import Constraint, Criterion
from common.contracts.vocabulary import Modality
from matching.domain.candidates.roster import Roster
from matching.domain.columns import Bools, Codes, Columns, Counts, columns_of
from matching.domain.constraints import (
    AGE_BANDS,
    conflicts,
    in_force,
    places_to_meet,
    youngest_allowed,
)
from matching.domain.criteria import ANSWERS, NEUTRAL, hopes, weights
from matching.domain.geography import Floats, distances_km
from matching.domain.people import Mentee, Mentor, Terms


@dataclass(frozen=True, eq=False)
class Pool:
    """Mentors in the order of their ids, laid out as soon as somebody asks about them."""

    mentors: tuple[Mentor, ...]

    def __len__(self) -> int:
        return len(self.mentors)

    @cached_property
    def columns(self) -> Columns:
        """Facets column by column, for one mentee and a verdict on every mentor."""
        return columns_of([each.facets for each in self.mentors])

    @cached_property
    def roster(self) -> Roster:
        """Facets in bits, for many mentees or the best mentors; seats are in order of ids."""
        return Roster(self.mentors)


def pool_of(mentors: Sequence[Mentor]) -> Pool:
    return Pool(tuple(sorted(mentors, key=lambda each: each.mentor_id)))


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What the rules say about one mentee and every mentor, in the order of the pool."""

    # For each constraint in force, whether it stands in the way.
    blocked: dict[Constraint, Bools]
    feasible: Bools
    remote: Bools
    distance_km: Floats
    fit: Floats


Rule: TypeAlias = Callable[[Mentee, Pool, Terms], Bools]


def met(mentee: Mentee, pool: Pool, terms: Terms) -> tuple[Bools, Bools, Floats]:
    """Say who can meet in person, who at a distance, and how far apart they live."""
    columns, wanted = pool.columns, places_to_meet(mentee, terms)
    apart = distances_km(mentee.facets.place, columns.latitude, columns.longitude)
    near = apart <= np.minimum(columns.reach_km, mentee.facets.reach_km)
    in_person = near & (columns.offered.shared(wanted - {Modality.REMOTE}) > 0)
    at_a_distance = columns.offered.shared(wanted & {Modality.REMOTE}) > 0
    return in_person, at_a_distance, apart


def geography(mentee: Mentee, pool: Pool, terms: Terms) -> Bools:
    in_person, at_a_distance, _ = met(mentee, pool, terms)
    return in_person | at_a_distance


def in_common(theirs: Codes, mine: Sequence[str | int]) -> Bools:
    """Tell who shares at least one; a side that gave nothing hinders nothing."""
    if not mine:
        return np.ones(len(theirs.count), dtype=np.bool_)
    return (theirs.shared(mine) > 0) | theirs.nothing_given()


def slot(mentee: Mentee, pool: Pool, _: Terms) -> Bools:
    return in_common(pool.columns.slots, mentee.facets.slots)


def language(mentee: Mentee, pool: Pool, _: Terms) -> Bools:
    return in_common(pool.columns.languages, mentee.facets.languages)


def free_places(pool: Pool, terms: Terms) -> Counts:
    engaged = np.fromiter((each.engaged for each in pool.mentors), dtype=np.int64)
    most = np.minimum(pool.columns.capacity, terms.policy.mentor_capacity_max)
    free: Counts = np.maximum(most - engaged, 0)
    return free


def capacity(_: Mentee, pool: Pool, terms: Terms) -> Bools:
    free: Bools = free_places(pool, terms) > 0
    return free


def each_of(pool: Pool, holds: Callable[[Mentor], bool]) -> Bools:
    return np.fromiter((holds(each) for each in pool.mentors), dtype=np.bool_, count=len(pool))


def readiness(_: Mentee, pool: Pool, terms: Terms) -> Bools:
    programme = terms.programme_id
    return each_of(
        pool,
        lambda each: (
            each.available and programme in each.programmes and programme in each.trained_for
        ),
    )


def age(mentee: Mentee, pool: Pool, terms: Terms) -> Bools:
    old_enough: Bools = pool.columns.age_band >= youngest_allowed(
        mentee.facets.age_band, terms.policy
    )
    return old_enough


def axis_and_level(mentee: Mentee, pool: Pool, _: Terms) -> Bools:
    columns = pool.columns
    axis = columns.axes.shared({mentee.facets.axis}) > 0
    return axis & in_common(columns.levels, (mentee.facets.level,))


def experience(mentee: Mentee, pool: Pool, _: Terms) -> Bools:
    return pool.columns.experienced | (not mentee.facets.experience_wanted)


def screening(mentee: Mentee, pool: Pool, terms: Terms) -> Bools:
    valid = each_of(
        pool, lambda each: each.screened_until is None or each.screened_until >= terms.today
    )
    return valid & (pool.columns.settings.shared({mentee.facets.setting}) > 0)


def excluded(mentee: Mentee, pool: Pool, _: Terms) -> Bools:
    barred = conflicts(mentee)
    return each_of(pool, lambda each: each.mentor_id not in barred)


def association(_: Mentee, pool: Pool, terms: Terms) -> Bools:
    return each_of(pool, lambda each: each.association_id in terms.associations)


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


def overlaps(theirs: Codes, mine: Sequence[str]) -> Floats:
    """Share what is common with the shorter list; neutral where a side gave nothing."""
    wanted = set(mine)
    if not wanted:
        return np.full(len(theirs.count), NEUTRAL)
    shorter = np.minimum(np.maximum(theirs.count, 1), len(wanted))
    return np.where(theirs.nothing_given(), NEUTRAL, theirs.shared(wanted) / shorter)


def motivations(mentee: Mentee, columns: Columns) -> Floats:
    if mentee.facets.motivation is None:
        return np.full(len(columns.motivation), NEUTRAL)
    answers = [str(each) for each in ANSWERS[mentee.facets.motivation]]
    answered = np.isin(columns.motivation, answers)
    return np.where(columns.motivation == "", NEUTRAL, answered.astype(np.float64))


def ages(mentee: Mentee, columns: Columns) -> Floats:
    apart = np.abs(columns.age_band - AGE_BANDS.index(mentee.facets.age_band))
    near: Floats = 1 - apart / (len(AGE_BANDS) - 1)
    return near


def mother_tongues(mentee: Mentee, columns: Columns) -> Floats:
    wish = mentee.facets.mother_tongue
    if wish is None:
        return np.full(len(columns.mother_tongue), NEUTRAL)
    granted = (columns.mother_tongue == wish) | (columns.languages.shared({wish}) > 0)
    refused = np.where(columns.mother_tongue == "", NEUTRAL, 0.0)
    return np.where(granted, 1.0, refused)


MEASURES: Mapping[Criterion, Callable[[Mentee, Columns], Floats]] = MappingProxyType(
    {
        Criterion.SECTOR: lambda one, all_: overlaps(all_.sectors, one.facets.sectors),
        Criterion.FUNCTION: lambda one, all_: overlaps(all_.functions, one.facets.functions),
        Criterion.EXPECTATIONS: lambda one, all_: overlaps(all_.hopes, hopes(one.facets)),
        Criterion.MOTIVATION: motivations,
        Criterion.HOBBY: lambda one, all_: overlaps(all_.hobbies, one.facets.hobbies),
        Criterion.AGE: ages,
        Criterion.MOTHER_TONGUE: mother_tongues,
        Criterion.MODALITY: lambda one, all_: overlaps(all_.modalities, one.facets.modalities),
    }
)


def fits(mentee: Mentee, pool: Pool, terms: Terms) -> Floats:
    """Add the criteria up in the order in which the scalar rules do, to the same last bit."""
    total = np.zeros(len(pool))
    for criterion, weight in weights(terms.policy).items():
        total = total + MEASURES[criterion](mentee, pool.columns) * weight
    return np.minimum(total, 1.0)


def judge_all(mentee: Mentee, pool: Pool, terms: Terms) -> Verdicts:
    """Apply every rule in force to one mentee and every mentor."""
    in_person, at_a_distance, apart = met(mentee, pool, terms)
    blocked = {each: ~FITS[each](mentee, pool, terms) for each in in_force(terms.policy)}
    return Verdicts(
        blocked=blocked,
        feasible=~np.logical_or.reduce(list(blocked.values())),
        remote=at_a_distance & ~in_person,
        distance_km=apart,
        fit=fits(mentee, pool, terms),
    )
