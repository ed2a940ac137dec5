"""The soft criteria: how well two people suit, criterion by criterion, with the evidence.

A value lies between 0 and 1. What one side did not give is missing: it counts NEUTRAL times the
weight, neither for nor against, and is shown as missing. One neutral value, rather than the
weight spread over the rest, keeps weights what the policy says, so that two fits compare; where
the mentee gave nothing, every mentor gets the same and the ranking does not move.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from common.contracts.matching import Contribution
from common.contracts.policy import Criterion, Policy
from common.contracts.vocabulary import MenteeFacets, MentorFacets, Motivation
from matching.domain.constraints import AGE_BANDS

NEUTRAL = 0.5

# The mentors' reasons that answer a mentee's; the same reason on both sides answers itself.
ANSWERS: Mapping[Motivation, frozenset[Motivation]] = MappingProxyType(
    {
        Motivation.LEARN: frozenset({Motivation.LEARN, Motivation.TRANSMIT}),
        Motivation.SUCCEED: frozenset(
            {Motivation.SUCCEED, Motivation.TRANSMIT, Motivation.GIVE_BACK}
        ),
        Motivation.FIND_WORK: frozenset(
            {Motivation.FIND_WORK, Motivation.TRANSMIT, Motivation.GIVE_BACK}
        ),
        Motivation.CHOOSE_PATH: frozenset({Motivation.CHOOSE_PATH, Motivation.TRANSMIT}),
        Motivation.MEET: frozenset({Motivation.MEET}),
        Motivation.TRANSMIT: frozenset({Motivation.TRANSMIT, Motivation.LEARN}),
        Motivation.GIVE_BACK: frozenset({Motivation.GIVE_BACK}),
    }
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one criterion says about two people; no value if one of them gave nothing."""

    value: float | None
    evidence: tuple[str, ...] = ()


Measure: TypeAlias = Callable[[MenteeFacets, MentorFacets], Reading]


def overlap(mine: Collection[str], theirs: Collection[str]) -> Reading:
    """Share what is common with the shorter list: a mentor of one wanted sector suits fully."""
    if not mine or not theirs:
        return Reading(None)
    shared = set(mine) & set(theirs)
    return Reading(len(shared) / min(len(set(mine)), len(set(theirs))), tuple(sorted(shared)))


def hopes(facets: MenteeFacets | MentorFacets) -> tuple[str, ...]:
    """Put together what a side expects and the kinds of support that it wants or gives."""
    return (*facets.expectations, *facets.supports)


def sector(mentee: MenteeFacets, mentor: MentorFacets) -> Reading:
    return overlap(mentee.sectors, mentor.sectors)


def function(mentee: MenteeFacets, mentor: MentorFacets) -> Reading:
    return overlap(mentee.functions, mentor.functions)


def expectations(mentee: MenteeFacets, mentor: MentorFacets) -> Reading:
    return overlap(hopes(mentee), hopes(mentor))


def motivation(mentee: MenteeFacets, mentor: MentorFacets) -> Reading:
    if mentee.motivation is None or mentor.motivation is None:
        return Reading(None)
    if mentor.motivation not in ANSWERS[mentee.motivation]:
        return Reading(0.0)
    return Reading(1.0, tuple(sorted({mentee.motivation, mentor.motivation})))


def hobby(mentee: MenteeFacets, mentor: MentorFacets) -> Reading:
    return overlap(mentee.hobbies, mentor.hobbies)


def age(mentee: MenteeFacets, mentor: MentorFacets) -> Reading:
    apart = abs(AGE_BANDS.index(mentee.age_band) - AGE_BANDS.index(mentor.age_band))
    return Reading(1 - apart / (len(AGE_BANDS) - 1))


def mother_tongue(mentee: MenteeFacets, mentor: MentorFacets) -> Reading:
    """Grant the mentee's wish by whoever speaks the language, whatever their own is."""
    wish = mentee.mother_tongue
    if wish is not None and (wish == mentor.mother_tongue or wish in mentor.languages):
        return Reading(1.0, (wish,))
    unknown = wish is None or mentor.mother_tongue is None
    return Reading(None if unknown else 0.0)


def modality(mentee: MenteeFacets, mentor: MentorFacets) -> Reading:
    return overlap(mentee.modalities, mentor.modalities)


MEASURES: Mapping[Criterion, Measure] = MappingProxyType(
    {
        Criterion.SECTOR: sector,
        Criterion.FUNCTION: function,
        Criterion.EXPECTATIONS: expectations,
        Criterion.MOTIVATION: motivation,
        Criterion.HOBBY: hobby,
        Criterion.AGE: age,
        Criterion.MOTHER_TONGUE: mother_tongue,
        Criterion.MODALITY: modality,
    }
)


def weights(policy: Policy) -> dict[Criterion, float]:
    """List the criteria that count under a policy, always in the same order."""
    given = policy.matching.weights
    return {each: given[each] for each in Criterion if given.get(each, 0) > 0}


def contributions(
    mentee: MenteeFacets, mentor: MentorFacets, policy: Policy
) -> tuple[Contribution, ...]:
    """Say what each criterion adds to the fit of two people."""
    return tuple(
        contribution(criterion, MEASURES[criterion](mentee, mentor), weight)
        for criterion, weight in weights(policy).items()
    )


def contribution(criterion: Criterion, reading: Reading, weight: float) -> Contribution:
    value = NEUTRAL if reading.value is None else reading.value
    return Contribution(
        criterion=criterion,
        value=value,
        missing=reading.value is None,
        weight=weight,
        contribution=value * weight,
        evidence=reading.evidence,
    )


def fit(parts: Collection[Contribution]) -> float:
    """Add up; weights sum to 1 within a billionth, and a fit is never more."""
    return min(sum((part.contribution for part in parts), 0.0), 1.0)
