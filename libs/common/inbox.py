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
from sqlalchemy.sql.dml import ReturningInsert

from common.database import metadata
from common.hearing import Hearing

# Longer than the stream keeps what it could deliver again.
KEPT = timedelta(days=410)

inbox = Table(
    "inbox",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("heard_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
)
Index("ix_inbox_heard_at", inbox.c.heard_at)


def noting(hearing: Hearing) -> ReturningInsert[UUID]:
    """Write the statement that waits until it may, and notes down: one round trip for both."""
    ids = func.unnest(bindparam("ids", type_=ARRAY(Uuid)))
    begun = select(hearing.begun).cte("hearing")
    return (
        insert(inbox)
        .from_select(["message_id"], select(ids).select_from(begun))
        .on_conflict_do_nothing()
        .returning(inbox.c.message_id)
    )


NOTE_DOWN = {hearing: noting(hearing) for hearing in Hearing}


async def note_down(
    tx: AsyncConnection, message_ids: Sequence[UUID], hearing: Hearing
) -> set[UUID]:
    """Note the messages down together, as they are to be heard; return those that are new.

    A replica that hears one of them at the same moment waits here until this one commits.
    """
    # Sorted, so that two replicas that hear the same messages cannot lock each other out.
    noted = await tx.execute(NOTE_DOWN[hearing], {"ids": sorted(set(message_ids))})
    return set(noted.scalars())


async def was_heard(tx: AsyncConnection, message_id: UUID) -> bool:
    return bool(await tx.scalar(select(exists().where(inbox.c.message_id == message_id))))


async def forget_old_messages(tx: AsyncConnection, _: datetime) -> int:
    """Drop what cannot come again; by real time, as a simulated year changes nothing here."""
    old = select(inbox.c.message_id).where(inbox.c.heard_at < func.now() - KEPT).limit(1000)
    return (await tx.execute(delete(inbox).where(inbox.c.message_id.in_(old)))).rowcount
