"""What the portal says, in French and in English: one catalogue, and how dates are written."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from common.calendar import WHERE_PEOPLE_LIVE, day_of

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
# A vocabulary of intake: codes to labels, by list and language.
Labels: TypeAlias = Mapping[str, Mapping[str, Mapping[str, str]]]

NARROW = re.compile(" (?=[;!?])")
WIDE = re.compile(" (?=[:»])|(?<=«) ")
_LOCALES = Path(__file__).parent / "locales"


class MissingWords(KeyError):
    """A page asked for words that the catalogue does not have."""


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Read all words of a language; a key is the file, then the path inside: `home.title`."""
    read: dict[str, str] = {}
    for path in sorted((_LOCALES / language).glob("*.toml")):
        read.update(_flat(path.stem, tomllib.loads(path.read_text(encoding="utf-8"))))
    return {key: spaced(told) for key, told in read.items()} if language == "fr" else read


def spaced(french: str) -> str:
    """Keep a sign on the line of its word: what French sets before it is no place to break.

    Narrow before ; ! and ?, as wide as any other before : and within «…» (Lexique des règles
    typographiques en usage à l'Imprimerie nationale).
    """
    return WIDE.sub("\u00a0", NARROW.sub("\u202f", french))


def _flat(prefix: str, node: Mapping[str, Any]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in node.items():
        if isinstance(value, dict):
            flat.update(_flat(f"{prefix}.{name}", value))
        else:
            flat[f"{prefix}.{name}"] = value
    return flat


@dataclass(frozen=True)
class Words:
    """The words of one reader."""

    language: Language
    labels: Labels = field(default_factory=dict)

    def __call__(self, key: str, **values: object) -> str:
        """Say the words of a key, with values in their places."""
        told = catalogue(self.language).get(key)
        if told is None:
            raise MissingWords(key)
        return told.format(**values) if values else told

    def count(self, key: str, number: int) -> str:
        """Say a number of things; zero is singular in French and plural in English."""
        singular = number in ((0, 1) if self.language == "fr" else (1,))
        return self(f"{key}.{'one' if singular else 'other'}", number=number)

    def number(self, given: float, form: str = "") -> str:
        """Write a number with the decimal mark of the language: 0,9 in French."""
        return format(given, form).replace(".", self("why.decimal"))

    def has(self, key: str) -> bool:
        return key in catalogue(self.language)

    def label(self, group: str, code: object) -> str:
        """Say a code: our own word for it, then intake's vocabulary, then the code itself."""
        ours = catalogue(self.language).get(f"codes.{group}.{code}")
        if ours is not None:
            return ours
        return self.labels.get(group, {}).get(str(code), {}).get(self.language, str(code))

    def choices(self, group: str) -> list[tuple[str, str]]:
        """List the codes and words of a group, as a form offers them."""
        prefix = f"codes.{group}."
        ours = [
            (key.removeprefix(prefix), told)
            for key, told in catalogue(self.language).items()
            if key.startswith(prefix)
        ]
        if ours:
            return ours
        return [(code, said[self.language]) for code, said in self.labels.get(group, {}).items()]

    def day(self, given: str | date | None) -> str:
        """Write a day, or the day of a moment where people live: samedi 21 novembre 2026."""
        if given is None:
            return ""
        day = day_written(given) if isinstance(given, str) else given
        if isinstance(day, datetime):
            day = day_of(day)
        month = self(f"dates.months.m{day.month}")
        weekday = self(f"dates.days.d{day.weekday()}")
        return self("dates.day", weekday=weekday, day=day.day, month=month, year=day.year)

    def moment(self, given: str | datetime | None) -> str:
        """Write a moment as clocks show it in France."""
        if given is None:
            return ""
        at = datetime.fromisoformat(given) if isinstance(given, str) else given
        there = at.astimezone(WHERE_PEOPLE_LIVE)
        return self("dates.moment", day=self.day(there.date()), time=f"{there:%H:%M}")

    def weekday(self, number: int) -> str:
        return self(f"dates.days.d{number}")

    def hour_of_week(self, hour: int) -> str:
        weekday = self.weekday(hour // 24)
        return self("dates.hour", weekday=weekday, hour=hour % 24)


def day_written(given: str) -> date:
    """Read a day, or a moment, as services write them."""
    is_day = len(given) == len("2026-11-21")
    return date.fromisoformat(given) if is_day else datetime.fromisoformat(given)


def language_named(given: str | None) -> Language | None:
    return given if given in LANGUAGES else None
