"""The six associations of the collective: one for each way of mentoring, and one in the country."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# How a programme of that kind ends well, and how often.
SCHOOL = {"next_class": 0.58, "orientation": 0.2, "back_to_school": 0.06, "unknown": 0.16}
WORK = {
    "stable_job": 0.12,
    "job": 0.14,
    "internship": 0.12,
    "qualifying_training": 0.26,
    "back_to_school": 0.06,
    "none": 0.2,
    "unknown": 0.1,
}
BOTH = {"next_class": 0.3, "orientation": 0.24, "internship": 0.18, "job": 0.08, "unknown": 0.2}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class House:
    """What an association is like before it meets anybody."""

    key: str
    name: str
    template: str
    programme: str
    commune: str
    # Its part of the collective's mentors and referrals.
    share: float
    # How many places it offers for each referral that is brought to it.
    room: float
    mentee_ages: tuple[int, int]
    mentor_ages: tuple[int, int]
    axes: Mapping[str, float]
    modalities: Sequence[str]
    outcomes: Mapping[str, float]
    reach_km: int = 30
    # Without a circle its people live anywhere.
    circle_km: float | None = 14
    partners: tuple[str, str]
    overrides: Mapping[str, Any] = field(default_factory=dict)


HOUSES: tuple[House, ...] = (
    House(
        key="afev",
        name="Étudiants solidaires du Rhône",
        template="afev",
        programme="Mentorat étudiant",
        commune="69266",
        share=0.18,
        room=0.95,
        mentee_ages=(6, 18),
        mentor_ages=(21, 26),
        axes={"education": 1.0},
        modalities=("home", "school", "association"),
        outcomes=SCHOOL,
        partners=("Collège Jean-Macé", "École primaire des Gratte-Ciel"),
    ),
    House(
        key="mentoru",
        name="Parrains pour l'emploi du Nord",
        template="mentoru",
        programme="Parrainage de chercheurs d'emploi",
        commune="59350",
        share=0.2,
        room=0.85,
        mentee_ages=(20, 56),
        mentor_ages=(32, 66),
        axes={"employment": 1.0},
        modalities=("company", "association"),
        outcomes=WORK,
        partners=("Mission locale de Lille", "Maison de l'emploi de Roubaix"),
    ),
    House(
        key="clavim",
        name="Espace jeunes d'Issy",
        template="clavim",
        programme="Mentorat par convention",
        commune="92040",
        share=0.14,
        room=1.1,
        mentee_ages=(16, 25),
        mentor_ages=(31, 62),
        axes={"education": 0.7, "employment": 0.3},
        modalities=("association", "remote"),
        outcomes=BOTH,
        circle_km=6,
        partners=("Lycée Eugène-Ionesco", "Point information jeunesse"),
    ),
    House(
        key="un_jeune_un_mentor",
        name="Un mentor à Toulouse",
        template="un_jeune_un_mentor",
        programme="1 jeune, 1 mentor",
        commune="31555",
        share=0.2,
        room=1.0,
        mentee_ages=(11, 25),
        mentor_ages=(26, 64),
        axes={"education": 0.8, "employment": 0.2},
        modalities=("association", "school", "home", "company"),
        outcomes=BOTH,
        partners=("Collège Bellefontaine", "Mission locale de Toulouse"),
    ),
    House(
        key="remote",
        name="Mentors à distance",
        template="remote",
        programme="Mentorat à distance",
        commune="44109",
        share=0.16,
        room=1.3,
        mentee_ages=(13, 25),
        mentor_ages=(31, 67),
        axes={"education": 0.75, "employment": 0.25},
        modalities=("remote",),
        outcomes=BOTH,
        circle_km=None,
        partners=("Lycée agricole de Vire", "Mission locale du Léon"),
    ),
    House(
        key="rural",
        name="Mentorat du Haut Cantal",
        template="un_jeune_un_mentor",
        programme="Jeunes en campagne",
        commune="15014",
        share=0.12,
        room=0.8,
        mentee_ages=(11, 22),
        mentor_ages=(26, 70),
        axes={"education": 0.85, "employment": 0.15},
        modalities=("school", "home", "association", "remote"),
        outcomes=BOTH,
        reach_km=60,
        circle_km=40,
        partners=("Collège La Jordanne", "Mission locale d'Aurillac"),
        overrides={"modalities": ["school", "home", "association", "remote"]},
    ),
)
