"""A coordinator says whether two entries are one person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.intake.referrals import ReferralEnd
from intake.domain.duplicates import Suspicion, Verdict, judge
from intake.domain.referrals import Referral, end
from intake.domain.sight import Reader, check_in_charge
from intake.handlers.catalogue import keep, note_freed
from intake.store import people
from intake.store import referrals as store


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who may be the same person, with what is in common and their live referral."""

    suspicion: Suspicion
    other_id: UUID
    other: Referral | None


async def candidates_for(tx: AsyncConnection, referral: Referral) -> list[Candidate]:
    """Show who may be the same person as the mentee of this referral."""
    found = await people.suspicions_about(tx, referral.mentee_id)
    others = {
        each: each.known_id if each.person_id == referral.mentee_id else each.person_id
        for each in found
    }
    live = await store.live_referrals_of(tx, set(others.values()))
    return [
        Candidate(suspicion=each, other_id=other_id, other=live.get(other_id))
        for each, other_id in others.items()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """What a coordinator says about two people."""

    known_id: UUID
    same: bool
    by: Reader


async def decide_duplicate(
    tx: AsyncConnection, referral_id: UUID, say: Say, *, now: datetime
) -> Verdict:
    """Have the say: who has another live referral needs no second one, so this one ends."""
    referral = await store.lock_referral(tx, referral_id)
    check_in_charge(referral, say.by)
    suspicion = await people.lock_suspicion(tx, referral.mentee_id, say.known_id)
    judged = judge(suspicion, same=say.same, by=say.by.person_id, at=now)
    await people.save_suspicion(tx, judged)
    live = await store.live_referrals_of(tx, {say.known_id})
    if say.same and live and not referral.over:
        ended, event = end(referral, ReferralEnd.DUPLICATE, at=now)
        await keep(tx, ended, event)
        await note_freed(tx, referral, ended, at=now)
    return judged.verdict
