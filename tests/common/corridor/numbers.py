"""Events that are numbered, and a listener who keeps the numbers in order."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Column, Integer, MetaData, Table, Uuid, func, insert, select

from common import quarantine
from common.contracts.intake.referrals import ReferralQualified
from common.database import transaction
from common.events import EventRouter
from common.outbox import emit

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
seen = Table(
    "seen",
    MetaData(),
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("referral_id", Uuid, nullable=False),
)


def qualified(number: int, version: int = 1) -> ReferralQualified:
    return ReferralQualified(
        occurred_at=NOW,
        association_id=None,
        version=version,
        referral_id=UUID(int=number),
        mentee_id=UUID(int=1000 + number),
    )


async def remember(event, tx):
    await tx.execute(insert(seen).values(referral_id=event.referral_id))


def listening_router(handle=remember):
    router = EventRouter("intake")
    router.on(ReferralQualified)(handle)
    return router


async def announce(engine, *numbers):
    async with transaction(engine) as tx:
        for number in numbers:
            await emit(tx, qualified(number))


async def numbers_seen(engine):
    async with engine.connect() as tx:
        rows = await tx.execute(select(seen.c.referral_id).order_by(seen.c.position))
        return [row.referral_id.int for row in rows]


async def count(engine, table):
    async with engine.connect() as tx:
        return await tx.scalar(select(func.count()).select_from(table))


async def kept(engine):
    async with engine.connect() as tx:
        return [(row.kind, row.reason) for row in await quarantine.kept(tx)]
