"""Send commands to a real process over sixteen connections, and count what was kept of them."""

import json
import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.ground import open_platform
from benchmarks.posting.app import SERVICE, NoteTaken, metadata, notes
from benchmarks.posting.client import Command, load
from benchmarks.table import Aim, Line, rates
from common.caller import Caller, Grant
from common.contracts.vocabulary import Role
from common.database import connect
from common.outbox import events
from common.tokens import issue
from local.platform import PYTHON_PATH, ROOT, Platform
from local.ports import HOST
from local.service import Service

CONNECTIONS = 16
ROUNDS = 3
SECONDS = 2.0
BODY = json.dumps({"number": 7, "words": "Aime le dessin et la mécanique."}).encode()


async def posting(rounds: int = ROUNDS) -> list[Line]:
    """Compare a durable command with one that keeps nothing, requests a second."""
    with open_platform(SERVICE) as platform:
        engine = connect(platform.surroundings.database_url(SERVICE))
        async with engine.begin() as tx:
            await tx.run_sync(metadata.create_all)
        with in_its_place(platform):
            line = await compare(engine, platform, rounds)
        await engine.dispose()
    return [line]


async def compare(engine: AsyncEngine, platform: Platform, rounds: int) -> Line:
    command = partial(
        Command, host=HOST, port=platform.ports.of(SERVICE), token=token(platform), body=BODY
    )
    durable, fleeting, done = [], [], 0
    for _ in range(rounds):
        fleeting.append((await load(command(path="/echoes"), CONNECTIONS, SECONDS))[1])
        count, rate = await load(command(path="/notes"), CONNECTIONS, SECONDS)
        durable.append(rate)
        done += count
    await assert_kept(engine, done)
    ratios = [kept / forgotten for kept, forgotten in zip(durable, fleeting, strict=True)]
    return Line(
        number="E5",
        measure="durable POST / POST without a store",
        figure=f"{rates(durable)} against {rates(fleeting)}",
        value=statistics.median(ratios),
        aim=Aim(goal=0.5, moonshot=0.9),
    )


async def assert_kept(engine: AsyncEngine, done: int) -> None:
    """Assert that each answered command left one row and one event."""
    promised = select(func.count()).where(events.c.subject == NoteTaken.subject)
    async with engine.connect() as reading:
        assert await reading.scalar(select(func.count()).select_from(notes)) == done
        assert await reading.scalar(promised) == done


@contextmanager
def in_its_place(platform: Platform) -> Iterator[None]:
    """Serve our two commands where the real service was."""
    platform.service(SERVICE).stop()
    told = {"PYTHONPATH": os.pathsep.join((PYTHON_PATH, str(ROOT)))}
    ours = Service(
        name="benchmarks.posting",
        port=platform.ports.of(SERVICE),
        environment=platform.environment_of(SERVICE) | told,
        log=platform.logs / "posting.log",
    )
    ours.start()
    try:
        yield
    finally:
        ours.stop()


def token(platform: Platform) -> str:
    grant = Grant(Role.COORDINATOR, UUID(int=1))
    caller = Caller(person_id=UUID(int=2), grants=frozenset({grant}), language="fr")
    return issue(platform.secrets.token_signing_key, caller, now=datetime.now(UTC))
