"""What an indicator is: its words, its formula, its unit, and what it may be split by.

A definition that was published never changes. Another way to count is another version beside
it, so that a figure of last year can be computed again as it was, and compared with the new one.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from common.errors import Invalid, NotFound


class IndicatorNotFound(NotFound):
    """No indicator has this name and version."""

    fr = "Aucun indicateur n'a ce nom et cette version."


class SplitNotPossible(Invalid):
    """This indicator cannot be split by this."""

    fr = "Cet indicateur ne se ventile pas ainsi."


class Split(StrEnum):
    """What figures may be told apart by."""

    ASSOCIATION = "association"
    PROGRAMME = "programme"
    DOOR = "door"
    REASON = "reason"
    DEPARTMENT = "department"
    RURAL = "rural"
    PRIORITY_DISTRICT = "priority_district"
    OVERSEAS = "overseas"
    AGE_BAND = "age_band"
    GENDER = "gender"
    LEVEL = "level"
    SETTING = "setting"
    AXIS = "axis"
    MODALITY = "modality"
    PUBLIC = "public"


class Kind(StrEnum):
    """How rows become a figure."""

    COUNT = "count"
    SPREAD = "spread"
    SURVIVAL = "survival"


OF_REFERRALS = frozenset(Split) - {Split.REASON, Split.MODALITY, Split.PUBLIC}
OF_PAIRS = OF_REFERRALS | {Split.MODALITY}


class Words(NamedTuple):
    """What is said, in both languages."""

    fr: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number of an indicator."""

    code: str
    words: Words
    splits: frozenset[Split]
    kind: Kind = Kind.COUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One way to count, for ever the same."""

    number: int
    code: str
    version: int
    # Of several versions, the one that is meant when none is named.
    recommended: bool
    words: Words
    formula: Words
    unit: Words
    measures: tuple[Measure, ...]
    # What it is told apart by when nothing else is asked; None: one figure for all.
    usual_split: Split | None = None

    @property
    def splits(self) -> tuple[Split, ...]:
        allowed = frozenset().union(*(measure.splits for measure in self.measures))
        return tuple(split for split in Split if split in allowed)

    def split_by(self, asked: Split | None) -> Split | None:
        """Return what to split by; raise if this indicator does not allow it."""
        split = asked or self.usual_split
        if split and split not in self.splits:
            raise SplitNotPossible("split")
        return split
