"""The cast of training's tests: one association, one programme, a mentor, and their events."""

from datetime import UTC, datetime
from uuid import UUID

from common.contracts.intake.associations import AssociationRegistered, ProgrammePublished
from common.contracts.intake.mentors import MentorApproved
from common.contracts.policy import Policy
from common.contracts.vocabulary import (
    AgeBand,
    Axis,
    Gender,
    MentorFacets,
    Modality,
    Place,
    Setting,
)

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
ASSOCIATION, ANOTHER_ASSOCIATION = UUID(int=1), UUID(int=2)
PROGRAMME = UUID(int=11)
MENTOR, ANOTHER_MENTOR, COORDINATOR = UUID(int=21), UUID(int=22), UUID(int=23)
SESSION, SIGN_UP = UUID(int=31), UUID(int=41)

POSTURE = {"code": "posture", "title_fr": "Rôle et posture", "title_en": "Role", "minutes": 120}
LIMITS = {"code": "limits", "title_fr": "Limites", "title_en": "Limits", "minutes": 60}

PLACE = Place(
    commune="93066",
    department="93",
    latitude=48.9,
    longitude=2.3,
    rural=False,
    priority_district=None,
)

POLICY = Policy.model_validate(
    {
        "ages": (11, 30),
        "axes": ["education"],
        "levels": [],
        "settings": ["minor"],
        "modalities": ["association", "remote"],
        "min_duration_months": 6,
        "recommended_duration_months": 12,
        "meetings": {"count": 2, "per": "month", "minutes": 60},
        "first_meeting_within_days": 14,
        "agreement_signed_within_days": 14,
        "proposal_remind_days": 3,
        "proposal_expire_days": 7,
        "referral_answer_working_days": 2,
        "referral_remind_days": 10,
        "referral_expire_days": 30,
        "check_ins": {"first_month": 2, "then_every_months": 1},
        "ladder": {"nudge": 1, "task": 2, "warn": 3, "silence_periods": 1.5},
        "exchange": {"every_months": 2, "minutes": 90, "published_months_ahead": 6},
        "meeting_log_due_days": 1,
        "quick_break_days": 30,
        "early_break_days": 90,
        "waiting_list": {
            "confirm_every_months": 4,
            "remind_days": 7,
            "withdraw_days": 14,
        },
        "mentor_capacity": 1,
        "mentor_capacity_max": 3,
        "retention": {
            "unanswered_referral_months": 6,
            "case_years": 2,
            "agreement_years": 5,
            "screening_years_after_leaving": 1,
        },
        "signatories": ["mentor", "mentee"],
        "agreement_template": "mentoru",
        "screening": {"minor": ["criminal_record_3"]},
        "screening_valid_months": 12,
        "training": [POSTURE, LIMITS],
        "positive_exit": {"kinds": ["job"], "jobs": ["job"], "within_months": 12},
        "matching": {
            "objective": "most_served_then_fit",
            "proposer": "coordinator",
            "hard": ["geography"],
            "weights": {"sector": 1.0},
            "protect_after_days": 60,
            "age_bands_older": 0,
        },
    }
)

ASSOCIATION_REGISTERED = AssociationRegistered(
    occurred_at=NOW,
    association_id=ASSOCIATION,
    version=1,
    name="Binômes de Seine",
    place=PLACE,
    pooled_with=(),
)

PUBLISHED = ProgrammePublished(
    occurred_at=NOW,
    association_id=ASSOCIATION,
    version=1,
    programme_id=PROGRAMME,
    name="Collège",
    template="mentoru",
    policy=POLICY,
)

APPROVED = MentorApproved(
    occurred_at=NOW,
    association_id=ASSOCIATION,
    version=2,
    mentor_id=MENTOR,
    programme_ids=(PROGRAMME,),
    screened_until=None,
    facets=MentorFacets(
        age_band=AgeBand.FROM_26,
        gender=Gender.FEMALE,
        settings=(Setting.MINOR,),
        axes=(Axis.EDUCATION,),
        levels=(),
        supports=(),
        sectors=(),
        functions=(),
        languages=("fr",),
        mother_tongue=None,
        hobbies=(),
        motivation=None,
        expectations=(),
        modalities=(Modality.REMOTE,),
        place=PLACE,
        reach_km=10,
        slots=(),
        capacity=1,
        experienced=False,
    ),
)


def policy_with(*modules: dict[str, object]) -> Policy:
    return Policy.model_validate(POLICY.model_dump() | {"training": list(modules)})
