"""The journey that is measured: ten hops, each heard, kept and answered by the next one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Column, Integer, MetaData, Table, Uuid
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.broker import Connection, publish_batch
from common.contracts import Event
from common.database import later, transaction
from common.events import Edge, EventRouter
from common.listening import Listening
from common.outbox import emit
from common.relay import Relay
from tests.waiting import beside

HOPS = 10
SERVICE = "intake"
PATIENCE_SECONDS = 60


class Hopped(Event):
    """A journey made another step."""

    subject: ClassVar[str] = f"events.{SERVICE}.hopped.v1"
    key: ClassVar[str] = "journey_id"

    journey_id: UUID


def first_step(journey_id: UUID) -> Hopped:
    return Hopped(
        occurred_at=datetime.now(UTC), association_id=None, version=1, journey_id=journey_id
    )


def next_step(event: Hopped) -> Hopped:
    return event.model_copy(update={"version": event.version + 1})


metadata = MetaData()
journeys = Table(
    "journeys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("step", Integer, nullable=False),
)
_new = insert(journeys)
KEEP = _new.on_conflict_do_update(
    index_elements=["id"],
    set_={"step": _new.excluded.step},
    where=journeys.c.step < _new.excluded.step,
)


class Travel:
    """Journeys through the corridor as a service has it: its relay, its listener, its edge."""

    def __init__(self, engine: AsyncEngine, connection: Connection) -> None:
        self._engine = engine
        self._connection = connection
        self._under_way: set[UUID] = set()
        self._over = asyncio.Event()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Do what a service does beside its requests."""
        router = EventRouter(SERVICE)
        router.on(Hopped)(self._hop)
        relay = Relay(self._engine, partial(publish_batch, self._connection), None)
        edge = Edge(router, self._engine, self._look)
        listening = Listening(self._connection, SERVICE, edge)
        async with beside(relay.run(), listening.run()):
            yield

    async def go(self, journey_ids: Sequence[UUID]) -> None:
        """Send journeys off together, and wait until the last step of each is committed."""
        self._under_way = set(journey_ids)
        self._over.clear()
        async with transaction(self._engine) as tx:
            await emit(tx, *(first_step(each) for each in journey_ids))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._over.wait()

    async def _hop(self, event: Hopped, tx: AsyncConnection) -> None:
        later(tx, KEEP, {"id": event.journey_id, "step": event.version})
        if event.version < HOPS:
            await emit(tx, next_step(event))
        else:
            self._under_way.discard(event.journey_id)

    def _look(self) -> None:
        """Look, after each commit, whether the last journey has ended."""
        if not self._under_way:
            self._over.set()
