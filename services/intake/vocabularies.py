"""The words that people choose from: codes for events, labels in French and English for people.

Each vocabulary is a small file of data/: a code never changes its meaning, a label may.
What is read from a spreadsheet is tolerant: the code, either label, or another usual spelling,
whatever the accents and the case.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from common.errors import Invalid
from intake.spelling import LONGEST, plain

Language = Literal["fr", "en"]

LISTS = ("sectors", "functions", "hobbies", "languages", "levels", "needs")
CHOICES = "choices"  # one file for the short lists whose codes are enumerations of the contracts

_DATA = Path(__file__).parent / "data"


class UnknownWord(Invalid):
    """This is not one of the choices."""

    fr = "Ce n'est pas l'un des choix proposés."


@dataclass(frozen=True, slots=True)
class Word:
    code: str
    fr: str
    en: str
    also: tuple[str, ...] = ()
    group: str = ""

    def label(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en

    def as_json(self) -> dict[str, str]:
        grouped = {"group": self.group} if self.group else {}
        return {"code": self.code, "fr": self.fr, "en": self.en} | grouped


@dataclass(frozen=True)
class Vocabulary:
    """One list of words, in the order in which a form shows them."""

    name: str
    words: tuple[Word, ...]

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def label(self, code: str, language: Language = "fr") -> str:
        """Say a code to a person; a code that is not there any more stands for itself."""
        word = self._by_code.get(code)
        return word.label(language) if word else code

    def resolve(self, text: str, *, field: str | None = None) -> str:
        """Give the code of what a person wrote."""
        code = self._by_spelling.get(plain(text)) if len(text) <= LONGEST else None
        if code is None:
            raise UnknownWord(field or self.name)
        return code

    def options(self, language: Language = "fr") -> list[tuple[str, str]]:
        """List the codes and labels that a form offers."""
        return [(word.code, word.label(language)) for word in self.words]

    def as_json(self) -> list[dict[str, str]]:
        return [word.as_json() for word in self.words]

    @cached_property
    def _by_code(self) -> Mapping[str, Word]:
        return {word.code: word for word in self.words}

    @cached_property
    def _by_spelling(self) -> Mapping[str, str]:
        """Index every spelling; a code wins over a label, and a label over another spelling."""
        spoken: dict[str, str] = {}
        for word in self.words:
            spoken.update(dict.fromkeys(map(plain, word.also), word.code))
        for word in self.words:
            spoken.update({plain(word.fr): word.code, plain(word.en): word.code})
        return spoken | {plain(word.code): word.code for word in self.words}


def vocabulary(name: str) -> Vocabulary:
    """Give a list by its name, such as "sectors" or "modality"; KeyError when there is none."""
    return vocabularies()[name]


@cache
def vocabularies() -> Mapping[str, Vocabulary]:
    lists = {name: Vocabulary(name, tuple(map(_word, _rows(name)))) for name in LISTS}
    grouped: dict[str, list[Word]] = {}
    for row in _rows(CHOICES):
        grouped.setdefault(row["vocabulary"], []).append(_word(row))
    return lists | {name: Vocabulary(name, tuple(words)) for name, words in grouped.items()}


def as_json() -> dict[str, list[dict[str, str]]]:
    """Give all that `GET /vocabularies` answers, and that a page needs to show labels."""
    return {name: words.as_json() for name, words in vocabularies().items()}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _word(row: Mapping[str, str]) -> Word:
    also = tuple(spelling for spelling in row["also"].split("|") if spelling)
    return Word(code=row["code"], fr=row["fr"], en=row["en"], also=also, group=row.get("group", ""))
