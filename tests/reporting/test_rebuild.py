"""A rebuild from the real stream: emptied tables hear everything again and end the same."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import select

from common import topology
from common.broker import Connection, Message, connect, publish_batch
from common.envelope import wrap
from common.events import Edge
from common.rebuild import rebuild
from local.nats import Nats
from reporting.consumers import router
from reporting.store import PROJECTIONS
from tests.deliveries import delivery_of
from tests.reporting.cast import ASSOCIATIONS, OFFERS, Journey, erased

JOURNEYS = [Journey(number=n).running().closed() for n in range(4)]
EVERYTHING = [
    *ASSOCIATIONS,
    *OFFERS,
    *(event for journey in JOURNEYS for event in journey.events),
    erased(JOURNEYS[0].mentee_id),
]


@pytest.fixture
async def operator(nats: Nats) -> AsyncIterator[Connection]:
    connection = await connect(nats.url("operator"), "operator")
    await topology.declare(nats.url("operator"), {"reporting": router.subjects})
    yield connection
    await connection.close()


def message_of(event) -> Message:
    known_as = uuid4()
    return Message(
        subject=event.subject,
        id=str(known_as),
        payload=wrap(event, known_as).encode(),
        headers={},
    )


async def held(engine) -> dict[str, list[tuple[object, ...]]]:
    async with engine.connect() as tx:
        return {
            table.name: sorted(map(tuple, await tx.execute(select(table))), key=str)
            for table in PROJECTIONS
        }


async def test_a_rebuild_from_the_stream_is_identical(engine, operator):
    await Edge(router, engine).take([delivery_of(event) for event in EVERYTHING])
    before = await held(engine)
    await publish_batch(operator, [message_of(event) for event in EVERYTHING])

    applied = await rebuild(engine, operator, router, PROJECTIONS)

    assert applied == len(EVERYTHING) - 1
    assert await held(engine) == before
