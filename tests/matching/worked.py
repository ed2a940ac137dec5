"""The people of the worked example in docs/matching.md: three who wait, and three mentors."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from common.contracts.policy import Criterion
from common.contracts.vocabulary import Modality, Motivation
from tests.cast.people import PARIS
from tests.matching import cast
from tests.matching.cast import A_MENTEE, A_MENTOR, BREST, NOW, TERMS

VERSAILLES = PARIS.model_copy(update={"latitude": 48.8049, "longitude": 2.1204})
WEIGHTS = {Criterion.SECTOR: 0.5, Criterion.HOBBY: 0.3, Criterion.MOTIVATION: 0.2}
IN_PERSON = (Modality.ASSOCIATION,)
REMOTE_TOO = (Modality.ASSOCIATION, Modality.REMOTE)
# Wednesday from 16:00 to 17:00, and Thursday.
WEDNESDAY, THURSDAY = 64, 88


def terms(**rules):
    matching = cast.matching_policy(weights=WEIGHTS, **rules)
    return replace(TERMS, policy=cast.policy(matching=matching))


def mentee(number, waited, **facets):
    return replace(
        A_MENTEE,
        referral_id=UUID(int=number),
        mentee_id=UUID(int=100 + number),
        waiting_since=NOW - timedelta(days=waited),
        facets=A_MENTEE.facets.model_copy(update={"modalities": IN_PERSON, **facets}),
    )


def mentor(number, **facets):
    return replace(
        A_MENTOR,
        mentor_id=UUID(int=number),
        facets=A_MENTOR.facets.model_copy(update={"modalities": IN_PERSON, **facets}),
    )


EVENINGS = (WEDNESDAY, THURSDAY)
WAITING = {
    "Aya": mentee(
        1,
        10,
        slots=EVENINGS,
        sectors=("health", "industry"),
        hobbies=("football",),
        motivation=Motivation.SUCCEED,
    ),
    "Ben": mentee(
        2,
        70,
        slots=EVENINGS,
        place=VERSAILLES,
        reach_km=10,
        modalities=REMOTE_TOO,
        sectors=("law",),
        hobbies=(),
        motivation=Motivation.LEARN,
    ),
    "Chloé": mentee(
        3,
        5,
        slots=(WEDNESDAY,),
        sectors=("health",),
        hobbies=("chess",),
        motivation=Motivation.CHOOSE_PATH,
    ),
}
MENTORS = {
    "Omar": mentor(
        11,
        slots=(WEDNESDAY,),
        sectors=("health",),
        hobbies=("chess", "football"),
        motivation=Motivation.GIVE_BACK,
    ),
    "Paula": mentor(
        12,
        slots=(THURSDAY,),
        modalities=REMOTE_TOO,
        sectors=("law",),
        hobbies=("chess",),
        motivation=Motivation.TRANSMIT,
    ),
    "Rita": mentor(
        13,
        slots=EVENINGS,
        place=BREST,
        modalities=(Modality.REMOTE,),
        sectors=("law",),
        hobbies=("football",),
        motivation=None,
    ),
}
