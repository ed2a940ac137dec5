"""The cast of matching's tests: people of every kind, and a programme to serve them."""

from datetime import UTC, date, datetime
from uuid import UUID

from common.contracts.policy import Check, Constraint, Criterion
from common.contracts.vocabulary import (
    AgeBand,
    Axis,
    Digital,
    Expectation,
    Gender,
    Modality,
    Motivation,
    Public,
    Setting,
    Support,
)
from matching.domain.people import Mentee, Mentor, Terms
from tests.cast import people, rules

NOW = datetime(2026, 9, 14, 8, tzinfo=UTC)
ASSOCIATION, POOLED, STRANGERS, PROGRAMME, OFFER = (UUID(int=number) for number in range(1, 6))
REFERRAL, MENTEE, MENTOR, OTHER_MENTOR, COORDINATOR, GUARDIAN = (
    UUID(int=number) for number in range(11, 17)
)

BREST = people.place("29019", 48.3904, -4.4861)

WEIGHTS = {
    Criterion.SECTOR: 0.2,
    Criterion.FUNCTION: 0.1,
    Criterion.EXPECTATIONS: 0.2,
    Criterion.MOTIVATION: 0.1,
    Criterion.HOBBY: 0.15,
    Criterion.AGE: 0.05,
    Criterion.MOTHER_TONGUE: 0.1,
    Criterion.MODALITY: 0.1,
}


def matching_policy(**changes):
    return rules.matching_policy(
        **{"hard": tuple(Constraint), "weights": WEIGHTS, "age_bands_older": 1} | changes
    )


def policy(**changes):
    usual = {
        "ages": (11, 25),
        "axes": tuple(Axis),
        "modalities": (),
        "screening": {Setting.ADULT: (Check.IDENTITY,)},
        "matching": matching_policy(),
    }
    return rules.policy(**usual | changes)


MENTEE_FACETS = people.mentee_facets(
    age_band=AgeBand.FROM_15,
    gender=Gender.NOT_STATED,
    level="lycee",
    supports=(Support.CONCRETE,),
    sectors=("health", "industry"),
    hobbies=("football",),
    motivation=Motivation.SUCCEED,
    expectations=(Expectation.METHOD,),
    reach_km=20,
    slots=(64, 65),
    digital=Digital.COMPUTER,
    publics=(Public.BURSARY,),
)
MENTOR_FACETS = people.mentor_facets(
    gender=Gender.NOT_STATED,
    settings=tuple(Setting),
    axes=tuple(Axis),
    supports=(Support.CONCRETE,),
    sectors=("health",),
    functions=("nurse",),
    languages=("fr", "ar"),
    hobbies=("football", "chess"),
    motivation=Motivation.TRANSMIT,
    expectations=(Expectation.METHOD,),
    modalities=(Modality.ASSOCIATION, Modality.HOME),
    reach_km=20,
    slots=(65, 66),
    experienced=True,
)
A_MENTEE = Mentee(
    referral_id=REFERRAL,
    mentee_id=MENTEE,
    association_id=ASSOCIATION,
    programme_id=PROGRAMME,
    facets=MENTEE_FACETS,
    waiting_since=NOW,
)
A_MENTOR = Mentor(
    mentor_id=MENTOR,
    association_id=ASSOCIATION,
    facets=MENTOR_FACETS,
    available=True,
    programmes=frozenset({PROGRAMME}),
    trained_for=frozenset({PROGRAMME}),
    screened_until=date(2027, 9, 1),
)
TERMS = Terms(
    programme_id=PROGRAMME,
    policy_version=1,
    policy=policy(),
    associations=frozenset({ASSOCIATION, POOLED}),
    today=NOW.date(),
)
