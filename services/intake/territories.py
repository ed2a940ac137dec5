"""Where people live: the communes of France by INSEE code.

A place is known by its INSEE code. People write a name, a postcode or both, and a spreadsheet
eats their zeros, so `resolve` reads all of that, and never guesses: what can mean two communes
is answered by the list of them. Half of the postcodes are also the INSEE code of another commune
(13001 is a postcode of Marseille and the code of Aix-en-Provence): who knows which of the two
a column holds says so.

Paris, Lyon and Marseille are one commune each (75056) and the arrondissements (75112) are
territories too: a name alone means the city; a postcode or "12e" means the arrondissement.
What is in the data, and how good it is, stands in data/README.md.
"""

import re
from collections.abc import Callable
from enum import StrEnum

from common.errors import Invalid
from intake.gazetteer import (
    CITIES,
    VINTAGE,
    Commune,
    absorbed,
    by_former_name,
    by_name,
    by_postcode,
    commune_at,
    largest_first,
    lines,
    name_key,
    names_by_size,
)
from intake.spelling import LONGEST, plain

__all__ = [
    "VINTAGE",
    "AmbiguousCommune",
    "Commune",
    "Reading",
    "UnknownCommune",
    "at_postcode",
    "find",
    "resolve",
    "search",
]

MARSEILLE_13 = "marseille 13"  # the 13th, or the city and its department: nobody can tell
SHOWN = 5  # candidates named in a refusal


class UnknownCommune(Invalid):
    """No commune of France has this code, postcode or name."""

    fr = "Aucune commune de France n'a ce code, ce code postal ou ce nom."


class AmbiguousCommune(Invalid):
    """Several communes answer to this: add the postcode, or the INSEE code."""

    fr = "Plusieurs communes y répondent : ajoutez le code postal ou le code INSEE."

    def __init__(self, field: str, candidates: tuple[Commune, ...]) -> None:
        named = ", ".join(f"{c.name} ({c.code})" for c in candidates[:SHOWN])
        more = ", …" if len(candidates) > SHOWN else ""
        super().__init__(
            field,
            fr=f"Plusieurs communes y répondent, précisez laquelle : {named}{more}.",
            en=f"Several communes answer to this, say which: {named}{more}.",
        )
        self.candidates = candidates


class Reading(StrEnum):
    """What a number is taken for when it stands alone."""

    ANY = "any"
    INSEE = "insee"
    POSTCODE = "postcode"


def find(code: str, *, field: str = "commune") -> Commune:
    """Give the commune of an INSEE code; a code that was absorbed gives the commune of today."""
    found = code if code in lines() else absorbed().get(code)
    if found is None:
        raise UnknownCommune(field)
    return commune_at(found)


def at_postcode(postcode: str) -> tuple[Commune, ...]:
    """List who has a postcode, the largest first; arrondissements stand for their city."""
    return largest_first(by_postcode().get(_with_zero(plain(postcode[:LONGEST])), ()))


def resolve(text: str, *, reading: Reading = Reading.ANY, field: str = "commune") -> Commune:
    """Read what a person wrote: a code, a postcode, a name, or a name and one of the two."""
    candidates = _candidates(text, reading) if len(text) <= LONGEST else ()
    if not candidates:
        raise UnknownCommune(field)
    if len(candidates) > 1:
        raise AmbiguousCommune(field, candidates)
    return candidates[0]


def search(text: str, limit: int = 10) -> tuple[Commune, ...]:
    """Suggest communes while someone types: same name, then same beginning, then a word inside."""
    wanted = name_key(text) if len(text) <= LONGEST else ""
    if not wanted or limit < 1:
        return ()
    if wanted.isdigit():
        return _starting_with(wanted)[:limit]
    return tuple(commune_at(code) for code in _named_like(wanted)[:limit])


# --- reading what was written --------------------------------------------------------------------

_DECIMALS = re.compile(r"^\s*(\d{4,5})[.,]0+\s*$")  # a number that a spreadsheet made of a code
_NUMBER = re.compile(r"^(?:\d{2,5}|2[ab]\d{3}|2[ab])$")
_ORDINAL = re.compile(
    r"^(?P<city>paris|lyon|marseille) (?P<nth>\d{1,2}) ?(?:er|e|eme|ieme|nd|ere)?"
    r"(?: arr(?:ondissement|t|dt)?| ardt)?$"
)
_BEFORE_FIRST = {"paris": 75100, "lyon": 69380, "marseille": 13200}


def _candidates(text: str, reading: Reading) -> tuple[Commune, ...]:
    words, number = _split(name_key(_DECIMALS.sub(r"\1", text)))
    if words and number:
        return _named_with_number(words, number)
    if number:
        return _numbered(_with_zero(number), reading)
    return _named(words)


def _split(key: str) -> tuple[str, str]:
    """Part the name from a code, a postcode or a department, whichever side it is written on."""
    words = key.split()
    for at in (-1, 0):
        if words and _NUMBER.match(words[at]) and not _arrondissement(key):
            number = words.pop(at)
            return " ".join(words), number.upper()
    return key, ""


def _arrondissement(key: str) -> str | None:
    ordinal = _ORDINAL.match(key)
    if ordinal is None:
        return None
    code = str(_BEFORE_FIRST[ordinal["city"]] + int(ordinal["nth"]))
    return code if code in lines() else None


def _with_zero(number: str) -> str:
    """Give back the zero that a spreadsheet takes from 01000."""
    return number.zfill(5) if number.isdigit() and len(number) == len("1000") else number


def _numbered(number: str, reading: Reading) -> tuple[Commune, ...]:
    codes: set[str] = set()
    if reading is not Reading.POSTCODE:
        codes.update({number} & lines().keys() or {absorbed().get(number, "")} - {""})
    if reading is not Reading.INSEE:
        codes.update(by_postcode().get(number, ()))
    return largest_first(codes)


def _named(words: str) -> tuple[Commune, ...]:
    arrondissement = _arrondissement(words)
    if words == MARSEILLE_13:
        return largest_first({"13055", "13213"})
    if arrondissement:
        return largest_first({arrondissement})
    return largest_first(by_name().get(words) or by_former_name().get(words, ()))


def _named_with_number(words: str, number: str) -> tuple[Commune, ...]:
    """Keep the communes of that name that the number confirms, from the surest way to the least."""
    full = _with_zero(number)
    named = _named(words)
    former = largest_first(by_former_name().get(words, ()))
    for communes in (named, former):
        for confirms in _CONFIRMATIONS:
            kept = tuple(c for c in communes if confirms(c, full))
            if kept:
                return _narrowed(kept, full)
    return ()


def _has_code(commune: Commune, number: str) -> bool:
    return commune.code in {number, absorbed().get(number)}


def _has_postcode(commune: Commune, number: str) -> bool:
    return number in commune.postcodes


def _in_department(commune: Commune, number: str) -> bool:
    """Accept a department alone, and the postcode of a company: no commune is listed with it."""
    listed = number in by_postcode() or number in lines()
    corsican = commune.department in {"2A", "2B"}
    return number == commune.department or (
        not listed and number.startswith("20" if corsican else commune.department)
    )


_CONFIRMATIONS: tuple[Callable[[Commune, str], bool], ...] = (
    _has_code,
    _has_postcode,
    _in_department,
)


def _narrowed(communes: tuple[Commune, ...], postcode: str) -> tuple[Commune, ...]:
    """Go from Paris 75012 to the arrondissement, which says more than the city."""
    [code, *others] = (c.code for c in communes)
    if others or code not in CITIES:
        return communes
    return largest_first(by_postcode().get(postcode, ())) or communes


# --- searching -----------------------------------------------------------------------------------


def _starting_with(digits: str) -> tuple[Commune, ...]:
    codes = [code for code in lines() if code.startswith(digits)]
    for postcode, here in by_postcode().items():
        if postcode.startswith(digits):
            codes.extend(here)
    return largest_first(codes)


def _named_like(wanted: str) -> list[str]:
    """Order by how well the name answers, and the largest first among equals."""
    same, begins, inside = [], [], []
    for key, code in names_by_size():
        if key == wanted:
            same.append(code)
        elif key.startswith(wanted):
            begins.append(code)
        elif f" {wanted}" in key:
            inside.append(code)
    return same + begins + inside
