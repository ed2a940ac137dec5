"""Look at what was put aside, and let it be acted upon again, through the same edge.

`python -m common.quarantine matching list` shows what is kept, and why; after the mend,
`python -m common.quarantine matching replay [id …]` tries all of it, or what is named, and
`python -m common.quarantine matching drop id …` ends what was refused rightly. They need what the
service itself needs: DATABASE_URL, NATS_URL and, where it has one, KEY_ENCRYPTION_KEY.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from common.broker import connect
from common.database import connect as connect_database
from common.database import transaction
from common.direct import Direct
from common.envelope import Malformed, unwrap
from common.events import LAST_DELIVERY, Edge, EventRouter
from common.inbox import was_heard
from common.keys import with_keys
from common.quarantine import kept, release
from common.settings import setting


class FromQuarantine:
    """A message that was put aside, on its way to its listener again."""

    def __init__(self, row: Row[Any]) -> None:
        self.published_as: str = row.published_as
        self.subject: str = row.subject
        self.body: bytes = row.body
        # One more try, which is the last: whoever asked sees at once whether it went well.
        self.times: int = LAST_DELIVERY

    async def done(self) -> None:
        """Do nothing: whether it may go is seen in the inbox."""

    async def again(self, delay: float) -> None:
        """Stay: it is tried again when somebody asks for it."""

    async def alive(self) -> None:
        """Nobody waits for it."""


async def replay(
    engine: AsyncEngine, router: EventRouter, only: Sequence[str] = ()
) -> list[tuple[str, bool]]:
    """Act upon what is kept, oldest first; tell of each whether it was released.

    A message is released once it stands in the inbox. A crash before that leaves it here, and
    the inbox knows it the next time: it is acted upon once.
    """
    async with Direct(engine) as reading:
        rows = await kept(reading, only)
    edge = Edge(router, engine)
    return [(row.published_as, await _replay_one(engine, edge, router, row)) for row in rows]


async def _replay_one(engine: AsyncEngine, edge: Edge, router: EventRouter, row: Row[Any]) -> bool:
    await edge.take([FromQuarantine(row)])
    listener = router.listeners.get(row.subject)
    if listener is None:
        return False
    try:
        heard = unwrap(row.body, listener.kind)
    except Malformed:
        return False
    async with transaction(engine) as tx:
        acted_upon = await was_heard(tx, heard.message_id)
        if acted_upon:
            await release(tx, row.published_as)
    return acted_upon


@asynccontextmanager
async def behind(service: str) -> AsyncIterator[AsyncEngine]:
    """Open the database of a service as the service itself does, with the keys it may have."""
    connection = await connect(setting("NATS_URL"), service)
    engine = with_keys(connect_database(setting("DATABASE_URL")), connection, service)
    try:
        yield engine
    finally:
        await engine.dispose()
        await connection.close()


async def show(service: str, only: Sequence[str]) -> list[str]:
    engine = connect_database(setting("DATABASE_URL"))
    try:
        async with Direct(engine) as reading:
            rows = await kept(reading, only)
    finally:
        await engine.dispose()
    return [_line(row) for row in rows] or [f"{service}: nothing is kept aside"]


async def drop(service: str, only: Sequence[str]) -> list[str]:
    """Take away what is named, without acting upon it."""
    if not only:
        raise SystemExit("say which: python -m common.quarantine SERVICE drop ID …")
    engine = connect_database(setting("DATABASE_URL"))
    try:
        async with transaction(engine) as tx:
            rows = await kept(tx, only)
            for row in rows:
                await release(tx, row.published_as)
    finally:
        await engine.dispose()
    gone = [f"{_line(row)}  dropped" for row in rows]
    return gone or [f"{service}: nothing of these is kept aside"]


def _line(row: Row[Any]) -> str:
    since = row.kept_at.isoformat(timespec="seconds")
    tried = "once" if row.times == 1 else f"{row.times} times"
    return f"{row.published_as}  {since}  {row.subject}  {row.kind}: {row.reason} (tried {tried})"


async def act_again(service: str, only: Sequence[str]) -> list[str]:
    router = import_module(f"{service}.consumers").router
    async with behind(service) as engine:
        outcomes = await replay(engine, router, only)
    told = (f"{each}  {'acted upon' if gone else 'kept'}" for each, gone in outcomes)
    return list(told) or [f"{service}: nothing is kept aside"]


COMMANDS = {"list": show, "replay": act_again, "drop": drop}


def main(arguments: Sequence[str]) -> int:
    """Run a command; it fails if something that should go is still kept."""
    parser = argparse.ArgumentParser(prog="python -m common.quarantine", description=__doc__)
    parser.add_argument("service")
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("only", nargs="*", metavar="id")
    asked = parser.parse_args(arguments)
    lines = asyncio.run(COMMANDS[asked.command](asked.service, asked.only))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return int(any(line.endswith("  kept") for line in lines))
