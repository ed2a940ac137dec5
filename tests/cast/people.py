"""People who ask for little: each test says only what matters to it, by changing their facets."""

from datetime import UTC, date, datetime
from typing import Any

from common.contracts.vocabulary import (
    AgeBand,
    Axis,
    Digital,
    Gender,
    MenteeFacets,
    MentorFacets,
    Modality,
    Place,
    Setting,
)


def place(commune: str, latitude: float, longitude: float) -> Place:
    return Place(
        commune=commune,
        department=commune[:2],
        latitude=latitude,
        longitude=longitude,
        rural=False,
        priority_district=None,
    )


THIS_YEAR = datetime.now(UTC).year
# Thirteen or fourteen years ago, whenever this is played.
PUPIL_BORN = date(THIS_YEAR - 14, 3, 4)

PARIS = place("75056", 48.8566, 2.3522)
# What mentees and mentors are both asked.
FACETS: dict[str, Any] = {
    "gender": Gender.FEMALE,
    "supports": (),
    "sectors": (),
    "functions": (),
    "languages": ("fr",),
    "mother_tongue": None,
    "hobbies": (),
    "motivation": None,
    "expectations": (),
    "modalities": (Modality.ASSOCIATION,),
    "place": PARIS,
    "reach_km": 10,
    "slots": (),
}
MENTEE = MenteeFacets(
    **FACETS,
    age_band=AgeBand.FROM_11,
    setting=Setting.MINOR,
    axis=Axis.EDUCATION,
    level="4e",
    needs=(),
    digital=Digital.PHONE,
    publics=(),
    experience_wanted=False,
)
MENTOR = MentorFacets(
    **FACETS,
    age_band=AgeBand.FROM_26,
    settings=(Setting.MINOR,),
    axes=(Axis.EDUCATION,),
    levels=(),
    capacity=1,
    experienced=False,
)


def mentee_facets(**changes: Any) -> MenteeFacets:
    return MenteeFacets(**dict(MENTEE) | changes)


def mentor_facets(**changes: Any) -> MentorFacets:
    return MentorFacets(**dict(MENTOR) | changes)
