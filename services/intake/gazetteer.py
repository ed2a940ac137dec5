"""The communes as they lie in the file: read once, looked up by code, name and postcode.

A commune is held as its line, a hundred bytes, and cut only when somebody asks for it;
each index is made the first time that it is needed. What is in the file, and how good it is,
stands in data/README.md.
"""

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from intake.spelling import plain

VINTAGE = "2026"  # communes of 1 January 2026, municipal population of the census of 2023
RURAL_BELOW = 2_000  # inhabitants: the threshold that INSEE used until its grid of 2020
CITIES = frozenset({"75056", "69123", "13055"})  # those whose arrondissements have postcodes

_DATA = Path(__file__).parent / "data"
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_OVER = re.compile(r"(?<![^\W\d_])(s{1,2})\s?/", re.IGNORECASE)  # Villeneuve s/ Lot
_CEDEX = re.compile(r"\bcedex(?: \d{1,2}\b)?")


@dataclass(frozen=True, slots=True)
class Commune:
    code: str
    name: str
    department: str
    postcodes: tuple[str, ...]
    population: int
    latitude: float
    longitude: float
    exact: bool

    @property
    def rural(self) -> bool:
        """Tell whether it has fewer inhabitants than INSEE's former threshold of towns."""
        return self.population < RURAL_BELOW


def name_key(text: str) -> str:
    """Spell a name in the one way in which names are compared."""
    spoken = _OVER.sub(lambda found: " sous " if len(found[1]) > 1 else " sur ", text)
    words = (_SHORT.get(word, word) for word in plain(spoken).split())
    return " ".join(_CEDEX.sub(" ", " ".join(words)).split())


@cache
def lines() -> dict[str, str]:
    """Hold each commune as its line: a hundred bytes, cut only when somebody asks for it."""
    return {line[:5]: line for line in _rows("communes.csv.gz")}


@cache
def absorbed() -> dict[str, str]:
    rows = (line.split(",") for line in _rows("former_communes.csv.gz"))
    return {code: commune for code, _, commune in rows if code not in lines()}


def _rows(file: str) -> list[str]:
    return gzip.decompress((_DATA / file).read_bytes()).decode().splitlines()[1:]


def commune_at(code: str) -> Commune:
    _, name, department, postcodes, population, latitude, longitude, precision = lines()[
        code
    ].split(",")
    return Commune(
        code=code,
        name=name,
        department=department,
        postcodes=tuple(postcodes.split()),
        population=int(population),
        latitude=float(latitude),
        longitude=float(longitude),
        exact=precision != "approximate",
    )


def largest_first(codes: Iterable[str]) -> tuple[Commune, ...]:
    communes = (commune_at(code) for code in set(codes))
    return tuple(sorted(communes, key=lambda c: (-c.population, c.code)))


@cache
def by_name() -> Mapping[str, tuple[str, ...]]:
    return _grouped((name_key(line.split(",", 2)[1]), code) for code, line in lines().items())


@cache
def by_former_name() -> Mapping[str, tuple[str, ...]]:
    rows = (line.split(",") for line in _rows("former_communes.csv.gz"))
    return _grouped((name_key(name), commune) for _, name, commune in rows if name)


@cache
def by_postcode() -> Mapping[str, tuple[str, ...]]:
    cut = ((line.split(",", 4)[3], code) for code, line in lines().items())
    return _grouped(
        (postcode, code)
        for postcodes, code in cut
        if code not in CITIES
        for postcode in postcodes.split()
    )


@cache
def names_by_size() -> list[tuple[str, str]]:
    keys = ((key, code) for key, codes in by_name().items() for code in codes)
    return sorted(keys, key=lambda pair: (-int(lines()[pair[1]].split(",", 5)[4]), pair))


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for key, code in pairs:
        groups[key].append(code)
    return {key: tuple(codes) for key, codes in groups.items()}
