"""What a programme promises and asks, as data: every constant of the domain lives here."""

from enum import StrEnum
from math import isclose
from typing import Annotated, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from common.contracts import Fact
from common.contracts.vocabulary import Axis, Code, Modality, Setting


class Per(StrEnum):
    WEEK = "week"
    MONTH = "month"


class Signatory(StrEnum):
    """Who signs an agreement."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    GUARDIAN = "guardian"
    ORGANISATION = "organisation"
    CHILD_PROTECTION = "child_protection"


class Check(StrEnum):
    """What is seen of a mentor before the start; that it was seen is kept, never the document."""

    HONOURABILITY = "honourability"
    CRIMINAL_RECORD_3 = "criminal_record_3"
    IDENTITY = "identity"
    DECLARATION = "declaration"


class Objective(StrEnum):
    MOST_SERVED_THEN_FIT = "most_served_then_fit"
    FIT_FIRST = "fit_first"


class Proposer(StrEnum):
    """Who makes a proposal: a coordinator each time, or the policy by itself."""

    COORDINATOR = "coordinator"
    # The first by a coordinator, the next best after a decline or an expiry by the policy.
    POLICY_AFTER_NO = "policy_after_no"
    POLICY = "policy"


class Criterion(StrEnum):
    """The soft criteria of matching; each has a weight in the policy, 0 is off."""

    SECTOR = "sector"
    FUNCTION = "function"
    EXPECTATIONS = "expectations"
    MOTIVATION = "motivation"
    HOBBY = "hobby"
    AGE = "age"
    MOTHER_TONGUE = "mother_tongue"
    MODALITY = "modality"


class Constraint(StrEnum):
    """The hard criteria of matching; a refusal names the one that it broke."""

    GEOGRAPHY = "geography"
    SLOT = "slot"
    CAPACITY = "capacity"
    READINESS = "readiness"
    LANGUAGE = "language"
    AGE = "age"
    AXIS_AND_LEVEL = "axis_and_level"
    EXPERIENCE = "experience"
    SCREENING = "screening"
    EXCLUDED = "excluded"
    ASSOCIATION = "association"


class Meetings(Fact):
    """How often a pair meets at least, and for how long in one period."""

    count: PositiveInt
    per: Per
    minutes: PositiveInt


class CheckIns(Fact):
    """How often a coordinator asks each side how it goes."""

    first_month: NonNegativeInt
    then_every_months: PositiveInt


class Ladder(Fact):
    """What missed periods lead to, in whole periods; silence in periods and a half."""

    nudge: PositiveInt
    task: PositiveInt
    warn: PositiveInt
    silence_periods: Annotated[float, Field(gt=0)]


class Exchange(Fact):
    """Sessions where mentors exchange practice."""

    every_months: PositiveInt
    minutes: PositiveInt
    published_months_ahead: PositiveInt


class WaitingList(Fact):
    confirm_every_months: PositiveInt
    remind_days: PositiveInt
    withdraw_days: PositiveInt


class Retention(Fact):
    unanswered_referral_months: PositiveInt
    case_years: PositiveInt
    agreement_years: PositiveInt
    screening_years_after_leaving: PositiveInt


class PositiveExit(Fact):
    """What counts as a positive exit, and within how many months of the start."""

    kinds: tuple[Code, ...]
    jobs: tuple[Code, ...]
    within_months: PositiveInt


class MatchingPolicy(Fact):
    objective: Objective
    proposer: Proposer
    hard: tuple[Constraint, ...]
    weights: dict[Criterion, Annotated[float, Field(ge=0, le=1)]]
    # Days of waiting after which a mentee is protected first.
    protect_after_days: PositiveInt
    # A mentor must be older than the mentee by so many age bands.
    age_bands_older: NonNegativeInt

    @model_validator(mode="after")
    def weights_sum_to_one(self) -> Self:
        if not isclose(sum(self.weights.values()), 1, abs_tol=1e-9):
            message = "weights must sum to 1"
            raise ValueError(message)
        return self


class TrainingModule(Fact):
    """One step of the path that a mentor takes before the start."""

    code: Code
    title_fr: Annotated[str, Field(max_length=120)]
    title_en: Annotated[str, Field(max_length=120)]
    minutes: PositiveInt


class Policy(Fact):
    """One version of a programme's rules; it is copied into every agreement signed under it."""

    ages: tuple[NonNegativeInt, NonNegativeInt]
    axes: tuple[Axis, ...]
    # Empty: any level.
    levels: tuple[Code, ...]
    settings: tuple[Setting, ...]
    modalities: tuple[Modality, ...]
    min_duration_months: PositiveInt
    recommended_duration_months: PositiveInt
    meetings: Meetings
    first_meeting_within_days: PositiveInt
    agreement_signed_within_days: PositiveInt
    proposal_remind_days: PositiveInt
    proposal_expire_days: PositiveInt
    referral_answer_working_days: PositiveInt
    referral_remind_days: PositiveInt
    referral_expire_days: PositiveInt
    check_ins: CheckIns
    ladder: Ladder
    exchange: Exchange
    meeting_log_due_days: PositiveInt
    quick_break_days: PositiveInt
    early_break_days: PositiveInt
    waiting_list: WaitingList
    mentor_capacity: PositiveInt
    mentor_capacity_max: PositiveInt
    retention: Retention
    # Asked of every pair; a guardian and the child-protection service are added by the setting.
    signatories: tuple[Signatory, ...]
    agreement_template: Code
    screening: dict[Setting, tuple[Check, ...]]
    screening_valid_months: PositiveInt
    training: tuple[TrainingModule, ...]
    positive_exit: PositiveExit
    matching: MatchingPolicy
