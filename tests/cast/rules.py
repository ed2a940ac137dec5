"""The rules of a programme like any other: each test says only what it wants otherwise."""

from typing import Any

from common.contracts.policy import MatchingPolicy, Policy

MATCHING = {
    "objective": "most_served_then_fit",
    "proposer": "coordinator",
    "hard": ("geography",),
    "weights": {"sector": 1.0},
    "protect_after_days": 60,
    "age_bands_older": 0,
}
RULES = {
    "ages": (11, 30),
    "axes": ("education",),
    "levels": (),
    "settings": ("adult", "minor", "child_protection"),
    "modalities": ("association", "remote"),
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
    "waiting_list": {"confirm_every_months": 4, "remind_days": 7, "withdraw_days": 14},
    "mentor_capacity": 1,
    "mentor_capacity_max": 3,
    "retention": {
        "unanswered_referral_months": 6,
        "case_years": 2,
        "agreement_years": 5,
        "screening_years_after_leaving": 1,
    },
    "signatories": ("mentor", "mentee"),
    "agreement_template": "mentoru",
    "screening": {
        "adult": ("identity",),
        "minor": ("criminal_record_3",),
        "child_protection": ("honourability",),
    },
    "screening_valid_months": 12,
    "training": (),
    "positive_exit": {"kinds": ("job",), "jobs": ("job",), "within_months": 12},
    "matching": MATCHING,
}


def policy(**changes: Any) -> Policy:
    return Policy.model_validate(RULES | changes)


def matching_policy(**changes: Any) -> MatchingPolicy:
    return MatchingPolicy.model_validate(MATCHING | changes)
