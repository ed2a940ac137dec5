"""How long reporting takes to hear a national year again: projections rebuilt from zero.

A stream of whole journeys, from the referral to the closed pair, is published once; then the
tables are emptied and filled from it, as `python -m common.rebuild reporting` does. A national
year is some two million events: the time for it is extrapolated from those that were measured.
"""

import statistics
import time
from collections.abc import Iterator

from sqlalchemy import Table, Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.ground import Ground, open_ground
from benchmarks.table import Aim, Line, rates
from common.broker import Connection, Message, connect, publish_batch
from common.contracts import Event
from common.database import connect as connect_database
from common.envelope import wrap
from common.identity import new_id
from common.rebuild import rebuild
from common.server import OPERATOR
from common.topology import declare, heard_by
from reporting.consumers import router
from reporting.store import PROJECTIONS
from tests import servers
from tests.reporting.cast import Journey, all_of

SERVICE = "reporting"
JOURNEYS = 2_000
ROUNDS = 3
NATIONAL_YEAR = 2_000_000


async def rebuilding(journeys: int = JOURNEYS, rounds: int = ROUNDS) -> list[Line]:
    """Rebuild again and again what reporting keeps; it must end the same each time."""
    with open_ground() as ground:
        engine = connect_database(ground.postgres.url(SERVICE))
        connection = await connect(ground.nats.url(OPERATOR), OPERATOR)
        count = await publish(ground, connection, journeys)
        measured = [await rebuilt(engine, connection, count) for _ in range(rounds)]
        await connection.close()
        await engine.dispose()
    assert len({told for _, told in measured}) == 1
    return told_of([rate for rate, _ in measured], count)


def told_of(heard: list[float], count: int) -> list[Line]:
    return [
        Line(
            number="E6",
            measure=f"a year of {NATIONAL_YEAR:,} events rebuilt",
            figure=f"extrapolated from {count:,} at {rates(heard, ' events/s')}",
            value=NATIONAL_YEAR / statistics.median(heard) / 60,
            aim=Aim(goal=10, moonshot=2, unit="min"),
        )
    ]


async def publish(ground: Ground, connection: Connection, journeys: int) -> int:
    """Put the journeys on a stream, in the order in which they happen to each."""
    await declare(ground.nats.url(OPERATOR), heard_by([SERVICE]))
    messages = list(messages_of(Journey(number=n).running().closed() for n in range(journeys)))
    await publish_batch(connection, messages)
    return len(messages)


def messages_of(journeys: Iterator[Journey]) -> Iterator[Message]:
    for event in all_of(*journeys):
        yield message_of(event)


def message_of(event: Event) -> Message:
    known_as = new_id()
    payload = wrap(event, known_as).encode()
    return Message(subject=event.subject, id=str(known_as), payload=payload, headers={})


async def rebuilt(engine: AsyncEngine, connection: Connection, count: int) -> tuple[float, str]:
    """Empty and fill the tables; return events a second, and a digest of what was filled in."""
    await servers.empty_tables(engine, SERVICE)
    started = time.perf_counter()
    applied = await rebuild(engine, connection, router, PROJECTIONS)
    seconds = time.perf_counter() - started
    assert applied == count
    digests = [await digest(engine, each) for each in PROJECTIONS]
    return count / seconds, " ".join(digests)


async def digest(engine: AsyncEngine, kept: Table) -> str:
    """Put what a table holds into few characters, whatever the order of its rows."""
    row = func.md5(cast(literal_column(f'"{kept.name}"'), Text))
    rows = func.string_agg(row, aggregate_order_by(literal_column("''"), row))
    query = select(func.md5(rows)).select_from(kept)
    async with engine.connect() as reading:
        return str(await reading.scalar(query))
