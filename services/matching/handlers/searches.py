"""Looking for mentors: for everyone who waits, whenever there is reason to look again."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.identity import new_id
from common.outbox import emit
from matching.domain import proposals as rules
from matching.domain import searches as search_rules
from matching.domain.people import Mentee, Terms
from matching.domain.proposals import Invitation, Proposal, ProposedBy
from matching.domain.suggestions import Suggestions, next_best, policy_proposes
from matching.store import people
from matching.store import proposals as proposal_store
from matching.store import searches as store
from matching.store.pool_in_memory import pool_in_memory


@dataclass(frozen=True, slots=True)
class Seen:
    """What a batch of searches has read."""

    terms: dict[tuple[UUID, UUID], Terms] = field(default_factory=dict)


async def look_for_mentors(tx: AsyncConnection, now: datetime, limit: int) -> int:
    due = await store.due_searches(tx, now, limit)
    if due:
        await proposal_store.lock_proposals(tx)
    seen = Seen()
    for each in due:
        await look(tx, each, seen, now)
    return len(due)


async def look(tx: AsyncConnection, due: store.Due, seen: Seen, now: datetime) -> None:
    """Look for one mentee's mentor; whoever calls holds the lock on proposals."""
    mentee = await people.find_waiting(tx, due.referral_id)
    if mentee is None or await people.has_an_open_proposal(tx, mentee.mentee_id):
        return
    terms = await terms_for(tx, mentee, seen, now)
    # One more than were asked before is enough to find one who was not.
    most = len(mentee.asked) + 1
    found = await pool_in_memory(tx).suggest(tx, mentee, terms, limit=most)
    before = await store.last_search(tx, mentee.referral_id)
    search, nobody_found = search_rules.conclude(before, mentee, found, at=now)
    await store.save_search(tx, search, due, max(now, mentee.waiting_since))
    await emit(tx, *([nobody_found] if nobody_found else []))
    await invite_next_best(tx, mentee, found, terms, now)


async def terms_for(tx: AsyncConnection, mentee: Mentee, seen: Seen, now: datetime) -> Terms:
    key = (mentee.programme_id, mentee.association_id)
    if key not in seen.terms:
        seen.terms[key] = await people.terms_for(tx, mentee, now)
    return seen.terms[key]


async def invite_next_best(
    tx: AsyncConnection, mentee: Mentee, found: Suggestions, terms: Terms, now: datetime
) -> None:
    """Invite the best mentor not asked yet, if the policy does that."""
    verdict = next_best(found, mentee.asked)
    refused = await store.was_refused(tx, mentee.referral_id)
    if not verdict or not policy_proposes(terms.policy.matching.proposer, after_no=refused):
        return
    invitation = Invitation(id=new_id(), by=ProposedBy.POLICY, at=now)
    proposal, event = rules.propose(mentee, verdict, terms, invitation)
    await proposal_store.add_proposals(tx, [proposal])
    await emit(tx, event)


async def begin_anew(tx: AsyncConnection, ended: Proposal, now: datetime) -> None:
    """Look at once for the mentee of an ended proposal; soon for others, as a place is free."""
    if ended.mentor_id:
        await store.look_again_around(tx, ended.mentor_id)
    await store.look_again(tx, ended.referral_id)
    await look_for(tx, ended.referral_id, now)


async def look_for(tx: AsyncConnection, referral_id: UUID, now: datetime) -> None:
    for due in await store.due_searches(tx, now, 1, referral_id):
        await look(tx, due, Seen(), now)
