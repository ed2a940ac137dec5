"""The facets of many mentors as columns, so that one mentee is compared with all at once."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from common.contracts.vocabulary import MentorFacets
from matching.domain.constraints import AGE_BANDS
from matching.domain.criteria import hopes
from matching.domain.geography import Floats, offered

Bools: TypeAlias = NDArray[np.bool_]
Counts: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """What each mentor gave of one list: a row for a mentor, a column for a code."""

    column: dict[str | int, int]
    given: Bools
    count: Counts

    def shared(self, wanted: Collection[str | int]) -> Counts:
        """Count, for each mentor, what is also wanted."""
        known = [self.column[code] for code in sorted(set(wanted) & self.column.keys(), key=str)]
        shared: Counts = self.given[:, known].sum(axis=1, dtype=np.int64)
        return shared

    def nothing_given(self) -> Bools:
        nothing: Bools = self.count == 0
        return nothing


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """All that the rules ask of mentors' facets, mentor by mentor in the order of the pool."""

    latitude: Floats
    longitude: Floats
    reach_km: Counts
    age_band: Counts
    capacity: Counts
    experienced: Bools
    motivation: NDArray[np.str_]
    mother_tongue: NDArray[np.str_]
    sectors: Codes
    functions: Codes
    hopes: Codes
    hobbies: Codes
    languages: Codes
    modalities: Codes
    offered: Codes
    slots: Codes
    settings: Codes
    axes: Codes
    levels: Codes


def codes_of(lists: Sequence[Collection[str | int]]) -> Codes:
    """Spread lists of codes over columns; a code that is repeated counts once."""
    sets = [set(each) for each in lists]
    known = sorted({code for each in sets for code in each}, key=str)
    column = {code: place for place, code in enumerate(known)}
    rows = [row for row, each in enumerate(sets) for _ in each]
    places = [column[code] for each in sets for code in each]
    given = np.zeros((len(sets), len(column)), dtype=np.bool_)
    given[rows, places] = True
    return Codes(column, given, np.array([len(each) for each in sets], dtype=np.int64))


def numbers(values: Iterable[int]) -> Counts:
    return np.fromiter(values, dtype=np.int64)


def columns_of(mentors: Sequence[MentorFacets]) -> Columns:
    """Lay the facets of mentors out in columns."""

    def codes(given: Callable[[MentorFacets], Collection[str | int]]) -> Codes:
        return codes_of([given(each) for each in mentors])

    return Columns(
        latitude=np.array([each.place.latitude for each in mentors], dtype=np.float64),
        longitude=np.array([each.place.longitude for each in mentors], dtype=np.float64),
        reach_km=numbers(each.reach_km for each in mentors),
        age_band=numbers(AGE_BANDS.index(each.age_band) for each in mentors),
        capacity=numbers(each.capacity for each in mentors),
        experienced=np.array([each.experienced for each in mentors], dtype=np.bool_),
        motivation=np.array([each.motivation or "" for each in mentors], dtype=np.str_),
        mother_tongue=np.array([each.mother_tongue or "" for each in mentors], dtype=np.str_),
        sectors=codes(lambda each: each.sectors),
        functions=codes(lambda each: each.functions),
        hopes=codes(hopes),
        hobbies=codes(lambda each: each.hobbies),
        languages=codes(lambda each: each.languages),
        modalities=codes(lambda each: each.modalities),
        offered=codes(lambda each: offered(each.modalities)),
        slots=codes(lambda each: each.slots),
        settings=codes(lambda each: each.settings),
        axes=codes(lambda each: each.axes),
        levels=codes(lambda each: each.levels),
    )
