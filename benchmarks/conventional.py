"""The same journeys as most tutorials would: a message, a session, a commit, a publish."""

import asyncio
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import nats
from faststream.nats import JStream, NatsBroker, PullSub
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.hops import HOPS, PATIENCE_SECONDS, Hopped, first_step, next_step
from common.envelope import wrap
from common.identity import new_id
from common.inbox import inbox
from common.streams import EVENTS_STREAM
from local.ports import HOST, free_ports, is_busy
from tests import servers


class Row(DeclarativeBase):
    """What the ORM maps."""


class Journey(Row):
    """Where a journey has come to."""

    __tablename__ = "journeys"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    step: Mapped[int]


class Travel:
    """FastStream and an ORM session for each message, the publish awaited after the commit."""

    def __init__(self, engine: AsyncEngine, url: str) -> None:
        self._engine = engine
        self._broker = NatsBroker(url, logger=None)
        self._under_way = 0
        self._over = asyncio.Event()
        self._broker.subscriber(
            Hopped.subject,
            stream=JStream(EVENTS_STREAM, declare=False),
            durable="conventional",
            pull_sub=PullSub(batch_size=1, timeout=1.0),
        )(self._hop)

    async def go(self, count: int) -> float:
        """Let so many messages be heard; return how many a second."""
        self._under_way = count // HOPS
        await self._broker.start()
        started = time.perf_counter()
        for _ in range(count // HOPS):
            await self._publish(first_step(new_id()))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._over.wait()
        seconds = time.perf_counter() - started
        await self._broker.stop()
        return count / seconds

    async def _hop(self, message: dict[str, Any]) -> None:
        event = Hopped.model_validate(message["data"])
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            await session.execute(insert(inbox).values(message_id=UUID(message["id"])))
            row = await session.get(Journey, event.journey_id)
            if row is None:
                session.add(Journey(id=event.journey_id, step=event.version))
            else:
                row.step = event.version
            await session.commit()
        if event.version < HOPS:
            await self._publish(next_step(event))
        else:
            self._arrive()

    async def _publish(self, event: Hopped) -> None:
        message_id = new_id()
        await self._broker.publish(
            wrap(event, message_id).encode(),
            Hopped.subject,
            stream=EVENTS_STREAM,
            timeout=5.0,
            headers={"Nats-Msg-Id": str(message_id), "content-type": "application/json"},
        )

    def _arrive(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self._over.set()


async def conventional(engine: AsyncEngine, count: int) -> float:
    with open_server() as url:
        connection = await nats.connect(url)
        stream = connection.jetstream()
        await stream.add_stream(name=EVENTS_STREAM, subjects=[f"{EVENTS_STREAM}.>"])
        await connection.close()
        return await Travel(engine, url).go(count)


@contextmanager
def open_server() -> Iterator[str]:
    """Start a server without users, as tutorials do, of the same durability."""
    port = free_ports(1)[0]
    with servers.open_folder() as folder:
        configuration = folder / "nats.conf"
        store = f'jetstream {{ store_dir: "{folder}", sync_interval: always }}'
        configuration.write_text(f"listen: {HOST}:{port}\n{store}\n")
        binary = Path(sysconfig.get_path("scripts")) / "nats-server"
        server = subprocess.Popen([binary, "-c", configuration, "-l", folder / "log"])
        try:
            while not is_busy(port):
                time.sleep(0.01)
            yield f"nats://{HOST}:{port}"
        finally:
            server.terminate()
            server.wait()
