"""Refill a stream that lost its disk from a service's own events: `python -m common.refill intake`.

Needs DATABASE_URL of the service and the operator's NATS_URL. What the stream still holds is
left alone; what it lost is published again by the service's relay, in order and to the byte.
"""

import asyncio
import sys
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from common.broker import Connection, connect
from common.database import connect as connect_database
from common.database import transaction
from common.history import history
from common.outbox import WAKE, events
from common.server import OPERATOR
from common.settings import setting
from common.streams import EVENTS_STREAM

# Of years of events no statement takes long.
PAGE = 10_000

PUBLISHED = (
    select(events.c.position, events.c.message_id)
    .where(events.c.published_at.is_not(None), events.c.position > bindparam("after"))
    .order_by(events.c.position)
    .limit(bindparam("many"))
)
LOST = select(func.unnest(bindparam("lost", type_=ARRAY(BigInteger))).label("position")).subquery()
PROMISE_AGAIN = (
    update(events)
    .where(events.c.position == LOST.c.position)
    .values(published_at=None, stream_sequence=None)
)


async def refill(engine: AsyncEngine, connection: Connection, service: str) -> int:
    """Promise again what the stream no longer holds; return how many events that is.

    Page by page, each of which is kept: whoever is interrupted goes on where that was.
    """
    held = await ids_in_stream(connection, service)
    after, count = 0, 0
    while True:
        async with transaction(engine) as tx:
            page = (await tx.execute(PUBLISHED, {"after": after, "many": PAGE})).all()
            if not page:
                return count
            lost = [row.position for row in page if row.message_id not in held]
            await tx.execute(PROMISE_AGAIN, {"lost": lost})
            await tx.execute(select(WAKE))
        after, count = page[-1].position, count + len(lost)


async def ids_in_stream(connection: Connection, service: str) -> set[UUID]:
    """Give the ids of the events of one service that the stream holds."""
    said = history(connection, [f"{EVENTS_STREAM}.{service}.>"], headers_only=True)
    return {
        UUID((message.headers or {})["message_id"]) async for batch in said for message in batch
    }


async def main(service: str) -> None:
    engine = connect_database(setting("DATABASE_URL"))
    connection = await connect(setting("NATS_URL"), OPERATOR)
    lost = await refill(engine, connection, service)
    sys.stdout.write(f"{service}: {lost} events are published again\n")
    await connection.close()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
