"""The cast of the tests of intake: an association, its people, and forms that can be accepted."""

from datetime import UTC, datetime
from uuid import UUID

from common.contracts.vocabulary import AgeBand, Modality
from intake.blueprints import policy_from
from intake.domain.people import Ages
from intake.domain.routing import Shelf, Want
from tests.cast import people

NOW = datetime(2026, 9, 7, 10, 0, tzinfo=UTC)  # a Monday
COLLECTIVE = UUID(int=1)
COORDINATOR = UUID(int=2)
PRESCRIBER = UUID(int=3)
ASSOCIATION = UUID(int=10)
ANOTHER_ASSOCIATION = UUID(int=11)

MARSEILLE = people.place("13055", 43.3, 5.4)

PUPIL = {
    "given_name": "Inès",
    "family_name": "Benali",
    "birth_date": people.PUPIL_BORN.isoformat(),
    "gender": "female",
    "commune": "13055",
    "axis": "education",
    "level": "4e",
    "needs": ["school_work"],
    "modalities": ["association", "home"],
    "reach_km": 20,
    "motivation_text": "Je veux comprendre les maths.",
    "guardian": {
        "given_name": "Samira",
        "family_name": "Benali",
        "email": "samira.benali@example.org",
    },
}
JOB_SEEKER = {
    "given_name": "Karim",
    "family_name": "Diallo",
    "email": "karim@example.org",
    "birth_date": "1998-05-06",
    "commune": "13055",
    "axis": "employment",
    "level": "jobseeker",
    "supports": ["technical"],
    "modalities": ["company"],
    "reach_km": 30,
}
STUDENT_MENTOR = {
    "given_name": "Léa",
    "family_name": "Martin",
    "email": "lea@example.org",
    "birth_date": "2003-01-02",
    "commune": "13055",
    "modalities": ["home", "association"],
    "settings": ["minor"],
}

POLICY = policy_from("afev", {})
FACETS = people.mentee_facets(
    needs=("school_work",),
    modalities=(Modality.ASSOCIATION, Modality.HOME),
    place=MARSEILLE,
    reach_km=20,
)
MENTOR_FACETS = people.mentor_facets(
    age_band=AgeBand.FROM_21,
    modalities=(Modality.HOME,),
    place=MARSEILLE,
    reach_km=20,
)
SHELF = Shelf(
    offer_id=UUID(int=20),
    title="Mentorat à Marseille",
    association_id=ASSOCIATION,
    association_name="AFEV Marseille",
    programme_id=UUID(int=30),
    programme_name="Mentorat",
    policy_version=1,
    policy=POLICY,
    place=MARSEILLE,
    reach_km=15,
    capacity=10,
    taken=0,
    asked=0,
    open=True,
    opened_at=NOW,
)
WANT = Want(facets=FACETS, ages=Ages(youngest=14, oldest=14), minutes_a_month=None)
