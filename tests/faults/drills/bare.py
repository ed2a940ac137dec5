"""One server alone on a disk whose power is cut, and a ledger of what it acknowledged.

More often than a whole platform could be cut in the time; and once without our settings: if
nothing were lost then, the drill could not fail, and would prove nothing.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Protocol, Self, TypeAlias

import asyncpg
from nats.js.errors import NotFoundError

from common.broker import BrokerUnavailable, Connection, Message, connect, publish_batch
from common.server import OPERATOR
from common.streams import EVENTS
from local.ground import ground_of
from local.nats import Nats
from local.ports import HOST, free_ports
from local.postgres import Postgres
from local.secrets import SUPERUSER, Secrets
from tests.faults.audit import everything_in
from tests.faults.drills.disk import Disk
from tests.faults.drills.drill import Harm
from tests.servers import nats_of, open_folder

CLIENTS = 4
MOST_BETWEEN_CUTS = 200
LOOK_SECONDS = 0.001
# One by one, and as an atomic batch.
SIZES = (1, 5, 40)
ROLE = "matching"

Said: TypeAlias = set[int]
# How clients learn that the power went.
GONE = (
    *(BrokerUnavailable, OSError),
    *(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError),
)


class Client(Protocol):
    """Somebody who hands numbers to a server, and knows which it acknowledged."""

    async def say(self, numbers: Iterator[int]) -> list[int]: ...
    async def leave(self) -> None: ...


Arrive: TypeAlias = Callable[[], Awaitable[Client]]


class Careless(Nats):
    """NATS as it comes: what it acknowledged is synced every two minutes."""

    def _write_configuration(self) -> Path:
        path = super()._write_configuration()
        path.write_text(path.read_text().replace("sync_interval: always", 'sync_interval: "2m"'))
        return path


async def cuts_of_nats(kind: type[Nats], cuts: int) -> Harm:
    """Cut the power while messages are published; then count what was acknowledged."""
    with open_folder() as folder, living(nats_of(kind, folder, Secrets.made_new())) as nats:
        await declare(nats)
        nats.stop()
        with Disk(nats.store) as disk:
            acknowledged = await cut_often(nats, disk, cuts, lambda: Publisher.of(nats))
            held = await stored(nats)
            nats.kill()
    return compared(cuts, acknowledged, held)


async def cuts_of_postgres(synchronous_commit: str, cuts: int) -> Harm:
    """Cut the power while rows are written; then count those whose commit was answered."""
    with open_folder() as folder, living(postgres_in(folder)) as postgres:
        postgres.query("create table said (number bigint)", role=ROLE)
        postgres.stop()
        with Disk(ground_of(postgres.home, postgres.account)) as disk:
            arrive = partial(Writer.of, postgres, synchronous_commit)
            acknowledged = await cut_often(postgres, disk, cuts, arrive)
            held = Counter(map(int, postgres.query("select number from said", role=ROLE)))
            postgres.kill()
    return compared(cuts, acknowledged, held)


async def cut_often(server: Nats | Postgres, disk: Disk, cuts: int, arrive: Arrive) -> Said:
    """Let clients write, and cut the power in the midst of it; leave the server running."""
    acknowledged: Said = set()
    numbers = count(1)
    chance = random.Random(cuts)
    server.start()
    for _ in range(cuts):
        enough = len(acknowledged) + chance.randint(1, MOST_BETWEEN_CUTS)
        clients = [await arrive() for _ in range(CLIENTS)]
        async with asyncio.TaskGroup() as work:
            for client in clients:
                work.create_task(write(client, numbers, acknowledged))
            while len(acknowledged) < enough:
                await asyncio.sleep(LOOK_SECONDS)
            await asyncio.to_thread(server.kill)
        disk.cut()
        server.start()
    return acknowledged


async def write(client: Client, numbers: Iterator[int], acknowledged: Said) -> None:
    """Write until the server is gone."""
    with suppress(*GONE):
        while True:
            acknowledged.update(await client.say(numbers))
    await client.leave()


def compared(cuts: int, acknowledged: Said, held: Counter[int]) -> Harm:
    return Harm(
        faults=cuts,
        answered=len(acknowledged),
        lost=[f"acknowledged, and gone: {each}" for each in sorted(acknowledged - set(held))],
        doubled=[f"there {times} times: {each}" for each, times in held.items() if times > 1],
    )


async def declare(nats: Nats) -> None:
    connection = await connect(nats.url(OPERATOR), OPERATOR)
    await connection.jetstream().add_stream(EVENTS)
    await connection.close()


class Publisher:
    """Publishes one message after another, and some in batches."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @classmethod
    async def of(cls, nats: Nats) -> Self:
        return cls(await connect(nats.url(OPERATOR), OPERATOR))

    async def say(self, numbers: Iterator[int]) -> list[int]:
        said = [next(numbers) for _ in range(random.choice(SIZES))]
        await publish_batch(self._connection, [message(number) for number in said])
        return said

    async def leave(self) -> None:
        with suppress(OSError):  # there is nobody to take leave of
            await self._connection.close()


def message(number: int) -> Message:
    return Message(subject="events.drill.said.v1", id=str(number), payload=b"-" * 500, headers={})


async def stored(nats: Nats) -> Counter[int]:
    connection = await connect(nats.url(OPERATOR), OPERATOR)
    try:
        messages = await everything_in(connection)
    except NotFoundError:  # the stream itself is gone
        messages = []
    await connection.close()
    return Counter(int((each.headers or {})["Nats-Msg-Id"]) for each in messages)


class Writer:
    """Writes one row after another, each in a transaction of its own."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    @classmethod
    async def of(cls, postgres: Postgres, synchronous_commit: str) -> Self:
        connection = await asyncpg.connect(
            host=HOST,
            port=postgres.port,
            user=ROLE,
            password=postgres.passwords[ROLE],
            server_settings={"synchronous_commit": synchronous_commit},
        )
        return cls(connection)

    async def say(self, numbers: Iterator[int]) -> list[int]:
        number = next(numbers)
        await self._connection.execute("insert into said values ($1)", number)
        return [number]

    async def leave(self) -> None:
        self._connection.terminate()


def postgres_in(folder: Path) -> Postgres:
    passwords = Secrets.made_new().postgres
    return Postgres(
        home=folder / "postgres",
        port=free_ports(1)[0],
        passwords={name: passwords[name] for name in (SUPERUSER, ROLE)},
        log=folder / "postgres.log",
    )


@contextmanager
def living(server: Any) -> Iterator[Any]:
    server.start()
    try:
        yield server
    finally:
        server.kill()
