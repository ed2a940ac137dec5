"""How far apart two places are."""

from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from common.contracts.vocabulary import Place

EARTH_KM = 6371.0


def kilometres(one: Place, other: Place) -> int:
    """Measure as the crow flies, in whole kilometres."""
    return great_circle(one.latitude, one.longitude, other.latitude, other.longitude)


@lru_cache(maxsize=100_000)
def great_circle(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> int:
    north, south = radians(latitude), radians(to_latitude)
    half_chord = (
        sin((south - north) / 2) ** 2
        + cos(north) * cos(south) * sin(radians(to_longitude - longitude) / 2) ** 2
    )
    return round(2 * EARTH_KM * asin(sqrt(min(1.0, half_chord))))
