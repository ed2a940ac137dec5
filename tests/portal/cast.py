"""The cast of the portal's tests."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from common.contracts.followup.first_meeting import FirstMeetingPlanned
from common.contracts.intake.referrals import ReferralSubmitted
from common.contracts.matching import PairFormed
from common.contracts.vocabulary import Door, Modality, Setting
from tests.cast import people
from tests.cast.story import Story

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
ASSOCIATION = UUID("00000000-0000-7000-8000-00000000a550")
EMAIL = "camille.durand@exemple.fr"
MENTEE, GUARDIAN, MENTOR, SCHOOL = (UUID(int=each) for each in range(1, 5))
REFERRAL, PAIR = UUID(int=10), UUID(int=11)
STORY = Story(
    at=NOW,
    association_id=ASSOCIATION,
    referral_id=REFERRAL,
    pair_id=PAIR,
    mentee_id=MENTEE,
    guardian_id=GUARDIAN,
    mentor_id=MENTOR,
)
PAIR_FORMED = STORY.tell(
    PairFormed,
    programme_id=uuid4(),
    policy_version=1,
    setting=Setting.MINOR,
    remote=False,
    waiting_since=NOW,
)
SUBMITTED = STORY.tell(
    ReferralSubmitted, door=Door.PRESCRIBER, prescriber_id=SCHOOL, facets=people.MENTEE
)
PLANNED = STORY.tell(FirstMeetingPlanned, at=NOW, modality=Modality.ASSOCIATION)
