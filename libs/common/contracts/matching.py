"""Facts that matching announces: what was proposed, what was answered, which pairs formed."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field, NonNegativeInt, PositiveInt

from common.contracts import Event, Fact
from common.contracts.policy import Constraint, Criterion
from common.contracts.vocabulary import Setting


class ProposalDeclineReason(StrEnum):
    """Why a mentor says no."""

    TOO_FAR = "too_far"
    NO_TIME = "no_time"
    SCHEDULE = "schedule"
    PROFILE = "profile"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    OTHER = "other"


class WithdrawalReason(StrEnum):
    """Why an open proposal is taken back."""

    REFERRAL_ENDED = "referral_ended"
    MENTOR_UNAVAILABLE = "mentor_unavailable"
    SIBLING_ACCEPTED = "sibling_accepted"
    COORDINATOR = "coordinator"
    ERASED = "erased"


class Contribution(Fact):
    """What one criterion adds to a fit: value times weight; a missing value is neutral."""

    criterion: Criterion
    value: Annotated[float, Field(ge=0, le=1)]
    missing: bool
    weight: Annotated[float, Field(ge=0, le=1)]
    contribution: Annotated[float, Field(ge=0, le=1)]
    # Codes that both sides share, to be shown with their label.
    evidence: tuple[str, ...]


class ProposalEvent(Event):
    """What every fact about a proposal says."""

    key: ClassVar[str] = "proposal_id"

    association_id: UUID
    proposal_id: UUID


class ProposalMade(ProposalEvent):
    """A mentor is invited to take on a mentee."""

    subject: ClassVar[str] = "events.matching.proposal_made.v1"

    referral_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    programme_id: UUID
    fit: Annotated[float, Field(ge=0, le=1)]
    contributions: tuple[Contribution, ...]
    remote: bool
    expires_at: AwareDatetime


class ProposalReminded(ProposalEvent):
    """The invited mentor has not answered yet and was reminded."""

    subject: ClassVar[str] = "events.matching.proposal_reminded.v1"

    mentor_id: UUID
    expires_at: AwareDatetime


class ProposalAccepted(ProposalEvent):
    """The invited mentor said yes."""

    subject: ClassVar[str] = "events.matching.proposal_accepted.v1"

    referral_id: UUID
    mentee_id: UUID
    mentor_id: UUID


class ProposalDeclined(ProposalEvent):
    """The invited mentor said no, with a reason; the mentee is back in the pool."""

    subject: ClassVar[str] = "events.matching.proposal_declined.v1"

    referral_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    reason: ProposalDeclineReason


class ProposalExpired(ProposalEvent):
    """The invited mentor never answered; the mentee is back in the pool."""

    subject: ClassVar[str] = "events.matching.proposal_expired.v1"

    referral_id: UUID
    mentee_id: UUID
    mentor_id: UUID


class ProposalWithdrawn(ProposalEvent):
    """An open proposal was taken back."""

    subject: ClassVar[str] = "events.matching.proposal_withdrawn.v1"

    referral_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    reason: WithdrawalReason


class PairFormed(Event):
    """Mentor and mentee are a pair from the mentor's yes on; it has the proposal's id."""

    subject: ClassVar[str] = "events.matching.pair_formed.v1"
    key: ClassVar[str] = "pair_id"

    association_id: UUID
    pair_id: UUID
    referral_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    guardian_id: UUID | None
    programme_id: UUID
    policy_version: PositiveInt
    setting: Setting
    remote: bool
    waiting_since: AwareDatetime
    # The coordinator who proposed, who is not the one to read a report about the pair later;
    # None if the policy proposed.
    proposed_by: UUID | None = None


class NobodyFound(Event):
    """No mentor can take the mentee now; `blocked` counts mentors by what hindered them."""

    subject: ClassVar[str] = "events.matching.nobody_found.v1"
    key: ClassVar[str] = "referral_id"

    association_id: UUID
    referral_id: UUID
    mentee_id: UUID
    blocked: dict[Constraint, NonNegativeInt]


class RunApplied(Event):
    """A coordinator applied a matching run, which leaves a receipt."""

    subject: ClassVar[str] = "events.matching.run_applied.v1"
    key: ClassVar[str] = "run_id"

    association_id: UUID
    run_id: UUID
    inputs_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    waiting: NonNegativeInt
    proposed: NonNegativeInt
    stale: NonNegativeInt
