"""Proposals: made by a coordinator or the policy, answered by the mentor, ended by time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.calendar import day_of
from common.contracts import Event
from common.contracts.matching import ProposalDeclineReason, WithdrawalReason
from common.outbox import emit
from matching import measures
from matching.domain import proposals as rules
from matching.domain.judgement import Verdict, judge
from matching.domain.people import Mentee, Terms
from matching.domain.proposals import Invitation, Proposal
from matching.domain.refusals import AlreadyProposed, MentorNotFound, NotWaiting
from matching.handlers import searches
from matching.store import mentors, people
from matching.store import proposals as store
from matching.store.impossible import impossible


async def propose_mentor(
    tx: AsyncConnection, *, referral_id: UUID, mentor_id: UUID, invitation: Invitation
) -> None:
    await store.lock_proposals(tx)
    mentee = await people.find_waiting(tx, referral_id)
    if mentee is None:
        raise NotWaiting(referral_id)
    if await people.has_an_open_proposal(tx, mentee.mentee_id):
        raise AlreadyProposed(referral_id)
    mentor = await mentors.find_mentor(tx, mentor_id)
    if mentor is None:
        raise MentorNotFound(mentor_id)
    terms = await people.terms_for(tx, mentee, invitation.at)
    await invite(tx, mentee, judge(mentee, mentor, terms), terms, invitation)


async def invite(
    tx: AsyncConnection, mentee: Mentee, verdict: Verdict, terms: Terms, invitation: Invitation
) -> None:
    """Make a proposal; whoever calls holds the lock on proposals."""
    proposal, event = rules.propose(mentee, verdict, terms, invitation)
    await store.add_proposals(tx, [proposal])
    await emit(tx, event)


async def accept_proposal(
    tx: AsyncConnection, *, proposal_id: UUID, mentor_id: UUID, now: datetime
) -> None:
    proposal = await store.lock_proposal(tx, proposal_id)
    standing = await standing_of(tx, proposal, now)
    accepted, events = rules.accept(proposal, standing, by=mentor_id, at=now)
    await store.save_proposal(tx, accepted)
    await emit(tx, *events)
    measures.tell_pairs(events)
    open_ones = await store.open_proposals_of(
        tx, mentee_id=accepted.mentee_id, mentor_id=accepted.mentor_id
    )
    left = standing.free_places - 1
    for sibling in rules.siblings(accepted, open_ones, free_places=left):
        await withdraw(tx, sibling, WithdrawalReason.SIBLING_ACCEPTED, now)


async def standing_of(tx: AsyncConnection, proposal: Proposal, now: datetime) -> rules.Standing:
    """Look at both sides of a proposal as they are now."""
    mentee = await people.find_waiting(tx, proposal.referral_id)
    mentor_id = proposal.mentor_id
    mentor = await mentors.find_mentor(tx, mentor_id) if mentor_id else None
    live = await store.live_pairs_of(tx, mentor_id) if mentor_id else 0
    terms = await people.terms_of(tx, proposal.programme_id, proposal.association_id, day_of(now))
    return rules.standing(mentee, mentor, terms, live)


async def decline_proposal(
    tx: AsyncConnection,
    *,
    proposal_id: UUID,
    mentor_id: UUID,
    reason: ProposalDeclineReason,
    now: datetime,
) -> None:
    proposal = await store.lock_proposal(tx, proposal_id)
    declined, event = rules.decline(proposal, reason, by=mentor_id, at=now)
    await end(tx, declined, event, now)


async def withdraw_proposal(tx: AsyncConnection, *, proposal_id: UUID, now: datetime) -> None:
    proposal = await store.lock_proposal(tx, proposal_id)
    await withdraw(tx, proposal, WithdrawalReason.COORDINATOR, now)


async def withdraw(
    tx: AsyncConnection, proposal: Proposal, reason: WithdrawalReason, now: datetime
) -> None:
    withdrawn, event = rules.withdraw(proposal, reason, at=now)
    await end(tx, withdrawn, event, now)


async def end(tx: AsyncConnection, ended: Proposal, event: Event, now: datetime) -> None:
    """Put the mentee back into the pool at once, and the next best before them if so ruled."""
    await store.save_proposal(tx, ended)
    await emit(tx, event)
    await searches.begin_anew(tx, ended, now)


# The clock's looks are mostly in vain: the lock, for which every answer of a mentor waits, is taken
# only when there is something to do, and then they look again.


async def remind_mentors(tx: AsyncConnection, now: datetime, limit: int) -> int:
    if not await store.due_reminders(tx, now, 1):
        return 0
    await store.lock_proposals(tx)
    due = await store.due_reminders(tx, now, limit)
    for proposal in due:
        reminded, event = rules.remind(proposal, at=now)
        await store.save_proposal(tx, reminded)
        await emit(tx, event)
    return len(due)


async def expire_proposals(tx: AsyncConnection, now: datetime, limit: int) -> int:
    if not await store.overdue(tx, now, 1):
        return 0
    await store.lock_proposals(tx)
    due = await store.overdue(tx, now, limit)
    for proposal in due:
        expired, event = rules.expire(proposal, at=now)
        await end(tx, expired, event, now)
    return len(due)


async def withdraw_impossible(tx: AsyncConnection, now: datetime, limit: int) -> int:
    await store.lock_proposals(tx)
    found = await impossible(tx, limit)
    for proposal, reason in found:
        await withdraw(tx, proposal, reason, now)
    return len(found)
