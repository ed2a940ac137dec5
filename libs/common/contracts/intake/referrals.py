"""Facts that intake announces of a referral, from the first word to its end."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, PositiveInt

from common.contracts import Event
from common.contracts.vocabulary import Door, MenteeFacets


class DeclineReason(StrEnum):
    """Why an association does not take a referral."""

    OUT_OF_TERRITORY = "out_of_territory"
    AGE = "age"
    PUBLIC = "public"
    NO_CAPACITY = "no_capacity"
    MODALITY = "modality"
    NOT_MENTORING = "not_mentoring"
    DUPLICATE = "duplicate"
    UNREACHABLE = "unreachable"
    REFUSES = "refuses"


class ReferralEnd(StrEnum):
    """How a referral ends without a completed mentoring."""

    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    ENTERED_IN_ERROR = "entered_in_error"
    TRANSFERRED = "transferred"


class ReferralEvent(Event):
    """What every fact about a referral says."""

    key: ClassVar[str] = "referral_id"

    referral_id: UUID


class ReferralSubmitted(ReferralEvent):
    """Somebody asked for a mentor for a person."""

    subject: ClassVar[str] = "events.intake.referral_submitted.v1"

    mentee_id: UUID
    door: Door
    prescriber_id: UUID | None
    facets: MenteeFacets


class ReferralQualified(ReferralEvent):
    """A referral is complete enough to be offered to an association."""

    subject: ClassVar[str] = "events.intake.referral_qualified.v1"

    mentee_id: UUID


class ReferralOffered(ReferralEvent):
    """An association is asked to serve a referral."""

    subject: ClassVar[str] = "events.intake.referral_offered.v1"

    association_id: UUID
    mentee_id: UUID
    offer_id: UUID
    programme_id: UUID
    # 1 for the first association asked.
    rank: PositiveInt
    answer_due_at: AwareDatetime
    expires_at: AwareDatetime


class ReferralReminded(ReferralEvent):
    """The association asked has not answered yet and was reminded."""

    subject: ClassVar[str] = "events.intake.referral_reminded.v1"

    association_id: UUID
    offer_id: UUID


class ReferralDeclined(ReferralEvent):
    """The association asked does not take the referral."""

    subject: ClassVar[str] = "events.intake.referral_declined.v1"

    association_id: UUID
    mentee_id: UUID
    offer_id: UUID
    reason: DeclineReason


class ReferralOfferExpired(ReferralEvent):
    """The association asked never answered."""

    subject: ClassVar[str] = "events.intake.referral_offer_expired.v1"

    association_id: UUID
    mentee_id: UUID
    offer_id: UUID


class ReferralWaitlisted(ReferralEvent):
    """No offer can serve the referral now; it waits for one."""

    subject: ClassVar[str] = "events.intake.referral_waitlisted.v1"

    mentee_id: UUID


class ReferralNeedAsked(ReferralEvent):
    """The people of a referral on the waiting list are asked whether the need is still there."""

    subject: ClassVar[str] = "events.intake.referral_need_asked.v1"

    mentee_id: UUID
    guardian_id: UUID | None
    prescriber_id: UUID | None
    # The first question was not answered.
    reminder: bool
    # Without an answer by then, the referral is withdrawn.
    answer_by: AwareDatetime


class ReferralAccepted(ReferralEvent):
    """An association takes the referral: the mentee waits for a mentor there."""

    subject: ClassVar[str] = "events.intake.referral_accepted.v1"

    association_id: UUID
    mentee_id: UUID
    offer_id: UUID
    programme_id: UUID
    policy_version: PositiveInt
    facets: MenteeFacets
    # Since when the mentee waits for a mentor, over all offers of this referral.
    waiting_since: AwareDatetime
    guardian_id: UUID | None
    prescriber_id: UUID | None


class ReferralCompleted(ReferralEvent):
    """The mentoring that the referral asked for ended at its term."""

    subject: ClassVar[str] = "events.intake.referral_completed.v1"

    association_id: UUID
    mentee_id: UUID


class ReferralEnded(ReferralEvent):
    """A referral ended without a completed mentoring; nobody looks for a mentor any more."""

    subject: ClassVar[str] = "events.intake.referral_ended.v1"

    mentee_id: UUID
    reason: ReferralEnd
