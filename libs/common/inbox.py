"""Hear it once: a message that comes twice is acted upon once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Column,
    DateTime,
    Index,
    Table,
    Uuid,
    bindparam,
    delete,
    exists,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.database import metadata

# Longer than the stream keeps what it could deliver again.
KEPT = timedelta(days=410)

inbox = Table(
    "inbox",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("heard_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
)
Index("ix_inbox_heard_at", inbox.c.heard_at)

NOTE_DOWN = (
    insert(inbox)
    .from_select(["message_id"], select(func.unnest(bindparam("ids", type_=ARRAY(Uuid)))))
    .on_conflict_do_nothing()
    .returning(inbox.c.message_id)
)


async def note_down(tx: AsyncConnection, message_ids: Sequence[UUID]) -> set[UUID]:
    """Note the messages down together; return those that are heard for the first time.

    A replica that hears one of them at the same moment waits here until this one commits.
    """
    # Sorted, so that two replicas that hear the same messages cannot lock each other out.
    noted = await tx.execute(NOTE_DOWN, {"ids": sorted(set(message_ids))})
    return set(noted.scalars())


async def was_heard(tx: AsyncConnection, message_id: UUID) -> bool:
    return bool(await tx.scalar(select(exists().where(inbox.c.message_id == message_id))))


async def forget_old_messages(tx: AsyncConnection, _: datetime) -> int:
    """Drop what cannot come again; by real time, as a simulated year changes nothing here."""
    old = select(inbox.c.message_id).where(inbox.c.heard_at < func.now() - KEPT).limit(1000)
    return (await tx.execute(delete(inbox).where(inbox.c.message_id.in_(old)))).rowcount
