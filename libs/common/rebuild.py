"""Rebuild what a service keeps of what it heard, from zero: `python -m common.rebuild reporting`.

Needs DATABASE_URL of the service and the operator's NATS_URL. The tables that its store lists as
PROJECTIONS are emptied and the whole stream is heard again by the listeners that project; the
service may go on meanwhile, because what is older than what is held changes nothing.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from importlib import import_module

from nats.aio.msg import Msg
from nats.errors import TimeoutError as NothingLeft
from nats.js.api import ConsumerConfig, DeliverPolicy
from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncEngine

from common.broker import Connection, connect
from common.database import connect as connect_database
from common.database import transaction
from common.envelope import Malformed, unwrap
from common.errors import NotFound
from common.events import EventRouter
from common.server import OPERATOR
from common.streams import EVENTS_STREAM

BATCH = 1000
PATIENCE = 2.0
# A fact about something that is announced later in the stream waits for another round.
ROUNDS = 5


async def rebuild(
    engine: AsyncEngine, connection: Connection, router: EventRouter, tables: Sequence[Table]
) -> int:
    """Empty the projections and hear everything again; return how many events were applied."""
    names = ", ".join(f'"{table.name}"' for table in tables)
    async with transaction(engine) as tx:
        await tx.execute(text(f"truncate {names}"))
    applied = 0
    waiting: list[Msg] = []
    async for batch in _everything(connection, router):
        late = await _apply(engine, router, batch)
        waiting += late
        applied += len(batch) - len(late)
    for _ in range(ROUNDS):
        before, waiting = waiting, await _apply(engine, router, waiting)
        applied += len(before) - len(waiting)
    return applied


async def _everything(connection: Connection, router: EventRouter) -> AsyncIterator[list[Msg]]:
    stream = connection.jetstream()
    projected = [subject for subject, each in router.listeners.items() if each.projects]
    consumer = ConsumerConfig(
        filter_subjects=projected, deliver_policy=DeliverPolicy.ALL, inactive_threshold=60
    )
    info = await stream.add_consumer(EVENTS_STREAM, consumer)
    subscription = await stream.pull_subscribe_bind(consumer=info.name, stream=EVENTS_STREAM)
    left = info.num_pending or 0
    while left > 0:
        try:
            messages = await subscription.fetch(min(left, BATCH), timeout=PATIENCE)
        except NothingLeft:
            break
        yield messages
        for message in messages:
            await message.ack()
        left -= len(messages)
    await stream.delete_consumer(EVENTS_STREAM, info.name)


async def _apply(engine: AsyncEngine, router: EventRouter, batch: Sequence[Msg]) -> list[Msg]:
    """Apply a batch in one transaction; return the messages about what is not yet known."""
    late: list[Msg] = []
    async with transaction(engine) as tx:
        for message in batch:
            listener = router.listeners[message.subject]
            try:
                heard = unwrap(message.data, listener.kind)
            except Malformed:
                continue
            try:
                await listener.handle(heard.event, tx)
            except NotFound:
                late.append(message)
    return late


async def main(service: str) -> None:
    engine = connect_database(os.environ["DATABASE_URL"])
    connection = await connect(os.environ["NATS_URL"], OPERATOR)
    router = import_module(f"{service}.consumers").router
    tables = import_module(f"{service}.store").PROJECTIONS
    started = time.monotonic()
    applied = await rebuild(engine, connection, router, tables)
    seconds = time.monotonic() - started
    # A command speaks on standard output.
    print(f"{service}: {applied} events in {seconds:.1f} s")  # noqa: T201
    await connection.close()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
