"""What mentees ask of mentors, as the rows of bits and the weights that answer it.

Every hard criterion is an "and" of clauses, each an "or" of rows. So geography, which asks for
(near and a room in common) or remote, reads (near or remote) and (a room in common or remote).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import numpy as np

from common.contracts.policy import Constraint, Criterion
from common.contracts.vocabulary import Modality
from matching.domain.assignment import POINTS
from matching.domain.candidates.compiled import Floats, Ints
from matching.domain.candidates.questions import NEAR, NO_ROW, NO_WISH, Asks
from matching.domain.candidates.roster import BANDS, MOTIVATIONS, NOT_GIVEN, SHARED, Roster
from matching.domain.candidates.vocabulary import in_words
from matching.domain.constraints import conflicts, in_force, places_to_meet, youngest_allowed
from matching.domain.criteria import ANSWERS, NEUTRAL, weights
from matching.domain.people import Mentee, Terms

CONSTRAINTS = tuple(Constraint)
SLOT = CONSTRAINTS.index(Constraint.SLOT)

# The criterion of each list of `SHARED`.
WEIGHED = (
    Criterion.SECTOR,
    Criterion.FUNCTION,
    Criterion.EXPECTATIONS,
    Criterion.HOBBY,
    Criterion.MODALITY,
)

Clause: TypeAlias = tuple[int, ...]
Clauses: TypeAlias = tuple[Clause, ...]


def any_of(name: str, roster: Roster, mine: Sequence[object]) -> Clauses:
    """Ask for one code in common; a side that gave nothing hinders nothing."""
    return (roster.find(name, (*mine, NOT_GIVEN)),) if mine else ()


def geography(mentee: Mentee, terms: Terms, roster: Roster) -> Clauses:
    remote, rooms = wanted_places(mentee, terms, roster)
    return (NEAR, *remote), (*rooms, *remote)


def wanted_places(mentee: Mentee, terms: Terms, roster: Roster) -> tuple[Clause, Clause]:
    """Find the row for meeting at a distance, if wanted, and those of the rooms to meet in."""
    wanted = places_to_meet(mentee, terms)
    remote = wanted & {Modality.REMOTE}
    return roster.find("offered", remote), roster.find("offered", wanted - remote)


def age(mentee: Mentee, terms: Terms, roster: Roster) -> Clauses:
    youngest = youngest_allowed(mentee.facets.age_band, terms.policy)
    return (roster.find("as_old_as", (youngest,)),)


def axis_and_level(mentee: Mentee, _: Terms, roster: Roster) -> Clauses:
    axis = roster.find("axis", (mentee.facets.axis,))
    return (axis, roster.find("level", (mentee.facets.level, NOT_GIVEN)))


def experience(mentee: Mentee, _: Terms, roster: Roster) -> Clauses:
    return (roster.find("experienced", (None,)),) if mentee.facets.experience_wanted else ()


def screening(mentee: Mentee, terms: Terms, roster: Roster) -> Clauses:
    setting = roster.find("setting", (mentee.facets.setting,))
    return (setting, (roster.screened(terms.today),))


# Slots differ from one to the next, and exclusions name seats: they are asked for apart.
ASKED: Mapping[Constraint, Callable[[Mentee, Terms, Roster], Clauses]] = MappingProxyType(
    {
        Constraint.GEOGRAPHY: geography,
        Constraint.CAPACITY: lambda _, terms, roster: (
            (roster.free(terms.policy.mentor_capacity_max),),
        ),
        Constraint.READINESS: lambda _, terms, roster: (
            roster.find("ready", (terms.programme_id,)),
        ),
        Constraint.LANGUAGE: lambda one, _, roster: any_of(
            "language", roster, one.facets.languages
        ),
        Constraint.AGE: age,
        Constraint.AXIS_AND_LEVEL: axis_and_level,
        Constraint.EXPERIENCE: experience,
        Constraint.SCREENING: screening,
        Constraint.ASSOCIATION: lambda _, terms, roster: (roster.find("of", terms.associations),),
    }
)


class Question(NamedTuple):
    """What all mentees of one kind ask, whatever their slots: clauses one after the other."""

    constraint: list[int]
    lengths: list[int]
    rows: list[int]
    remote: int
    rooms: Clause
    weights: tuple[float, ...]
    tongue_weight: float
    motivation: tuple[float, ...]
    band: tuple[float, ...]


class Asking:
    """Puts the questions of mentees to one roster; what is asked alike is thought of once.

    Good until the roster is written: rows that follow from columns are as old as this.
    """

    def __init__(self, roster: Roster, terms: Mapping[UUID, Terms]) -> None:
        self._roster = roster
        self._terms = terms
        self._questions: dict[object, Question] = {}
        self._slots: dict[object, Clauses] = {}
        self._masks: dict[object, tuple[int, int]] = {}

    def asks(self, mentees: Sequence[Mentee]) -> Asks:
        asked = [self._question(each) for each in mentees]
        slots = [self._slot(each) for each in mentees]
        excluded = [self._excluded(each) for each in mentees]
        return Asks(
            **clauses_of(asked, slots),
            remote=integers(each.remote for each in asked),
            room_bounds=bounds(len(each.rooms) for each in asked),
            rooms=integers(row for each in asked for row in each.rooms),
            excluded_bounds=bounds(len(each) for each in excluded),
            excluded=integers(seat for each in excluded for seat in each),
            reach=integers(each.facets.reach_km for each in mentees),
            **self._shared(mentees),
            weights=floats([each.weights for each in asked], len(SHARED)).T.copy(),
            tongue_weight=np.array([each.tongue_weight for each in asked], dtype=np.float64),
            motivation=floats([each.motivation for each in asked], len(MOTIVATIONS)),
            band=floats([each.band for each in asked], len(BANDS)),
            tongue=integers(self._tongue(each) for each in mentees),
            tongue_row=integers(self._tongue_row(each) for each in mentees),
            neutral=NEUTRAL,
            whole=POINTS,
            exclusion=CONSTRAINTS.index(Constraint.EXCLUDED),
        )

    def _question(self, mentee: Mentee) -> Question:
        facets = mentee.facets
        who = (facets.age_band, facets.setting, facets.axis, facets.level, facets.motivation)
        how = (facets.modalities, facets.digital, facets.languages, facets.experience_wanted)
        key = (mentee.programme_id, mentee.association_id, who, how)
        if key not in self._questions:
            self._questions[key] = self._new_question(mentee)
        return self._questions[key]

    def _new_question(self, mentee: Mentee) -> Question:
        terms = self._terms[mentee.programme_id]
        asked = [
            (CONSTRAINTS.index(each), clause)
            for each in in_force(terms.policy)
            if each in ASKED
            for clause in ASKED[each](mentee, terms, self._roster)
        ]
        remote, rooms = wanted_places(mentee, terms, self._roster)
        return Question(
            constraint=[constraint for constraint, _ in asked],
            lengths=[len(clause) for _, clause in asked],
            rows=[row for _, clause in asked for row in clause],
            remote=(*remote, NO_ROW)[0],
            rooms=rooms,
            **worth(mentee, terms),
        )

    def _slot(self, mentee: Mentee) -> Clauses:
        if Constraint.SLOT not in self._terms[mentee.programme_id].policy.matching.hard:
            return ()
        slots = mentee.facets.slots
        if slots not in self._slots:
            self._slots[slots] = any_of("slot", self._roster, slots)
        return self._slots[slots]

    def _excluded(self, mentee: Mentee) -> list[int]:
        seat_of = self._roster.seat_of
        return [seat_of[each] for each in conflicts(mentee) if each in seat_of]

    def _shared(self, mentees: Sequence[Mentee]) -> dict[str, Any]:
        asked = [
            [self._mask(name, codes(each.facets)) for each in mentees]
            for name, codes in SHARED.items()
        ]
        widths = [each.shape[1] for each in self._roster.seats.masks]
        return {
            "masks": tuple(
                in_words([mask for mask, _ in each], width)
                for each, width in zip(asked, widths, strict=True)
            ),
            "counts": np.array([[count for _, count in each] for each in asked], dtype=np.int64),
        }

    def _mask(self, name: str, codes: Collection[str]) -> tuple[int, int]:
        if (name, codes) not in self._masks:
            self._masks[name, codes] = self._roster.mask(name, codes), len(set(codes))
        return self._masks[name, codes]

    def _tongue(self, mentee: Mentee) -> int:
        wish = mentee.facets.mother_tongue
        return NO_WISH if wish is None else self._roster.tongue(wish)

    def _tongue_row(self, mentee: Mentee) -> int:
        return (*self._roster.find("language", (mentee.facets.mother_tongue or "",)), NO_ROW)[0]


def clauses_of(asked: Sequence[Question], slots: Sequence[Clauses]) -> dict[str, Any]:
    """Put the clauses of everyone one after the other, those of a constraint together."""
    both = list(zip(asked, slots, strict=True))
    constraint: list[int] = []
    lengths: list[int] = []
    rows: list[int] = []
    for one, more in both:
        constraint += one.constraint
        lengths += one.lengths
        rows += one.rows
        for clause in more:
            constraint.append(SLOT)
            lengths.append(len(clause))
            rows += clause
    return {
        "clauses": bounds(len(one.constraint) + len(more) for one, more in both),
        "constraint": integers(constraint),
        "row_bounds": bounds(lengths),
        "rows": integers(rows),
    }


def worth(mentee: Mentee, terms: Terms) -> dict[str, Any]:
    """Say how much each criterion weighs, and what each motivation and each age would add."""
    weighed = {each: weights(terms.policy).get(each, 0.0) for each in Criterion}
    answers = ANSWERS[mentee.facets.motivation] if mentee.facets.motivation else None
    apart = (abs(band - BANDS[mentee.facets.age_band]) for band in BANDS.values())
    return {
        "weights": tuple(weighed[each] for each in WEIGHED),
        "tongue_weight": weighed[Criterion.MOTHER_TONGUE],
        "motivation": tuple(
            (NEUTRAL if answers is None or each is None else float(each in answers))
            * weighed[Criterion.MOTIVATION]
            for each in MOTIVATIONS
        ),
        "band": tuple((1 - far / (len(BANDS) - 1)) * weighed[Criterion.AGE] for far in apart),
    }


def integers(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def bounds(lengths: Iterable[int]) -> Ints:
    """Say where each of several lists begins and ends once they are put together."""
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(integers(lengths), dtype=np.int64)))


def floats(rows: Sequence[Sequence[float]], width: int) -> Floats:
    return np.array(rows, dtype=np.float64).reshape(-1, width)
