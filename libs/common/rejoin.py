"""Take a restored service back among the others: `python -m common.rejoin intake`.

Needs DATABASE_URL of the service, which must not run yet, and the operator's NATS_URL; also after
a database was put back by other means than `common.restore`. To do it twice does no harm.

What others announced since is heard again, and what the stream lost is published again. What the
service itself announced since, it does not know any more: it is told, and kept as announced. Who
was erased since stays erased.
"""

import asyncio
import sys
from collections import Counter
from contextlib import suppress
from functools import partial
from importlib import import_module

import asyncpg
from nats.aio.msg import Msg
from nats.js.errors import NotFoundError
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from common.backup import HOME_OF_KEYS
from common.broker import PATIENCE, BrokerUnavailable, Connection, NotLetIn, connect, publish_batch
from common.contracts.intake.people import PersonErased, PersonRegistered
from common.database import connect as connect_database
from common.database import in_full
from common.history import history
from common.key_bucket import KeyBucket
from common.keys import publish_keys
from common.refill import refill
from common.relay import Relay
from common.restore import NotRestored, alone
from common.server import OPERATOR
from common.settings import setting, stop
from common.streams import EVENTS_STREAM, KEYS_STREAM, KEYS_SUBJECT, consumer
from common.topology import heard_by

# More than anything changes between two backups: what is said from now on is newer than all that
# was said of it and is not known here any more.
LEAP = 10_000

# Nothing is older than what the event table keeps; what was kept, and is not marked, is marked.
# What was published again after the stream's window for duplicates lies there twice.
TAKE_IN = """
    insert into events (message_id, subject, body, written_at, published_at, stream_sequence)
    select message_id, subject, body, said, said, sequence
    from (
        select distinct on (message_id) *
        from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[])
            as held (message_id, subject, body, said, sequence)
        order by message_id, sequence
    ) as first
    order by sequence
    on conflict (message_id) do update
    set published_at = excluded.published_at, stream_sequence = excluded.stream_sequence
    where events.stream_sequence is distinct from excluded.stream_sequence
    returning subject, xmax = 0 as is_new
"""
# The bucket is newer than any backup; but nothing is newer than an erasure.
TAKE_KEY = """
    insert into person_keys as kept (person_id, wrapped, erased_at)
    values ($1, $2::bytea, case when $2::bytea = '' then now() end)
    on conflict (person_id) do update
    set wrapped = excluded.wrapped, erased_at = excluded.erased_at, published_at = null
    where kept.wrapped <> '' and kept.wrapped <> excluded.wrapped
"""
ERASE_AGAIN = """
    update person_keys set wrapped = '', erased_at = now(), published_at = null
    where wrapped <> '' and person_id in (
        select (body::jsonb -> 'data' ->> 'person_id')::uuid from events where subject = $1)
"""
KEYS_ARE_MISSING = """
    select exists (select from events where subject = $1) and not exists (select from person_keys)
"""


async def rejoin(url: str, nats_url: str, service: str) -> list[str]:
    """Bring the database of a service, the stream and the keys together again; tell how."""
    engine = connect_database(url)
    connection = await connect(nats_url, OPERATOR)
    try:
        async with alone(url) as database:
            told = [await take_in(database, connection, service)]
            if service == HOME_OF_KEYS:
                told.append(await settle_keys(database, connection))
            await leap(database, service)
            told.append(await publish_lost(engine, connection, service))
            await hear_again(connection, service)
            return [f"{service}: {line}" for line in (*told, "hears everything again")]
    finally:
        await connection.close()
        await engine.dispose()


async def take_in(database: asyncpg.Connection, connection: Connection, service: str) -> str:
    """Keep as announced what the service announced after this database was backed up."""
    unknown: Counter[str] = Counter()
    async for batch in history(connection, [f"{EVENTS_STREAM}.{service}.>"]):
        for subject, is_new in await database.fetch(TAKE_IN, *zip(*map(_held, batch), strict=True)):
            unknown[subject] += is_new
    kinds = ", ".join(
        f"{count} {_kind(subject)}" for subject, count in sorted(unknown.items()) if count
    )
    return f"announced and not known here any more: {kinds or 'nothing'}"


def _held(message: Msg) -> tuple[object, ...]:
    headers, place = message.headers or {}, message.metadata
    body = message.data.decode()
    return headers["message_id"], message.subject, body, place.timestamp, place.sequence.stream


def _kind(subject: str) -> str:
    return subject.split(".")[2]


async def settle_keys(database: asyncpg.Connection, connection: Connection) -> str:
    """Take what the bucket still knows; whoever was erased, here or there, stays erased."""
    async for batch in history(connection, [f"{KEYS_SUBJECT}.>"], stream=KEYS_STREAM):
        keys = [(message.subject.rpartition(".")[2], message.data) for message in batch]
        await database.executemany(TAKE_KEY, keys)
    if await database.fetchval(KEYS_ARE_MISSING, PersonRegistered.subject):
        raise NotRestored("nobody has a key: first python -m common.restore keys DIR")
    gone = await database.execute(ERASE_AGAIN, PersonErased.subject)
    return f"keys of people who were erased since, erased again: {gone.split()[-1]}"


async def leap(database: asyncpg.Connection, service: str) -> None:
    """Let what is said from now on be newer than what others heard and we forgot."""
    for table in getattr(import_module(f"{service}.store"), "ANNOUNCED", ()):
        await database.execute(in_full(update(table).values(version=table.c.version + LEAP)))


async def publish_lost(engine: AsyncEngine, connection: Connection, service: str) -> str:
    """Publish what the stream does not hold, each key before who speaks of its person."""
    prepare = (
        partial(publish_keys, engine, KeyBucket(connection)) if service == HOME_OF_KEYS else None
    )
    lost = await refill(engine, connection, service)
    relay = Relay(engine, partial(publish_batch, connection), prepare)
    while await relay.relay():
        pass
    return f"{lost} events are published again"


async def hear_again(connection: Connection, service: str) -> None:
    """Begin the stream anew: what was heard before the backup stands in the inbox."""
    jetstream = connection.jetstream(timeout=PATIENCE)
    with suppress(NotFoundError):
        await jetstream.delete_consumer(EVENTS_STREAM, service)
    if subjects := heard_by([service])[service]:
        await jetstream.add_consumer(EVENTS_STREAM, consumer(service, subjects))


def main(service: str) -> None:
    url, nats_url = setting("DATABASE_URL"), setting("NATS_URL")
    try:
        lines = asyncio.run(rejoin(url, nats_url, service))
    except NotFoundError:
        stop("NATS has no streams: first python -m common.topology declare …")
    except (NotRestored, BrokerUnavailable, NotLetIn, OSError, asyncpg.PostgresError) as no:
        stop(f"{service} does not rejoin: {no}")
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main(sys.argv[1])
