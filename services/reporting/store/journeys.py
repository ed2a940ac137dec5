"""The timeline of one referral, put together from all that belongs to it."""

from uuid import UUID

from sqlalchemy import RowMapping, func, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection

from reporting.domain.journeys import JourneyNotFound, Step
from reporting.store.tables import moments, referrals

# On its way a referral comes by these services, one after the other.
WAY = ("intake", "training", "matching", "followup")
STAGE = func.array_position(array(WAY), func.split_part(moments.c.subject, ".", 2))


async def find_referral(tx: AsyncConnection, referral_id: UUID) -> RowMapping:
    query = select(referrals).where(referrals.c.id == referral_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        raise JourneyNotFound(referral_id)
    return row


async def journey_of(tx: AsyncConnection, referral_id: UUID) -> list[Step]:
    """List what happened to a referral, and to its proposals, pair and authorisations."""
    threads = select(moments.c.thread_id).where(
        moments.c.referral_id == referral_id, moments.c.thread_id.is_not(None)
    )
    query = (
        select(moments)
        .where(or_(moments.c.referral_id == referral_id, moments.c.thread_id.in_(threads)))
        # What was announced at the same instant: first who is earlier on the way, then by version.
        .order_by(moments.c.occurred_at, STAGE, moments.c.version, moments.c.subject)
        .order_by(moments.c.about_id)
    )
    return [
        Step(
            kind=row["kind"],
            at=row["occurred_at"],
            version=row["version"],
            association_id=row["association_id"],
            facts=row["facts"],
        )
        for row in (await tx.execute(query)).mappings()
    ]
