"""Whom a run serves, group by group: the share served, the days waited, and the fit."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from pydantic import BaseModel

from common.contracts.suppression import hidden, is_few
from common.contracts.vocabulary import MenteeFacets
from matching.domain.assignment import POINTS
from matching.domain.computation import Inputs, Line

UNKNOWN = "unknown"


class Split(StrEnum):
    """By what the people of a run are told apart; everyone is in one group of each."""

    RURAL = "rural"
    PRIORITY_DISTRICT = "priority_district"
    DEPARTMENT = "department"
    AGE_BAND = "age_band"
    GENDER = "gender"
    LANGUAGE = "language"


ANSWER: Mapping[bool | None, str] = MappingProxyType({True: "yes", False: "no", None: UNKNOWN})


GROUP: Mapping[Split, Callable[[MenteeFacets], str]] = MappingProxyType(
    {
        Split.RURAL: lambda each: ANSWER[each.place.rural],
        Split.PRIORITY_DISTRICT: lambda each: ANSWER[each.place.priority_district],
        Split.DEPARTMENT: lambda each: each.place.department,
        Split.AGE_BAND: lambda each: each.age_band,
        Split.GENDER: lambda each: each.gender,
        # The first that they gave is the one that they would rather speak.
        Split.LANGUAGE: lambda each: each.languages[0] if each.languages else UNKNOWN,
    }
)


class Tally(BaseModel):
    """What a run does for one group, in sums that add up to the whole."""

    waiting: int = 0
    served: int = 0
    # Whole days waited when the run was computed: of everyone, and of those served.
    days: int = 0
    days_of_served: int = 0
    points: int = 0


Tallies = dict[Split, dict[str, Tally]]


def fairness_of(inputs: Inputs, lines: list[Line]) -> Tallies:
    """Count every mentee of a run once in each split."""
    line_of = {each.referral_id: each for each in lines}
    counted: Tallies = {each: {} for each in Split}
    for mentee in inputs.mentees:
        days = max((inputs.at - mentee.waiting_since).days, 0)
        for split, group in GROUP.items():
            tally = counted[split].setdefault(group(mentee.facets), Tally())
            count(tally, line_of[mentee.referral_id], days)
    return counted


def count(tally: Tally, line: Line, days: int) -> None:
    tally.waiting += 1
    tally.days += days
    if line.mentor_id:
        tally.served += 1
        tally.days_of_served += days
        tally.points += round((line.fit or 0) * POINTS)


class Shown(BaseModel):
    """One group as it may be shown; None: about too few people to be said."""

    group: str
    waiting: int | None = None
    served: int | None = None
    served_share: float | None = None
    mean_days: float | None = None
    mean_days_of_served: float | None = None
    mean_fit: float | None = None


def shown(tallies: Tallies) -> dict[Split, list[Shown]]:
    """Show what may be shown; a split of which nothing may be said has no groups."""
    return {split: shown_groups(groups) for split, groups in tallies.items()}


def shown_groups(groups: Mapping[str, Tally]) -> list[Shown]:
    unsaid = hidden({name: each.waiting for name, each in groups.items()})
    if unsaid is None:
        return []
    return [
        Shown(group=name) if name in unsaid else said(name, groups[name]) for name in sorted(groups)
    ]


def said(group: str, tally: Tally) -> Shown:
    """Say what is known of a group; what is about those served alone only if they are enough."""
    enough = tally.served and not is_few(tally.served)
    return Shown(
        group=group,
        waiting=tally.waiting,
        served=tally.served,
        served_share=tally.served / tally.waiting,
        mean_days=tally.days / tally.waiting,
        mean_days_of_served=tally.days_of_served / tally.served if enough else None,
        mean_fit=tally.points / POINTS / tally.served if enough else None,
    )
