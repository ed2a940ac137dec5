"""Rebuild what a service keeps of what it heard, from zero: `python -m common.rebuild reporting`.

Needs DATABASE_URL of the service and the operator's NATS_URL. The tables that its store lists as
PROJECTIONS are emptied and the whole stream is heard again by the listeners that project; the
service may go on meanwhile, because what is older than what is held changes nothing.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from importlib import import_module

from nats.aio.msg import Msg
from sqlalchemy import Table, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from common.broker import Connection, connect
from common.database import connect as connect_database
from common.database import transaction
from common.envelope import Malformed, unwrap
from common.errors import NotFound
from common.events import EventRouter
from common.hearing import hearing_of
from common.history import history
from common.keys import with_keys
from common.server import OPERATOR
from common.settings import setting

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
    projected = [subject for subject, each in router.listeners.items() if each.projects]
    async for batch in history(connection, projected):
        late = await _apply(engine, router, batch)
        waiting += late
        applied += len(batch) - len(late)
    for _ in range(ROUNDS):
        before, waiting = waiting, await _apply(engine, router, waiting)
        applied += len(before) - len(waiting)
    return applied


async def _apply(engine: AsyncEngine, router: EventRouter, batch: Sequence[Msg]) -> list[Msg]:
    """Apply a batch in one transaction; return the messages about what is not yet known."""
    late: list[Msg] = []
    async with transaction(engine) as tx:
        hearing = hearing_of(router.listeners[each.subject].kind for each in batch)
        await tx.execute(select(hearing.begun))
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
    router = import_module(f"{service}.consumers").router
    tables = getattr(import_module(f"{service}.store"), "PROJECTIONS", ())
    if not tables:
        sys.stdout.write(f"{service}: keeps nothing that can be heard again\n")
        return
    connection = await connect(setting("NATS_URL"), OPERATOR)
    engine = with_keys(connect_database(setting("DATABASE_URL")), connection, service)
    started = time.monotonic()
    applied = await rebuild(engine, connection, router, tables)
    seconds = time.monotonic() - started
    sys.stdout.write(f"{service}: {applied} events in {seconds:.1f} s\n")
    await connection.close()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
