"""What could not be acted upon: kept with its reason, visible, and replayed by command."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.database import metadata
from common.deliveries import Delivery
from common.statements import one_of


class Kind(StrEnum):
    """Why a message is here."""

    # The rules said no; asking again changes nothing.
    REFUSED = "refused"
    # It speaks of something that was never heard of, however often it was tried.
    UNKNOWN = "unknown"
    # Our code failed on it, however often it was tried.
    FAULT = "fault"
    # It is not an event that we can read.
    MALFORMED = "malformed"


quarantine = Table(
    "quarantine",
    metadata,
    # The stream's id of the message, which need not be a UUID if it was malformed.
    Column("published_as", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("kind", one_of(Kind), nullable=False),
    # The name of the error, never its text: that could repeat what the message said.
    Column("reason", Text, nullable=False),
    Column("times", Integer, nullable=False),
    Column("kept_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
)


async def keep(tx: AsyncConnection, delivery: Delivery, kind: Kind, reason: str) -> None:
    """Put a message aside, so that the others go on; a second time changes nothing."""
    row = insert(quarantine).values(
        published_as=delivery.published_as,
        subject=delivery.subject,
        body=delivery.body,
        kind=kind,
        reason=reason,
        times=delivery.times,
    )
    await tx.execute(row.on_conflict_do_nothing())


async def depth(tx: AsyncConnection) -> int:
    return await tx.scalar(select(func.count()).select_from(quarantine)) or 0


async def kept(tx: AsyncConnection, only: Sequence[str] = ()) -> Sequence[Row[Any]]:
    """List what is kept, oldest first; only the named ones if any are named."""
    query = select(quarantine).order_by(quarantine.c.kept_at, quarantine.c.published_as)
    if only:
        query = query.where(quarantine.c.published_as.in_(only))
    return (await tx.execute(query)).all()


async def release(tx: AsyncConnection, published_as: str) -> None:
    await tx.execute(delete(quarantine).where(quarantine.c.published_as == published_as))
