"""The communes themselves, and the names and codes that they had before."""

import json
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from scripts.territories.packages import DIVISIONS, npm
from scripts.territories.point import Point

CURRENT = {"commune-actuelle", "arrondissement-municipal"}
FORMER = {"commune-deleguee", "commune-associee"}
COLUMNS = (
    "code",
    "name",
    "department",
    "postcodes",
    "population",
    "latitude",
    "longitude",
    "precision",
)
FORMER_COLUMNS = ("code", "name", "commune")


def read_divisions(folder: Path) -> list[dict[str, Any]]:
    with tarfile.open(npm(DIVISIONS, folder)) as archive:
        file = archive.extractfile("package/data/communes.json")
        if file is None:
            raise FileNotFoundError("package/data/communes.json")
        communes: list[dict[str, Any]] = json.load(file)
    return communes


def is_inhabited(commune: dict[str, Any]) -> bool:
    """Leave out the five austral districts and Clipperton: no address, and no population known."""
    return bool(commune.get("codesPostaux")) and (
        "population" in commune or commune["zone"] != "com"
    )


def row(commune: dict[str, Any], point: Point) -> tuple[str, ...]:
    return (
        commune["code"],
        commune["nom"],
        commune["departement"],
        " ".join(sorted(commune["codesPostaux"])),
        str(commune.get("population", 0)),
        f"{point.latitude:.4f}",
        f"{point.longitude:.4f}",
        point.precision,
    )


def former_rows(divisions: Iterable[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Names and codes that people still write, and the commune that they are part of now.

    A delegated commune may bear the code of the commune it belongs to: its name alone is former.
    """
    rows = set()
    for commune in divisions:
        if commune["type"] in FORMER:
            rows.add((commune["code"], commune["nom"], commune["chefLieu"]))
    named = {code for code, _, _ in rows}
    for commune in divisions:
        if commune["type"] in CURRENT:
            old = set(commune.get("anciensCodes", ())) - named
            rows.update((code, "", commune["code"]) for code in old)
    yield from sorted(rows)
