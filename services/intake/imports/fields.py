"""The columns that are understood, and the many ways in which people head them."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from common.errors import Invalid
from common.sentences import Language
from intake.imports.sheet import letter
from intake.spelling import LONGEST, plain

# A column that we write ourselves into what is to be corrected, and do not read back.
IGNORED = "-"
GUARDIAN = "guardian."
# Titles and empty rows may stand above the headings, not more.
HEADINGS_WITHIN = 20


class Kind(StrEnum):
    """What the rows of a file are."""

    REFERRALS = "referrals"
    MENTORS = "mentors"


# As one reads them from left to right in the template.
PERSON = (
    *("given_name", "family_name", "full_name", "birth_date", "gender", "email", "phone"),
    *("commune", "postcode", "insee", "priority_district", "language", "supports", "sectors"),
    *("functions", "languages", "mother_tongue", "hobbies", "motivation", "expectations"),
    *("notes", "modalities", "reach_km", "reach_minutes", "slots"),
)
FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.REFERRALS: (
        *PERSON,
        *("age", "age_band", "axis", "level", "needs", "digital", "publics", "experience_wanted"),
        *("other_schemes", "minutes_a_month"),
        *(GUARDIAN + each for each in ("given_name", "family_name", "full_name", "email", "phone")),
    ),
    Kind.MENTORS: (
        *PERSON,
        *("axes", "levels", "settings", "capacity", "experienced", "programmes"),
    ),
}

_GUARDIAN = re.compile(
    r"\b(?:du |de la |des |de l |d un |of the |s )?(?:responsables? legal(?:e|aux)?|responsables?"
    r"|representants? legal(?:aux)?|parents?|tuteurs?(?: legal)?|mere|pere|guardian s|guardian)"
    r"(?: legal)?(?: 1)?\b"
)
_PARENT = re.compile(r"\b(?:pere|mere)\b")
_WHOSE = re.compile(
    r"\b(?:de l eleve|du jeune|de la jeune|de l enfant|du mentor|de la mentor|du mentore"
    r"|du beneficiaire|de la beneficiaire|du candidat|du benevole|de la personne|obligatoire"
    r"|facultatif|si connu|jj mm aaaa|souhaite|souhaites|souhaitee|souhaitees)\b"
)


class MappingUnknown(Invalid):
    """A column is mapped that the file does not have, or to something that is not asked."""

    fr = "Une colonne est associée à tort : elle n'est pas dans le fichier, ou rien n'y répond."


@dataclass(frozen=True, slots=True)
class Heading:
    """What a field is called in a file that we write."""

    field: str
    fr: str
    en: str
    also: tuple[str, ...]

    def label(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en

    def spellings(self) -> set[str]:
        return {plain(each) for each in (self.field, self.fr, self.en, *self.also)}


@cache
def headings() -> Mapping[str, Heading]:
    path = Path(__file__).parent / "headings.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["field"]: Heading(row["field"], row["fr"], row["en"], tuple(row["also"].split("|")))
        for row in rows
    }


@cache
def spoken(kind: Kind) -> Mapping[str, str]:
    """Index every spelling of the headings of one kind of file."""
    wanted = [each for each in headings().values() if each.field in {*FIELDS[kind], IGNORED}]
    return {spelling: each.field for each in wanted for spelling in each.spellings() if spelling}


def field_of(heading: str, kind: Kind) -> str | None:
    """Recognise a heading, whatever its accents, its case and whom it speaks of."""
    words = plain(heading[:LONGEST])
    known = spoken(kind)
    if words in known:
        return known[words]
    rest = _GUARDIAN.sub(" ", words)
    if rest != words and kind is Kind.REFERRALS:
        return guardian_field(_bare(rest))
    return known.get(_bare(words))


def guardian_field(words: str) -> str | None:
    if not words:
        return GUARDIAN + "full_name"
    field = spoken(Kind.REFERRALS).get(words, "")
    return GUARDIAN + field if GUARDIAN + field in headings() else None


def parent_of(heading: str) -> str | None:
    """Tell of which parent a heading speaks; of no one in particular, or of no parent at all."""
    words = plain(heading[:LONGEST])
    if not _GUARDIAN.search(words):
        return None
    named = set(_PARENT.findall(words))
    return named.pop() if len(named) == 1 else ""


def _bare(words: str) -> str:
    return " ".join(_WHOSE.sub(" ", words).split())


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file, and what it answers, if we know."""

    heading: str
    field: str | None
    # How we know: said by the person, remembered from the last time, recognised by its heading.
    how: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of headings beforehand: what was said now, and what was said before."""

    kind: Kind
    said: Mapping[str, str]
    remembered: Mapping[str, str]

    def column(self, place: int, heading: str) -> tuple[str | None, str | None]:
        if letter(place) in self.said:
            return self.said[letter(place)] or None, "said"
        words = plain(heading[:LONGEST])
        if words in self.remembered:
            return self.remembered[words] or None, "remembered"
        field = field_of(heading, self.kind)
        return field, "recognised" if field else None


def columns_of(row: Sequence[str], known: Known) -> list[Column]:
    """Map every column; one field is read from one column, so the next that claims it is free.

    A guardian is one person: what is headed for the other parent is free, too.
    """
    given = [known.column(place, heading) for place, heading in enumerate(row)]
    said = {field for field, how in given if how == "said" and field}
    guardian = guardian_meant(row, given)
    taken: set[str] = set()
    columns = []
    for heading, (field, how) in zip(row, given, strict=True):
        claimed = field in taken or (field in said and how != "said")
        others = how == "recognised" and parent_of(heading) not in {None, guardian}
        if others or (claimed and field not in SEVERAL):
            columns.append(Column(heading, None, None))
            continue
        taken.update({field} if field else ())
        columns.append(Column(heading, field, how))
    return columns


def guardian_meant(
    row: Sequence[str], given: Sequence[tuple[str | None, str | None]]
) -> str | None:
    """Tell which parent is the guardian: of whom somebody said so, or else who comes first."""
    spoken_of = [
        (how != "said", parent)
        for heading, (field, how) in zip(row, given, strict=True)
        if field and field.startswith(GUARDIAN) and (parent := parent_of(heading)) is not None
    ]
    return min(spoken_of, key=lambda each: each[0])[1] if spoken_of else None


# What may stand in several columns, as "Langue 1" and "Langue 2" mapped by hand.
SEVERAL = frozenset(
    (
        *("supports", "sectors", "functions", "languages", "hobbies", "expectations", "notes"),
        *("modalities", "slots", "needs", "publics", "levels", "axes", "settings", "programmes"),
    )
)


def heading_row(rows: Sequence[Sequence[str]], kind: Kind) -> int | None:
    """Find the row that names the columns: the first of those where most are recognised."""
    counts = [
        sum(field_of(cell, kind) is not None for cell in row if cell)
        for row in rows[:HEADINGS_WITHIN]
    ]
    best = max(counts, default=0)
    return counts.index(best) if best else None


def check_said(said: Mapping[str, str], *, kind: Kind, width: int) -> None:
    letters = {letter(place) for place in range(width)}
    if not said.keys() <= letters or not set(said.values()) <= {*FIELDS[kind], ""}:
        raise MappingUnknown("mapping")
