"""A coordinator says whether two entries are one person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.intake.referrals import ReferralEnd
from intake.domain.duplicates import Suspicion, Verdict, judge
from intake.domain.referrals import Referral, end, progress
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
    """Have the say: nobody needs two referrals, so the one that is less far ends.

    If it is in other hands, those are told that it is the same person, and end it.
    """
    referral, other = await lock_both(tx, referral_id, say.known_id)
    check_in_charge(referral, say.by)
    suspicion = await people.lock_suspicion(tx, referral.mentee_id, say.known_id)
    judged = judge(suspicion, same=say.same, by=say.by.person_id, at=now)
    await people.save_suspicion(tx, judged)
    if say.same and other and not referral.over:
        less_far = min(referral, other, key=progress)
        if say.by.works_at(less_far.custodian_id):
            await end_duplicate(tx, less_far, now=now)
    return judged.verdict


async def lock_both(
    tx: AsyncConnection, referral_id: UUID, known_id: UUID
) -> tuple[Referral, Referral | None]:
    """Lock a referral and the live one of somebody else, in the order in which everybody does."""
    live = await store.live_referrals_of(tx, {known_id})
    other_id = live[known_id].id if known_id in live else None
    locked = {
        each: await store.lock_referral(tx, each)
        for each in sorted({referral_id, other_id or referral_id})
    }
    other = locked[other_id] if other_id else None
    return locked[referral_id], None if other is None or other.over else other


async def end_duplicate(tx: AsyncConnection, referral: Referral, *, now: datetime) -> None:
    ended, event = end(referral, ReferralEnd.DUPLICATE, at=now)
    await keep(tx, ended, event)
    await note_freed(tx, referral, ended, at=now)
