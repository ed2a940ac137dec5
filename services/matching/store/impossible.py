"""Which open proposals can no longer be accepted, for something that was heard since.

Only what is newer than a proposal counts, so that a rebuild, which goes through old states again,
takes nothing back.
"""

from sqlalchemy import Integer, and_, bindparam, case, exists, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.matching import WithdrawalReason
from matching.domain.proposals import Proposal, Status
from matching.store.people import LIVE
from matching.store.proposals import as_proposal
from matching.store.tables import (
    MentorState,
    ReferralState,
    mentors,
    pair_endings,
    policies,
    proposals,
    referrals,
)

# Under a name of its own, beside the pairs, which are proposals too.
invitations = proposals.alias("invitations")

_ENDED = and_(
    referrals.c.state != ReferralState.ACCEPTED,
    referrals.c.state_version > invitations.c.referral_version,
)
_GONE = and_(
    mentors.c.state != MentorState.AVAILABLE,
    mentors.c.state_version > invitations.c.mentor_version,
)
_of_the_mentor = pair_endings.c.mentor_id == invitations.c.mentor_id
_SINCE = pair_endings.c.since > invitations.c.made_at
_REOPENED = and_(not_(pair_endings.c.closed), _SINCE)
_HAS_THEIR_MENTOR_BACK = exists().where(
    pair_endings.c.referral_id == invitations.c.referral_id, _REOPENED
)
_BARRED = exists().where(
    _of_the_mentor,
    _SINCE,
    pair_endings.c.closed,
    not_(pair_endings.c.rematch_mentor),
    pair_endings.c.since > mentors.c.state_since,
)
_granted = (
    select(policies.c.policy["mentor_capacity_max"].as_integer())
    .where(policies.c.programme_id == invitations.c.programme_id)
    .order_by(policies.c.version.desc())
    .limit(1)
)
_live = select(func.count()).where(proposals.c.mentor_id == invitations.c.mentor_id, LIVE)
_FULL_AGAIN = and_(
    exists().where(_of_the_mentor, _REOPENED),
    _live.scalar_subquery()
    >= func.least(mentors.c.facets["capacity"].as_integer(), _granted.scalar_subquery()),
)
_WHY = case(
    (_ENDED, WithdrawalReason.REFERRAL_ENDED),
    (_HAS_THEIR_MENTOR_BACK, WithdrawalReason.SIBLING_ACCEPTED),
    (or_(_GONE, _BARRED, _FULL_AGAIN), WithdrawalReason.MENTOR_UNAVAILABLE),
)
# Made once: the clock asks it all day.
IMPOSSIBLE = (
    select(invitations, _WHY.label("why"))
    .outerjoin(referrals, referrals.c.referral_id == invitations.c.referral_id)
    .outerjoin(mentors, mentors.c.mentor_id == invitations.c.mentor_id)
    .where(invitations.c.status == Status.OPEN, _WHY.is_not(None))
    .order_by(invitations.c.id)
    .limit(bindparam("most", type_=Integer))
)


async def impossible(tx: AsyncConnection, limit: int) -> list[tuple[Proposal, WithdrawalReason]]:
    """Find what is open although it can no longer be accepted, and say why not."""
    return [
        (as_proposal(row), WithdrawalReason(row["why"]))
        for row in (await tx.execute(IMPOSSIBLE, {"most": limit})).mappings()
    ]
