"""What a cell says: a date, a phone, a yes, words of a list, however they were typed."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import TypeAlias

from common.contracts.vocabulary import AgeBand
from intake import territories
from intake.domain.people import BANDS
from intake.imports.hours import NotHours, hours_of
from intake.spelling import plain
from intake.vocabularies import UnknownWord, vocabulary

Value: TypeAlias = str | int | bool | tuple[str, ...] | tuple[int, ...] | None
Reading: TypeAlias = Callable[[str], Value]


class CellProblem(Exception):
    """A cell cannot be understood; the code says why, and a list says what could be written."""

    def __init__(self, code: str, words: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


# A date of a spreadsheet is a number of days since this one.
FIRST_DAY = date(1899, 12, 30)
LAST_SERIAL = 73_050  # in the year 2100
MONTHS = ["jan", "fev", "mar", "avr", "mai", "juin", "juil", "aou", "sep", "oct", "nov", "dec"]
ENGLISH_MONTHS = {"feb": 2, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8}
OLDEST_BAND = frozenset(("31 ans et plus", "31 et plus", "plus de 30 ans", "plus de 30"))
YES = frozenset(["oui", "o", "x", "yes", "y", "vrai", "true", "1", "ok", "v", "coche"])
NO = frozenset(["non", "n", "no", "faux", "false", "0"])

_FRENCH = re.compile(r"^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4}|\d{2})$")
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$")
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_IN_WORDS = re.compile(r"^(?:[a-z]+ )?(\d{1,2})(?:er)? ([a-z]+) (\d{4}|\d{2})$")
# The days since 1899 as which a spreadsheet keeps a date: 10,000 of them are in 1927.
_SERIAL = re.compile(r"^\d{5}$")
_WITHOUT_ZERO = re.compile(r"^\d{9}$")
_WITHOUT_PLUS = re.compile(r"^33\d{9}$")
_LIST = re.compile(r"[,;/|\n]")
_NUMBER = re.compile(r"^(\d{1,6})(?:[.,]0+)?\s*([^\W\d_]*)\.?$")
_BAND = re.compile(r"^(\d{1,2})\D+(\d{1,2})\D*$")


def read_date(text: str, *, on: date) -> str:
    """Read a date as people and spreadsheets write it; the day comes before the month."""
    written = _TIME.sub("", text.strip())
    try:
        if found := _ISO.match(written):
            year, month, day = map(int, found.groups())
        elif found := _FRENCH.match(written):
            day, month, year = int(found[1]), int(found[2]), full_year(found[3], on)
        elif _SERIAL.match(written) and int(written) <= LAST_SERIAL:
            return (FIRST_DAY + timedelta(days=int(written))).isoformat()
        else:
            day, month, year = in_words(written, on)
        return date(year, month, day).isoformat()
    except ValueError:
        raise CellProblem("not_a_date") from None


def full_year(year: str, on: date) -> int:
    """Take two digits for the latest such year that is not to come."""
    if len(year) > len("12"):
        return int(year)
    century = on.year - on.year % 100
    return century + int(year) - (100 if int(year) > on.year % 100 else 0)


def in_words(written: str, on: date) -> tuple[int, int, int]:
    found = _IN_WORDS.match(plain(written))
    if found is None:
        raise ValueError
    name = found[2]
    months = [number for number, start in enumerate(MONTHS, 1) if name.startswith(start)]
    month = months[0] if months else ENGLISH_MONTHS.get(name[:3])
    if month is None:
        raise ValueError
    return int(found[1]), month, full_year(found[3], on)


def read_phone(text: str) -> str:
    """Give back what a spreadsheet takes from a phone number: its zero, or its plus."""
    digits = re.sub(r"\D", "", text)
    if text.strip().startswith("+") or digits.startswith("0"):
        return text.strip().replace("\u00a0", " ").replace("\u202f", " ").replace("/", " ")
    if _WITHOUT_ZERO.match(digits):
        return f"0{digits}"
    return f"+{digits}" if _WITHOUT_PLUS.match(digits) else text.strip()


def read_number(text: str, *, units: Mapping[str, int]) -> int:
    """Read a number, alone or with a unit in which this is counted."""
    found = _NUMBER.match(text.strip())
    one = units.get(plain(found[2])) if found and found[2] else 1
    if found is None or one is None:
        raise CellProblem("not_a_number")
    return int(found[1]) * one


def read_yes(text: str) -> bool:
    """Read a yes or a no; a mark in the cell is a yes, as in a paper form."""
    word = plain(text)
    if word in YES or text.strip() in {"✓", "✔", "☑"}:
        return True
    if word in NO:
        return False
    raise CellProblem("not_yes_or_no")


def read_text(text: str) -> str:
    return text


def read_word(text: str, *, words: str) -> str:
    return resolved(text, words)


@lru_cache(maxsize=20_000)
def resolved(text: str, words: str) -> str:
    try:
        return vocabulary(words).resolve(text)
    except UnknownWord:
        raise CellProblem("unknown_word", words) from None


def read_words(text: str, *, words: str) -> tuple[str, ...]:
    """Read one word or several; a label may itself hold a comma."""
    try:
        return (resolved(text, words),)
    except CellProblem:
        parts = [each.strip() for each in _LIST.split(text)]
        return tuple(dict.fromkeys(resolved(each, words) for each in parts if each))


def read_hours(text: str) -> tuple[int, ...]:
    try:
        return hours_of(text)
    except NotHours:
        raise CellProblem("not_hours") from None


def read_age_band(text: str) -> str:
    """Read an age, or the ages between which somebody is."""
    found = _BAND.match(text.strip())
    if plain(text) in OLDEST_BAND or text.replace(" ", "") == AgeBand.FROM_31:
        return AgeBand.FROM_31.value
    first, last = (int(found[1]), int(found[2])) if found else (read_number(text, units=YEARS),) * 2
    bands = [band for band, (youngest, oldest) in BANDS.items() if youngest <= first <= oldest]
    if not bands or last > BANDS[bands[0]][1]:
        raise CellProblem("not_an_age_band")
    return bands[0].value


@lru_cache(maxsize=20_000)
def insee_of(name: str, number: str, *, reading: territories.Reading) -> str:
    """Find the commune that a name, a number or both mean."""
    text = f"{name} {number}" if name and number else name or number
    return territories.resolve(text, reading=reading).code


def read_commune(cells: Sequence[str]) -> str:
    """Read the name of a town, a postcode and an INSEE code, whichever are given."""
    name, postcode, insee = cells
    if insee:
        return insee_of("", insee, reading=territories.Reading.INSEE)
    if name and postcode and postcode in name:
        postcode = ""
    alone = territories.Reading.POSTCODE if not name else territories.Reading.ANY
    return insee_of(name, postcode, reading=alone)


def split_name(text: str) -> tuple[str, str]:
    """Part a full name into first and family name: by the capitals, or not at all."""
    words = text.split()
    family = [each for each in words if each.isupper() and len(each) > 1]
    given = [each for each in words if each not in family]
    if not family or not given:
        raise CellProblem("which_name")
    return " ".join(given), " ".join(family)


WORDS: dict[str, str] = {
    "level": "levels",
    "axis": "axis",
    "gender": "gender",
    "digital": "digital",
    "mother_tongue": "languages",
}
LISTS: dict[str, str] = {
    "supports": "support",
    "sectors": "sectors",
    "functions": "functions",
    "languages": "languages",
    "hobbies": "hobbies",
    "expectations": "expectation",
    "modalities": "modality",
    "needs": "needs",
    "publics": "public",
    "levels": "levels",
    "axes": "axis",
    "settings": "setting",
}
YEARS = dict.fromkeys(("an", "ans", "year", "years", "yo"), 1)
TIME = dict.fromkeys(("min", "mins", "mn", "minute", "minutes"), 1) | dict.fromkeys(
    ("h", "heure", "heures", "hour", "hours"), 60
)
# In which units a number may be given, and how many of ours each of them is.
NUMBERS: dict[str, Mapping[str, int]] = {
    "reach_km": dict.fromkeys(("km", "kms", "kilometre", "kilometres", "kilometers"), 1),
    "reach_minutes": TIME,
    "minutes_a_month": TIME,
    "capacity": dict.fromkeys(("jeune", "jeunes", "mentore", "mentores", "mentee", "mentees"), 1),
}
MARKS = ("priority_district", "experience_wanted", "experienced")


def readings(on: date) -> dict[str, Reading]:
    """Say how each field is read that stands in one cell."""
    return {
        **{field: partial(read_word, words=words) for field, words in WORDS.items()},
        **{field: partial(read_words, words=words) for field, words in LISTS.items()},
        **{field: partial(read_number, units=units) for field, units in NUMBERS.items()},
        **dict.fromkeys(MARKS, read_yes),
        **dict.fromkeys(("phone", "guardian.phone"), read_phone),
        "birth_date": partial(read_date, on=on),
        "age": read_age_band,
        "age_band": read_age_band,
        "slots": read_hours,
    }
