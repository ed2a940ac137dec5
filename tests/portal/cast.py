"""The cast of the portal's tests."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from common.contracts.followup.first_meeting import FirstMeetingPlanned
from common.contracts.intake.referrals import ReferralSubmitted
from common.contracts.matching import PairFormed
from common.contracts.vocabulary import (
    AgeBand,
    Axis,
    Digital,
    Door,
    Gender,
    MenteeFacets,
    Modality,
    Place,
    Setting,
)

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
ASSOCIATION = UUID("00000000-0000-7000-8000-00000000a550")
EMAIL = "camille.durand@exemple.fr"
MENTEE, GUARDIAN, MENTOR, SCHOOL = (UUID(int=each) for each in range(1, 5))
REFERRAL, PAIR = UUID(int=10), UUID(int=11)
FACTS: dict[str, Any] = {"occurred_at": NOW, "association_id": ASSOCIATION, "version": 1}
FACETS = MenteeFacets(
    age_band=AgeBand.FROM_15,
    gender=Gender.NOT_STATED,
    setting=Setting.MINOR,
    axis=Axis.EDUCATION,
    level="2nde_gt",
    needs=(),
    supports=(),
    sectors=(),
    functions=(),
    languages=("fr",),
    mother_tongue=None,
    hobbies=(),
    motivation=None,
    expectations=(),
    modalities=(Modality.REMOTE,),
    place=Place(
        commune="63113",
        department="63",
        latitude=45.8,
        longitude=3.1,
        rural=False,
        priority_district=None,
    ),
    reach_km=10,
    slots=(),
    digital=Digital.PHONE,
    publics=(),
    experience_wanted=False,
)
PAIR_FORMED = PairFormed(
    **FACTS,
    pair_id=PAIR,
    referral_id=REFERRAL,
    mentee_id=MENTEE,
    mentor_id=MENTOR,
    guardian_id=GUARDIAN,
    programme_id=uuid4(),
    policy_version=1,
    setting=Setting.MINOR,
    remote=False,
    waiting_since=NOW,
)
SUBMITTED = ReferralSubmitted(
    **FACTS,
    referral_id=REFERRAL,
    mentee_id=MENTEE,
    door=Door.PRESCRIBER,
    prescriber_id=SCHOOL,
    facets=FACETS,
)
PLANNED = FirstMeetingPlanned(**FACTS, pair_id=PAIR, at=NOW, modality=Modality.ASSOCIATION)
