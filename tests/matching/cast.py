"""The cast of matching's tests: people of every kind, and a programme to serve them."""

from datetime import UTC, date, datetime
from uuid import UUID

from common.contracts.policy import (
    Check,
    CheckIns,
    Constraint,
    Criterion,
    Exchange,
    Ladder,
    MatchingPolicy,
    Meetings,
    Objective,
    Per,
    Policy,
    PositiveExit,
    Proposer,
    Retention,
    Signatory,
    WaitingList,
)
from common.contracts.vocabulary import (
    AgeBand,
    Axis,
    Digital,
    Expectation,
    Gender,
    MenteeFacets,
    MentorFacets,
    Modality,
    Motivation,
    Place,
    Public,
    Setting,
    Support,
)
from matching.domain.people import Mentee, Mentor, Terms

NOW = datetime(2026, 9, 14, 8, tzinfo=UTC)
ASSOCIATION, POOLED, STRANGERS, PROGRAMME, OFFER = (UUID(int=number) for number in range(1, 6))
REFERRAL, MENTEE, MENTOR, OTHER_MENTOR, COORDINATOR, GUARDIAN = (
    UUID(int=number) for number in range(11, 17)
)

PARIS = Place(
    commune="75056",
    department="75",
    latitude=48.8566,
    longitude=2.3522,
    rural=False,
    priority_district=None,
)
BREST = Place(
    commune="29019",
    department="29",
    latitude=48.3904,
    longitude=-4.4861,
    rural=False,
    priority_district=None,
)

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
    rules = {
        "objective": Objective.MOST_SERVED_THEN_FIT,
        "proposer": Proposer.COORDINATOR,
        "hard": tuple(Constraint),
        "weights": WEIGHTS,
        "protect_after_days": 60,
        "age_bands_older": 1,
    }
    return MatchingPolicy(**(rules | changes))


def policy(*, matching=None, **changes):
    rules = {
        "ages": (11, 25),
        "axes": tuple(Axis),
        "levels": (),
        "settings": tuple(Setting),
        "modalities": (),
        "min_duration_months": 6,
        "recommended_duration_months": 12,
        "meetings": Meetings(count=2, per=Per.MONTH, minutes=60),
        "first_meeting_within_days": 14,
        "agreement_signed_within_days": 14,
        "proposal_remind_days": 3,
        "proposal_expire_days": 7,
        "referral_answer_working_days": 2,
        "referral_remind_days": 10,
        "referral_expire_days": 30,
        "check_ins": CheckIns(first_month=2, then_every_months=1),
        "ladder": Ladder(nudge=1, task=2, warn=3, silence_periods=1.5),
        "exchange": Exchange(every_months=2, minutes=90, published_months_ahead=6),
        "meeting_log_due_days": 1,
        "quick_break_days": 30,
        "early_break_days": 90,
        "waiting_list": WaitingList(confirm_every_months=4, remind_days=7, withdraw_days=14),
        "mentor_capacity": 1,
        "mentor_capacity_max": 3,
        "retention": Retention(
            unanswered_referral_months=6,
            case_years=2,
            agreement_years=5,
            screening_years_after_leaving=1,
        ),
        "signatories": (Signatory.MENTOR, Signatory.MENTEE),
        "agreement_template": "mentoru",
        "screening": {Setting.ADULT: (Check.IDENTITY,)},
        "screening_valid_months": 12,
        "training": (),
        "positive_exit": PositiveExit(kinds=("job",), jobs=("job",), within_months=12),
        "matching": matching or matching_policy(),
    }
    return Policy(**(rules | changes))


MENTEE_FACETS = MenteeFacets(
    age_band=AgeBand.FROM_15,
    gender=Gender.NOT_STATED,
    setting=Setting.MINOR,
    axis=Axis.EDUCATION,
    level="lycee",
    needs=(),
    supports=(Support.CONCRETE,),
    sectors=("health", "industry"),
    functions=(),
    languages=("fr",),
    mother_tongue=None,
    hobbies=("football",),
    motivation=Motivation.SUCCEED,
    expectations=(Expectation.METHOD,),
    modalities=(Modality.ASSOCIATION,),
    place=PARIS,
    reach_km=20,
    slots=(64, 65),
    digital=Digital.COMPUTER,
    publics=(Public.BURSARY,),
    experience_wanted=False,
)
MENTOR_FACETS = MentorFacets(
    age_band=AgeBand.FROM_26,
    gender=Gender.NOT_STATED,
    settings=tuple(Setting),
    axes=tuple(Axis),
    levels=(),
    supports=(Support.CONCRETE,),
    sectors=("health",),
    functions=("nurse",),
    languages=("fr", "ar"),
    mother_tongue=None,
    hobbies=("football", "chess"),
    motivation=Motivation.TRANSMIT,
    expectations=(Expectation.METHOD,),
    modalities=(Modality.ASSOCIATION, Modality.HOME),
    place=PARIS,
    reach_km=20,
    slots=(65, 66),
    capacity=1,
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
