"""A proposal from the invitation to the answer: one yes makes a pair, and every no has a reason."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypedDict
from uuid import UUID

from common.contracts import Event
from common.contracts.matching import (
    Contribution,
    PairFormed,
    ProposalAccepted,
    ProposalDeclined,
    ProposalDeclineReason,
    ProposalExpired,
    ProposalMade,
    ProposalReminded,
    ProposalWithdrawn,
    WithdrawalReason,
)
from common.contracts.vocabulary import Setting
from matching.domain.judgement import Verdict
from matching.domain.people import Mentee, Mentor, Terms
from matching.domain.refusals import (
    CannotBeMatched,
    MentorUnavailable,
    NotTheInvitedMentor,
    NotWaiting,
    ProposalClosed,
)


class Status(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class ProposedBy(StrEnum):
    COORDINATOR = "coordinator"
    POLICY = "policy"
    RUN = "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An invitation to one mentor to take on one mentee, open until it expires."""

    id: UUID
    association_id: UUID
    referral_id: UUID
    # Nobody: erased, and kept as a statistic.
    mentee_id: UUID | None
    mentor_id: UUID | None
    programme_id: UUID
    policy_version: int
    proposed_by: ProposedBy
    # Who made it, or applied the run; nobody: the policy's idea, or erased.
    proposer_id: UUID | None
    fit: float
    contributions: tuple[Contribution, ...]
    remote: bool
    made_at: datetime
    remind_at: datetime
    expires_at: datetime
    reminded: bool = False
    status: Status = Status.OPEN
    answered_at: datetime | None = None
    reason: ProposalDeclineReason | WithdrawalReason | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What is settled about an invitation before it is made: its id, whose idea, and when."""

    id: UUID
    by: ProposedBy
    at: datetime
    # Nobody: the policy's idea.
    proposer_id: UUID | None = None


def propose(
    mentee: Mentee, verdict: Verdict, terms: Terms, invitation: Invitation
) -> tuple[Proposal, ProposalMade]:
    """Invite a mentor, if no rule stands in the way."""
    if not verdict.feasible:
        raise CannotBeMatched(verdict.blocking)
    days = terms.policy
    proposal = Proposal(
        id=invitation.id,
        association_id=mentee.association_id,
        referral_id=mentee.referral_id,
        mentee_id=mentee.mentee_id,
        mentor_id=verdict.mentor_id,
        programme_id=terms.programme_id,
        policy_version=terms.policy_version,
        proposed_by=invitation.by,
        proposer_id=invitation.proposer_id,
        fit=verdict.fit,
        contributions=verdict.contributions,
        remote=verdict.remote,
        made_at=invitation.at,
        remind_at=invitation.at + timedelta(days=days.proposal_remind_days),
        expires_at=invitation.at + timedelta(days=days.proposal_expire_days),
    )
    return proposal, made(proposal)


def made(proposal: Proposal) -> ProposalMade:
    return ProposalMade(
        **envelope(proposal, proposal.made_at),
        **persons(proposal),
        programme_id=proposal.programme_id,
        fit=proposal.fit,
        contributions=proposal.contributions,
        remote=proposal.remote,
        expires_at=proposal.expires_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What must still be true at the yes, which may come days after the invitation."""

    # Who waits, unless the referral ended meanwhile or was erased.
    mentee: Mentee | None
    mentor_available: bool
    # Places beside the mentor's live pairs; open proposals do not count here.
    free_places: int


def standing(mentee: Mentee | None, mentor: Mentor | None, terms: Terms, live: int) -> Standing:
    """Say what is true of both sides now, given the mentor's live pairs."""
    most = min(mentor.facets.capacity, terms.policy.mentor_capacity_max) if mentor else 0
    return Standing(
        mentee=mentee,
        mentor_available=mentor is not None and mentor.available,
        free_places=most - live,
    )


def accept(
    proposal: Proposal, standing: Standing, *, by: UUID, at: datetime
) -> tuple[Proposal, list[Event]]:
    """Answer yes, which makes mentor and mentee a pair."""
    require_answerable(proposal, by=by, at=at)
    if standing.mentee is None:
        raise NotWaiting(proposal.referral_id)
    if not standing.mentor_available or standing.free_places < 1:
        raise MentorUnavailable(proposal.id)
    # The pair has the proposal's id, so its first version follows the proposal's last.
    accepted = closed(proposal, Status.ACCEPTED, at)
    formed = replace(accepted, version=accepted.version + 1)
    return formed, [
        ProposalAccepted(**envelope(accepted, at), **persons(accepted)),
        pair_formed(formed, standing.mentee, at),
    ]


def pair_formed(proposal: Proposal, mentee: Mentee, at: datetime) -> PairFormed:
    return PairFormed(
        **persons(proposal),
        occurred_at=at,
        association_id=proposal.association_id,
        version=proposal.version,
        pair_id=proposal.id,
        # Whoever named a parent when they asked for an adult gives them no part in the pair.
        guardian_id=None if mentee.facets.setting is Setting.ADULT else mentee.guardian_id,
        programme_id=proposal.programme_id,
        policy_version=proposal.policy_version,
        setting=mentee.facets.setting,
        remote=proposal.remote,
        waiting_since=mentee.waiting_since,
        proposed_by=proposal.proposer_id,
    )


def decline(
    proposal: Proposal, reason: ProposalDeclineReason, *, by: UUID, at: datetime
) -> tuple[Proposal, ProposalDeclined]:
    """Answer no, with a reason; this mentor is not proposed to this mentee again."""
    require_answerable(proposal, by=by, at=at)
    declined = replace(closed(proposal, Status.DECLINED, at), reason=reason)
    event = ProposalDeclined(**envelope(declined, at), **persons(declined), reason=reason)
    return declined, event


def remind(proposal: Proposal, *, at: datetime) -> tuple[Proposal, ProposalReminded]:
    """Say once more to a mentor that somebody waits for their answer."""
    require_open(proposal)
    reminded = replace(proposal, reminded=True, version=proposal.version + 1)
    mentor_id = persons(reminded)["mentor_id"]
    event = ProposalReminded(
        **envelope(reminded, at), mentor_id=mentor_id, expires_at=reminded.expires_at
    )
    return reminded, event


def expire(proposal: Proposal, *, at: datetime) -> tuple[Proposal, ProposalExpired]:
    """Close a proposal that was never answered."""
    require_open(proposal)
    if at < proposal.expires_at:
        raise ProposalClosed(proposal.id)
    expired = closed(proposal, Status.EXPIRED, at)
    return expired, ProposalExpired(**envelope(expired, at), **persons(expired))


def withdraw(
    proposal: Proposal, reason: WithdrawalReason, *, at: datetime
) -> tuple[Proposal, ProposalWithdrawn]:
    """Take an open proposal back."""
    require_open(proposal)
    withdrawn = replace(closed(proposal, Status.WITHDRAWN, at), reason=reason)
    event = ProposalWithdrawn(**envelope(withdrawn, at), **persons(withdrawn), reason=reason)
    return withdrawn, event


def siblings(accepted: Proposal, open_ones: list[Proposal], *, free_places: int) -> list[Proposal]:
    """Choose what a yes closes: what else is open for this mentee, and what the mentor outgrew.

    Of the mentor's other invitations the oldest keep their place.
    """
    mine = [each for each in open_ones if each.mentee_id == accepted.mentee_id]
    theirs = [each for each in open_ones if each.mentee_id != accepted.mentee_id]
    theirs.sort(key=lambda each: (each.made_at, each.id))
    return mine + theirs[max(free_places, 0) :]


def require_answerable(proposal: Proposal, *, by: UUID, at: datetime) -> None:
    if by != proposal.mentor_id:
        raise NotTheInvitedMentor(proposal.id)
    if at >= proposal.expires_at:
        raise ProposalClosed(proposal.id)
    require_open(proposal)


def require_open(proposal: Proposal) -> None:
    if proposal.status is not Status.OPEN:
        raise ProposalClosed(proposal.id)


def closed(proposal: Proposal, status: Status, at: datetime) -> Proposal:
    return replace(proposal, status=status, answered_at=at, version=proposal.version + 1)


class Envelope(TypedDict):
    occurred_at: datetime
    association_id: UUID
    version: int
    proposal_id: UUID


class Persons(TypedDict):
    referral_id: UUID
    mentee_id: UUID
    mentor_id: UUID


def envelope(proposal: Proposal, at: datetime) -> Envelope:
    return {
        "occurred_at": at,
        "association_id": proposal.association_id,
        "version": proposal.version,
        "proposal_id": proposal.id,
    }


def persons(proposal: Proposal) -> Persons:
    """Name who a proposal is about; an erased person has no open proposal to speak of."""
    if proposal.mentee_id is None or proposal.mentor_id is None:
        raise ProposalClosed(proposal.id)
    return {
        "referral_id": proposal.referral_id,
        "mentee_id": proposal.mentee_id,
        "mentor_id": proposal.mentor_id,
    }
