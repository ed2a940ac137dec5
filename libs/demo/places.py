"""Where people live: the communes of France, as often as they have inhabitants."""

import csv
import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from math import cos, hypot, radians
from pathlib import Path
from random import Random
from typing import TypeAlias

# The data file alone: the service that owns it is not imported.
COMMUNES = Path(__file__).parents[2] / "services" / "intake" / "data" / "communes.csv.gz"
KM_A_DEGREE = 111.2
RURAL_UNDER = 2_000

Weigh: TypeAlias = "Callable[[Commune], float]"


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune with its centre."""

    code: str
    department: str
    population: int
    latitude: float
    longitude: float

    @property
    def rural(self) -> bool:
        return self.population < RURAL_UNDER


@dataclass(frozen=True, slots=True)
class Area:
    """Communes to live in, and how many inhabitants they have up to each."""

    communes: Sequence[Commune]
    cumulated: Sequence[float]

    def home(self, source: Random) -> Commune:
        [commune] = source.choices(self.communes, cum_weights=self.cumulated)
        return commune


@cache
def communes() -> dict[str, Commune]:
    with gzip.open(COMMUNES, "rt", encoding="utf-8", newline="") as file:
        read = [read_commune(row) for row in csv.DictReader(file)]
    return {each.code: each for each in read if each.population}


def read_commune(row: dict[str, str]) -> Commune:
    return Commune(
        code=row["code"],
        department=row["department"],
        population=int(row["population"] or 0),
        latitude=float(row["latitude"] or 0),
        longitude=float(row["longitude"] or 0),
    )


def inhabitants(commune: Commune) -> float:
    return commune.population


def country_first(commune: Commune) -> float:
    """Count villages four times: those whom remote mentoring is made for."""
    return commune.population * (4 if commune.rural else 1)


def around(code: str, km: float, weigh: Weigh = inhabitants) -> Area:
    """Take the communes within so many kilometres of one of them."""
    centre = communes()[code]
    return area([each for each in communes().values() if apart(centre, each) <= km], weigh)


def everywhere(weigh: Weigh = inhabitants) -> Area:
    """Take mainland France and Corsica, where one calls each other at the same hours."""
    return area([each for each in communes().values() if len(each.department) == len("2A")], weigh)


def area(found: Sequence[Commune], weigh: Weigh) -> Area:
    return Area(found, list(accumulate(weigh(each) for each in found)))


def apart(one: Commune, other: Commune) -> float:
    """Measure well enough for a neighbourhood."""
    north = one.latitude - other.latitude
    east = (one.longitude - other.longitude) * cos(radians(one.latitude))
    return KM_A_DEGREE * hypot(north, east)
