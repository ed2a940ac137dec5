"""What other services announce to matching, in the tests: one of each, ready to be changed."""

from datetime import date, timedelta
from uuid import UUID

from common.contracts.followup.pairs import CloseReason, PairClosed, PairReopened, Side
from common.contracts.intake.associations import AssociationRegistered, ProgrammePublished
from common.contracts.intake.mentors import MentorApproved, MentorLeft, MentorPaused, MentorResumed
from common.contracts.intake.people import PersonErased
from common.contracts.intake.referrals import (
    ReferralAccepted,
    ReferralCompleted,
    ReferralEnd,
    ReferralEnded,
)
from common.contracts.training import MentorReady
from tests.cast.people import PARIS
from tests.cast.story import Story
from tests.matching.cast import (
    ASSOCIATION,
    GUARDIAN,
    MENTEE,
    MENTEE_FACETS,
    MENTOR,
    MENTOR_FACETS,
    NOW,
    OFFER,
    PROGRAMME,
    REFERRAL,
    matching_policy,
    policy,
)

WAITING_SINCE = NOW - timedelta(days=10)

STORY = Story(
    at=NOW,
    association_id=ASSOCIATION,
    programme_id=PROGRAMME,
    offer_id=OFFER,
    referral_id=REFERRAL,
    mentee_id=MENTEE,
    mentor_id=MENTOR,
)
REGISTERED = STORY.tell(AssociationRegistered, name="Binôme en ville", place=PARIS, pooled_with=())
PUBLISHED = STORY.tell(ProgrammePublished, name="Mentorat", template="mentoru", policy=policy())
ACCEPTED = STORY.tell(
    ReferralAccepted,
    version=4,
    policy_version=1,
    facets=MENTEE_FACETS,
    waiting_since=WAITING_SINCE,
    guardian_id=GUARDIAN,
    prescriber_id=None,
)
APPROVED = STORY.tell(
    MentorApproved,
    version=3,
    programme_ids=(PROGRAMME,),
    facets=MENTOR_FACETS,
    screened_until=date(2027, 9, 1),
)
READY = STORY.tell(MentorReady, readiness_id=UUID(int=500 + MENTOR.int), minutes=120)
PAUSED = STORY.tell(MentorPaused, version=5, suspended=False)
RESUMED = STORY.tell(MentorResumed, version=6)
LEFT = STORY.tell(MentorLeft, version=7)
ENDED = STORY.tell(ReferralEnded, version=5, reason=ReferralEnd.WITHDRAWN)
COMPLETED = STORY.tell(ReferralCompleted, version=6)
ERASED = STORY.tell(PersonErased, association_id=None, version=2, person_id=MENTEE)


def published(proposer):
    return PUBLISHED.model_copy(
        update={"policy": policy(matching=matching_policy(proposer=proposer))}
    )


def approved(mentor_id, **facets):
    """Approve another mentor, and complete their training."""
    changed = {"mentor_id": mentor_id, "facets": MENTOR_FACETS.model_copy(update=facets)}
    ready = {"mentor_id": mentor_id, "readiness_id": UUID(int=500 + mentor_id.int)}
    return APPROVED.model_copy(update=changed), READY.model_copy(update=ready)


def accepted(number, **facets):
    """Accept the referral of another mentee."""
    return ACCEPTED.model_copy(
        update={
            "referral_id": UUID(int=1000 + number),
            "mentee_id": UUID(int=2000 + number),
            "guardian_id": None,
            "facets": MENTEE_FACETS.model_copy(update=facets),
        }
    )


def closed(pair_id, *, at=NOW, **changes):
    usual = {
        "version": 9,
        "reason": CloseReason.SCHEDULE,
        "by": Side.MENTOR,
        "lasted_days": 40,
        "before_term": True,
        "rematch_mentee": True,
        "rematch_mentor": True,
    }
    return STORY.tell(PairClosed, occurred_at=at, pair_id=pair_id, **usual | changes)


def reopened(pair_id, version, *, at=NOW):
    return STORY.tell(PairReopened, occurred_at=at, version=version, pair_id=pair_id)
