"""Say it if and only if it is true: events leave in the transaction that made them so."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Function,
    Identity,
    Index,
    Table,
    Text,
    Uuid,
    bindparam,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts import Event
from common.database import at_the_end, metadata
from common.envelope import wrap
from common.identity import new_id
from common.tracing import traceparent

CHANNEL = "events"
PROMISED = "binome.promised"
# What a broker that lost its disk can be refilled from.
KEPT = timedelta(days=400)

events = Table(
    "events",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("message_id", Uuid, nullable=False, unique=True),
    Column("subject", Text, nullable=False),
    # The exact text that travels, so that what is sent again is the same to the byte.
    Column("body", Text, nullable=False),
    Column("written_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
    Column("published_at", DateTime(timezone=True)),
    Column("stream_sequence", BigInteger),
)
Index("ix_events_unpublished", events.c.position, postgresql_where=events.c.published_at.is_(None))

# The rows get their positions in the order of the arrays.
WRITTEN = (
    insert(events)
    .from_select(
        ["message_id", "subject", "body"],
        select(
            func.unnest(bindparam("ids", type_=ARRAY(Uuid))),
            func.unnest(bindparam("subjects", type_=ARRAY(Text))),
            func.unnest(bindparam("bodies", type_=ARRAY(Text))),
        ),
    )
    .cte("written")
)
WAKE: Function[None] = func.pg_notify(CHANNEL, "")
WRITE_AND_WAKE = select(WAKE).add_cte(WRITTEN)

# Where the oldest stand, and no further: a year of events is not read each hour.
OLDEST = (
    select(events.c.position, events.c.written_at, events.c.published_at)
    .order_by(events.c.position)
    .limit(1000)
    .subquery()
)
OLD = select(OLDEST.c.position).where(
    OLDEST.c.written_at < func.now() - KEPT, OLDEST.c.published_at.is_not(None)
)
FORGET_OLD = delete(events).where(events.c.position.in_(OLD))


async def emit(tx: AsyncConnection, *announced: Event) -> None:
    """Promise to publish events: kept if the transaction commits, forgotten if not.

    They are written together at the end of the transaction, in the order of the promises: with
    the key of the command that made them true, or by themselves.
    """
    promised(tx).extend((event, traceparent()) for event in announced)
    at_the_end(tx, PROMISED, write_promised)


def promised(tx: AsyncConnection) -> list[tuple[Event, str | None]]:
    """Give what this transaction promised so far, each with the trace that it belongs to."""
    kept: list[tuple[Event, str | None]] = tx.info.setdefault(PROMISED, [])
    return kept


def take_promised(tx: AsyncConnection) -> dict[str, list[Any]]:
    """Take what was promised and is not written yet, as `WRITTEN` wants it, or nothing."""
    promises = [(new_id(), *promise) for promise in tx.info.pop(PROMISED, [])]
    if not promises:
        return {}
    return {
        "ids": [message_id for message_id, _, _ in promises],
        "subjects": [event.subject for _, event, _ in promises],
        "bodies": [wrap(event, message_id, trace) for message_id, event, trace in promises],
    }


async def write_promised(tx: AsyncConnection) -> None:
    """Write what was promised and wake the relay: one statement, whatever the number of events."""
    promises = take_promised(tx)
    if promises:
        await tx.execute(WRITE_AND_WAKE, promises)


async def forget_old_events(tx: AsyncConnection, _: datetime) -> int:
    """Drop published events older than what recovery promises to keep, by real time."""
    return (await tx.execute(FORGET_OLD)).rowcount
