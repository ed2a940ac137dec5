"""The best point that is known of every commune, in the order that the data's README tells."""

from pathlib import Path
from typing import Any

from scripts.territories.contours import read_town_halls
from scripts.territories.places import read_places, read_postal_places
from scripts.territories.point import Point, plain

# Islands whose name is not the name of a town: the town that stands for them.
CHIEF_TOWN = {
    "97501": "Miquelon",
    "97701": "Gustavia",
    "97801": "Marigot",
    "98613": "Mata-Utu",
    "98714": "Vaitape",
    "98719": "Rikitea",
    "98720": "Otepa",
    "98722": "Hitiaa",
    "98723": "Atuona",
    "98724": "Fare",
    "98729": "Afareaitu",
    "98731": "Taiohae",
    "98740": "Avatoru",
    "98744": "Moerai",
    "98747": "Afaahiti",
    "98748": "Vairao",
    "98753": "Mataura",
    "98754": "Tevaitoa",
}


def locate(communes: list[dict[str, Any]], folder: Path) -> dict[str, Point]:
    """Give every commune the best point known, in the order that the data's README tells."""
    points = read_town_halls(folder)
    for source in (read_places(folder), read_postal_places(folder)):
        for commune in communes:
            town = CHIEF_TOWN.get(commune["code"], commune["nom"])
            found = source.get((commune["departement"], plain(town)))
            found = found or source.get((commune["departement"], commune["codesPostaux"][0]))
            if found and commune["code"] not in points:
                points[commune["code"]] = found
    for commune in communes:
        if commune["code"] not in points:
            points[commune["code"]] = nearest_known(commune, communes, points)
    return points


def nearest_known(
    commune: dict[str, Any], communes: list[dict[str, Any]], points: dict[str, Point]
) -> Point:
    """Borrow from the largest commune of the same postcode, or arrondissement, or department."""
    located = sorted(
        (c for c in communes if c["code"] in points and c["departement"] == commune["departement"]),
        key=lambda c: -c.get("population", 0),
    )
    kin = [c for c in located if set(c["codesPostaux"]) & set(commune["codesPostaux"])]
    kin += [c for c in located if c.get("arrondissement") == commune.get("arrondissement")]
    point = points[(kin or located)[0]["code"]]
    return point._replace(precision="approximate")
