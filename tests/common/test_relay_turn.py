"""One replica relays at a time, also when the connection with its lock is cut without a word."""

import asyncio
from contextlib import suppress
from uuid import uuid4

import pytest
from sqlalchemy import column, func, insert, select, table, text

from common import relay as relays
from common.database import connect, metadata
from common.outbox import CHANNEL, events
from common.relay import RELAY_LOCK, Relay
from tests.waiting import beside, eventually

WHO_WAITS = """
    select state, backend_xmin from pg_stat_activity where query like 'select pg_%advisory_lock%'
"""


class Cable:
    """A way to PostgreSQL whose connections can be cut so that neither end is told."""

    def __init__(self, host, port):
        self.there = host, port
        self.cut = []
        self.joined = set()

    def join(self, reader, writer):
        joined = asyncio.create_task(self.carry_both(reader, writer))
        self.joined.add(joined)

    async def carry_both(self, reader, writer):
        number = len(self.cut)
        self.cut.append(False)
        far_reader, far_writer = await asyncio.open_connection(*self.there)
        await asyncio.gather(
            self.carry(number, reader, far_writer), self.carry(number, far_reader, writer)
        )

    async def carry(self, number, reader, writer):
        # Either end may go in the middle of a word.
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if not self.cut[number]:
                    writer.write(data)
        while self.cut[number]:
            await asyncio.sleep(0.05)
        writer.close()

    def mend(self):
        self.cut = [False for _ in self.cut]


class Replica:
    """A relay, and the numbers that it published."""

    def __init__(self, engine):
        self.published = []
        self.relay = Relay(engine, self.publish, None)

    async def publish(self, messages):
        self.published += [int(message.payload) for message in messages]
        return list(range(1, len(messages) + 1))


@pytest.fixture
async def engine(postgres):
    engine = connect(postgres.url("postgres", "postgres"))
    async with engine.begin() as tx:
        await tx.run_sync(metadata.create_all)
        await tx.execute(text("truncate events restart identity"))
    yield engine
    async with engine.begin() as tx:
        await tx.run_sync(metadata.drop_all)
    await engine.dispose()


@pytest.fixture
async def by_cable(engine):
    """The same database, by a way that can be cut, and the way."""
    cable = Cable(engine.url.host, engine.url.port)
    server = await asyncio.start_server(cable.join, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    far = connect(engine.url.set(port=port).render_as_string(hide_password=False))
    yield far, cable
    cable.mend()
    await far.dispose()
    server.close()
    await asyncio.wait(cable.joined)


async def promise(engine, number):
    row = {"message_id": uuid4(), "subject": "events.a.b.v1", "body": str(number)}
    async with engine.begin() as tx:
        await tx.execute(insert(events).values(row))
        await tx.execute(text(f"notify {CHANNEL}"))


async def all_noted(engine):
    """Wait until whoever published has noted it: who dies before publishes it once more."""
    waiting = select(func.count()).where(events.c.published_at.is_(None))

    async def none_waits():
        async with engine.connect() as database:
            return not await database.scalar(waiting)

    await eventually(none_waits)


async def let_go_of_the_lock(engine):
    """End the session with the lock, as PostgreSQL does when TCP has given up on it."""
    holders = select(func.pg_terminate_backend(column("pid"))).select_from(table("pg_locks"))
    async with engine.begin() as tx:
        await tx.execute(
            holders.where(column("locktype") == "advisory", column("objid") == RELAY_LOCK)
        )


async def test_who_lost_the_lock_in_silence_stops_relaying(engine, by_cable, monkeypatch):
    monkeypatch.setattr(relays, "IDLE_SECONDS", 0.1)
    monkeypatch.setattr(relays, "ANSWER_SECONDS", 0.2)
    far, cable = by_cable
    cut_off, other = Replica(far), Replica(engine)
    async with beside(cut_off.relay.run()):
        await promise(engine, 0)
        await eventually(lambda: cut_off.published == [0])
        await all_noted(engine)

        # The lock has the first connection; what is relayed goes by others.
        cable.cut[0] = True
        before = len(cable.cut)
        await let_go_of_the_lock(engine)
        async with beside(other.relay.run()):
            # It noticed, and asks for the lock anew.
            await eventually(lambda: len(cable.cut) > before)
            for number in range(1, 21):
                await promise(engine, number)
            await eventually(lambda: len(other.published) + len(cut_off.published) > 20)

    assert cut_off.published == [0]
    assert other.published == list(range(1, 21))


async def test_who_waits_for_its_turn_keeps_nothing_from_being_vacuumed(engine, monkeypatch):
    monkeypatch.setattr(relays, "IDLE_SECONDS", 0.05)
    first, second = Replica(engine), Replica(engine)

    async def one_waits_and_holds_on_to_nothing():
        async with engine.connect() as database:
            return (await database.execute(text(WHO_WAITS))).all() == [("idle", None)]

    async with beside(first.relay.run(), second.relay.run()):
        await eventually(one_waits_and_holds_on_to_nothing)
        await promise(engine, 1)
        await all_noted(engine)

    assert first.published + second.published == [1]
