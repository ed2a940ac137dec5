"""Refill a stream that lost its disk from a service's own events: `python -m common.refill intake`.

Needs DATABASE_URL of the service and the operator's NATS_URL. What the stream still holds is
left alone; what it lost is published again by the service's relay, in order and to the byte.
"""

import asyncio
import sys
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from common.broker import Connection, connect
from common.database import connect as connect_database
from common.database import transaction
from common.history import history
from common.outbox import CHANNEL, events
from common.server import OPERATOR
from common.settings import setting
from common.streams import EVENTS_STREAM

PROMISE_AGAIN = (
    update(events)
    .where(
        events.c.published_at.is_not(None),
        events.c.message_id.not_in(select(func.unnest(bindparam("held", type_=ARRAY(Uuid))))),
    )
    .values(published_at=None, stream_sequence=None)
)


async def refill(engine: AsyncEngine, connection: Connection, service: str) -> int:
    """Promise again what the stream no longer holds; return how many events that is."""
    held = await ids_in_stream(connection, service)
    async with transaction(engine) as tx:
        lost = await tx.execute(PROMISE_AGAIN, {"held": held})
        await tx.execute(select(func.pg_notify(CHANNEL, "")))
    return lost.rowcount


async def ids_in_stream(connection: Connection, service: str) -> list[UUID]:
    """List the ids of the events of one service that the stream holds."""
    said = history(connection, [f"{EVENTS_STREAM}.{service}.>"], headers_only=True)
    return [
        UUID((message.headers or {})["message_id"]) async for batch in said for message in batch
    ]


async def main(service: str) -> None:
    engine = connect_database(setting("DATABASE_URL"))
    connection = await connect(setting("NATS_URL"), OPERATOR)
    lost = await refill(engine, connection, service)
    sys.stdout.write(f"{service}: {lost} events are published again\n")
    await connection.close()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
