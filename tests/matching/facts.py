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
from tests.matching.cast import (
    ASSOCIATION,
    GUARDIAN,
    MENTEE,
    MENTEE_FACETS,
    MENTOR,
    MENTOR_FACETS,
    NOW,
    OFFER,
    PARIS,
    PROGRAMME,
    REFERRAL,
    matching_policy,
    policy,
)

WAITING_SINCE = NOW - timedelta(days=10)

REGISTERED = AssociationRegistered(
    occurred_at=NOW,
    association_id=ASSOCIATION,
    version=1,
    name="Binôme en ville",
    place=PARIS,
    pooled_with=(),
)
PUBLISHED = ProgrammePublished(
    occurred_at=NOW,
    association_id=ASSOCIATION,
    version=1,
    programme_id=PROGRAMME,
    name="Mentorat",
    template="mentoru",
    policy=policy(),
)
ACCEPTED = ReferralAccepted(
    occurred_at=NOW,
    association_id=ASSOCIATION,
    version=4,
    referral_id=REFERRAL,
    mentee_id=MENTEE,
    offer_id=OFFER,
    programme_id=PROGRAMME,
    policy_version=1,
    facets=MENTEE_FACETS,
    waiting_since=WAITING_SINCE,
    guardian_id=GUARDIAN,
    prescriber_id=None,
)
APPROVED = MentorApproved(
    occurred_at=NOW,
    association_id=ASSOCIATION,
    version=3,
    mentor_id=MENTOR,
    programme_ids=(PROGRAMME,),
    facets=MENTOR_FACETS,
    screened_until=date(2027, 9, 1),
)
READY = MentorReady(
    occurred_at=NOW,
    association_id=ASSOCIATION,
    version=1,
    readiness_id=UUID(int=500 + MENTOR.int),
    mentor_id=MENTOR,
    programme_id=PROGRAMME,
    minutes=120,
)
PAUSED = MentorPaused(
    occurred_at=NOW, association_id=ASSOCIATION, version=5, mentor_id=MENTOR, suspended=False
)
RESUMED = MentorResumed(occurred_at=NOW, association_id=ASSOCIATION, version=6, mentor_id=MENTOR)
LEFT = MentorLeft(occurred_at=NOW, association_id=ASSOCIATION, version=7, mentor_id=MENTOR)
ENDED = ReferralEnded(
    occurred_at=NOW,
    association_id=ASSOCIATION,
    version=5,
    referral_id=REFERRAL,
    mentee_id=MENTEE,
    reason=ReferralEnd.WITHDRAWN,
)
COMPLETED = ReferralCompleted(
    occurred_at=NOW,
    association_id=ASSOCIATION,
    version=6,
    referral_id=REFERRAL,
    mentee_id=MENTEE,
)
ERASED = PersonErased(occurred_at=NOW, association_id=None, version=2, person_id=MENTEE)


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
    rows = {
        "occurred_at": at,
        "association_id": ASSOCIATION,
        "version": 9,
        "pair_id": pair_id,
        "referral_id": REFERRAL,
        "mentee_id": MENTEE,
        "mentor_id": MENTOR,
        "reason": CloseReason.SCHEDULE,
        "by": Side.MENTOR,
        "lasted_days": 40,
        "before_term": True,
        "rematch_mentee": True,
        "rematch_mentor": True,
    }
    return PairClosed(**(rows | changes))


def reopened(pair_id, version):
    return PairReopened(
        occurred_at=NOW,
        association_id=ASSOCIATION,
        version=version,
        pair_id=pair_id,
        referral_id=REFERRAL,
        mentee_id=MENTEE,
        mentor_id=MENTOR,
    )
