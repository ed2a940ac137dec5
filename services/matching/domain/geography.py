"""How far two communes are apart, and where a pair could meet."""

from collections.abc import Collection
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from common.contracts.vocabulary import Digital, Modality, Place

EARTH_RADIUS_KM = 6371.0088

Floats: TypeAlias = NDArray[np.float64]


def distances_km(here: Place, latitudes: Floats, longitudes: Floats) -> Floats:
    """Measure great circles from one centroid to many, to the metre (haversine)."""
    latitude, longitude = np.radians(here.latitude), np.radians(here.longitude)
    latitudes, longitudes = np.radians(latitudes), np.radians(longitudes)
    half_chord = (
        np.sin((latitudes - latitude) / 2) ** 2
        + np.cos(latitude) * np.cos(latitudes) * np.sin((longitudes - longitude) / 2) ** 2
    )
    arc: Floats = 2 * np.arcsin(np.sqrt(np.minimum(half_chord, 1.0)))
    return np.round(EARTH_RADIUS_KM * arc, 3)


def distance_km(here: Place, there: Place) -> float:
    """Measure one great circle, by the very arithmetic that measures a pool."""
    return float(distances_km(here, np.array([there.latitude]), np.array([there.longitude])).item())


def offered(modalities: Collection[Modality], digital: Digital | None = None) -> set[Modality]:
    """Return where a side would meet: anywhere in person if it gave nothing.

    Remote is accepted or it is not, never assumed; and nobody meets at a distance with nothing.
    """
    given = set(modalities) or set(Modality) - {Modality.REMOTE}
    return given - {Modality.REMOTE} if digital is Digital.NONE else given
