"""The promises of the event table, kept in order: one replica relays, the others stand by."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import ARRAY, BigInteger, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from common.broker import Message
from common.crash import crash_point
from common.database import plain
from common.direct import Direct
from common.metrics import PUBLISHED
from common.outbox import CHANNEL, events

log = structlog.get_logger()

# Any number will do, as long as every replica of a service asks for the same.
RELAY_LOCK = 7_246_001
MINE = "select pg_try_advisory_lock($1)"
BATCH = 1000
IDLE_SECONDS = 1.0
ANSWER_SECONDS = 5.0

# Hand messages to the stream, in order; return their places in it once they are on its disk.
Publish: TypeAlias = Callable[[Sequence[Message]], Awaitable[list[int]]]
Prepare: TypeAlias = Callable[[], Awaitable[object]]

# No page by "position greater than the last": a transaction that commits late would be skipped.
OLDEST = (
    select(events.c.position, events.c.message_id, events.c.subject, events.c.body)
    .where(events.c.published_at.is_(None))
    .order_by(events.c.position)
    .limit(BATCH)
)

PLACES = select(
    func.unnest(bindparam("positions", type_=ARRAY(BigInteger))).label("position"),
    func.unnest(bindparam("sequences", type_=ARRAY(BigInteger))).label("sequence"),
).subquery()

MARK_PUBLISHED = (
    update(events)
    .where(events.c.position == PLACES.c.position)
    .values(published_at=func.now(), stream_sequence=PLACES.c.sequence)
)


class Relay:
    """Publish what was promised, and note where it lies in the stream.

    A crash between the two publishes the same message again under the same id: the stream
    and the inbox both recognise it.
    """

    def __init__(self, engine: AsyncEngine, publish: Publish, prepare: Prepare | None) -> None:
        self._engine = engine
        self._publish = publish
        self._prepare = prepare

    async def run(self) -> None:
        """Relay for as long as the service lives; a broker that is away only delays."""
        while True:
            try:
                async with self._turn() as (woken, turn):
                    # The lock goes with its connection: without it, another replica relays.
                    while not turn.is_closed():
                        woken.clear()
                        # Who promises after we looked wakes us again.
                        if await self.relay() < BATCH and not await _woken(woken):
                            # A connection that was cut in silence looks open: ask.
                            await turn.execute("select 1", timeout=ANSWER_SECONDS)
            except Exception:
                log.exception("relay_failed")
                await asyncio.sleep(IDLE_SECONDS)

    async def relay(self) -> int:
        """Publish the oldest promises and return how many."""
        async with Direct(self._engine) as database:
            promised = (await database.execute(OLDEST)).all()
        if self._prepare:
            await self._prepare()
        if not promised:
            return 0
        crash_point("relay.selected")
        sequences = await self._publish(
            [_message(row.message_id, row.subject, row.body) for row in promised]
        )
        crash_point("relay.published")
        positions = [row.position for row in promised]
        async with Direct(self._engine) as database:
            await database.execute(MARK_PUBLISHED, {"positions": positions, "sequences": sequences})
        PUBLISHED.inc(len(promised))
        crash_point("relay.marked")
        return len(promised)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[tuple[asyncio.Event, asyncpg.Connection]]:
        """Wait for the lock that one replica holds; give an event that NOTIFY sets, and the lock.

        No SKIP LOCKED: two relays at once would lose the order of the events.
        """
        connection = await asyncpg.connect(plain(self._engine.url))
        try:
            woken = asyncio.Event()
            connection.add_termination_listener(lambda _: woken.set())
            # Asked again and again while another replica relays: a statement that waited inside of
            # PostgreSQL would keep it from vacuuming all that died since.
            while not await connection.fetchval(MINE, RELAY_LOCK, timeout=ANSWER_SECONDS):
                await _woken(woken)
            await connection.add_listener(CHANNEL, lambda *_: woken.set())
            yield woken, connection
        finally:
            connection.terminate()


async def _woken(woken: asyncio.Event) -> bool:
    """Wait a moment for somebody who promises, or for the end; tell whether there was one."""
    with suppress(TimeoutError):
        async with asyncio.timeout(IDLE_SECONDS):
            await woken.wait()
    return woken.is_set()


def _message(message_id: UUID, subject: str, body: str) -> Message:
    headers = {"message_id": str(message_id), "type": subject}
    return Message(subject=subject, id=str(message_id), payload=body.encode(), headers=headers)
