"""Proposals over HTTP: a coordinator makes and withdraws them, the invited mentor answers."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from common.caller import Caller as Person
from common.contracts.matching import ProposalDeclineReason
from common.contracts.vocabulary import Role
from common.errors import NotYours
from common.http import Caller, Model, Now, Tx, may, routes
from common.identity import new_id
from common.models import InAddress
from matching import views
from matching.api.pool import coordinated
from matching.domain.proposals import Invitation, Proposal, ProposedBy, Status
from matching.handlers import proposals as handlers
from matching.store import figures, people
from matching.store import proposals as store

router = routes()

PAGE = 200
READERS = (Role.COORDINATOR, Role.MENTOR)


class NewProposal(Model):
    """The mentor whom a coordinator would invite."""

    mentor_id: UUID


class Decline(Model):
    """A no, which always has a reason."""

    reason: ProposalDeclineReason


class ProposalsAsked(Model):
    """Which page of the proposals is asked for."""

    status: Status | None = None
    mentor_id: UUID | None = None
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=PAGE), InAddress] = 50


@router.post(
    "/referrals/{referral_id}/proposals",
    status_code=201,
    dependencies=[may("proposal.make", Role.COORDINATOR)],
)
async def propose_mentor(
    referral_id: UUID, asked: NewProposal, caller: Caller, now: Now, tx: Tx
) -> dict[str, UUID]:
    caller.require(await people.association_of(tx, referral_id))
    invitation = Invitation(
        id=new_id(), by=ProposedBy.COORDINATOR, at=now, proposer_id=caller.person_id
    )
    await handlers.propose_mentor(
        tx, referral_id=referral_id, mentor_id=asked.mentor_id, invitation=invitation
    )
    return {"id": invitation.id}


def invited(caller: Person) -> UUID | None:
    return caller.person_id if caller.has(Role.MENTOR) else None


def seen(caller: Person, proposal: Proposal, facets: object) -> views.ProposalView:
    by_staff = proposal.association_id in coordinated(caller)
    profile = facets if isinstance(facets, dict) else None
    return views.proposal(proposal, profile, by_staff=by_staff)


@router.get("/proposals", dependencies=[may("proposal.list", *READERS)])
async def list_proposals(
    caller: Caller,
    tx: Tx,
    asked: Annotated[ProposalsAsked, Query()],
) -> list[views.ProposalView]:
    """List what one's association proposed and what oneself was invited to."""
    wanted = (
        store.seen_by(invited(caller), coordinated(caller)),
        *store.which(asked.status, asked.mentor_id),
    )
    found = await store.page_of(tx, wanted, asked.after, asked.limit)
    profiles = await figures.profiles(tx, {each.referral_id for each in found})
    return [seen(caller, each, profiles.get(each.referral_id)) for each in found]


@router.get("/proposals/{proposal_id}", dependencies=[may("proposal.read", *READERS)])
async def read_proposal(proposal_id: UUID, caller: Caller, tx: Tx) -> views.ProposalView:
    proposal = await store.find_proposal(tx, proposal_id)
    is_theirs = proposal.mentor_id is not None and proposal.mentor_id == invited(caller)
    if not is_theirs and proposal.association_id not in coordinated(caller):
        raise NotYours(proposal_id)
    profiles = await figures.profiles(tx, {proposal.referral_id})
    return seen(caller, proposal, profiles.get(proposal.referral_id))


@router.post(
    "/proposals/{proposal_id}/acceptance",
    status_code=204,
    dependencies=[may("proposal.answer", Role.MENTOR)],
)
async def accept_proposal(proposal_id: UUID, caller: Caller, now: Now, tx: Tx) -> None:
    await handlers.accept_proposal(tx, proposal_id=proposal_id, mentor_id=caller.person_id, now=now)


@router.post(
    "/proposals/{proposal_id}/decline",
    status_code=204,
    dependencies=[may("proposal.answer", Role.MENTOR)],
)
async def decline_proposal(
    proposal_id: UUID, no: Decline, caller: Caller, now: Now, tx: Tx
) -> None:
    await handlers.decline_proposal(
        tx, proposal_id=proposal_id, mentor_id=caller.person_id, reason=no.reason, now=now
    )


@router.post(
    "/proposals/{proposal_id}/withdrawal",
    status_code=204,
    dependencies=[may("proposal.withdraw", Role.COORDINATOR)],
)
async def withdraw_proposal(proposal_id: UUID, caller: Caller, now: Now, tx: Tx) -> None:
    caller.require((await store.find_proposal(tx, proposal_id)).association_id)
    await handlers.withdraw_proposal(tx, proposal_id=proposal_id, now=now)
