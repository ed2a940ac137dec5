"""Where the keys of people live: a table at home, and a bucket from which the others read.

Whoever owns the table creates and erases keys in it. What changed is put into the bucket before
the events of the same transaction leave, so that nobody hears of a person without a key.

With DATABASE_URL of the home: `python -m common.keys refill` after a broker lost its disk, with
the operator's NATS_URL; `python -m common.keys rewrap` after a new KEY_ENCRYPTION_KEY was put
before the old ones, which can then be taken away.
"""

import asyncio
import sys
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from nats.js.api import Header
from sqlalchemy import (
    Column,
    DateTime,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.broker import PATIENCE, Connection, Message, connect, publish_batch
from common.database import NAMING
from common.database import connect as connect_database
from common.seal import KeyRing
from common.server import OPERATOR, USERS
from common.settings import setting
from common.streams import KEYS_STREAM, KEYS_SUBJECT
from common.vault import ERASED, KeyNotYetKnown, Vault, VaultFor, vault_of, with_vault

BATCH = 1000
READS_AT_ONCE = 64
# Understood by every client of key/value buckets.
TOMBSTONE = {"KV-Operation": "DEL"}

metadata = MetaData(naming_convention=NAMING)

# The service at home takes it into its own metadata: `person_keys.to_metadata(metadata)`.
person_keys = Table(
    "person_keys",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("published_at", DateTime(timezone=True)),
    Column("erased_at", DateTime(timezone=True)),
)
unpublished = person_keys.c.published_at.is_(None)
Index("ix_person_keys_unpublished", person_keys.c.person_id, postgresql_where=unpublished)


async def create_keys(tx: AsyncConnection, *person_ids: UUID) -> None:
    """Give new people their keys; from here on this transaction can seal for them."""
    vault = vault_of(tx)
    rows = [{"person_id": each, "wrapped": vault.mint(each)} for each in person_ids]
    if rows:
        await tx.execute(insert(person_keys), rows)


async def erase_key(tx: AsyncConnection, person_id: UUID, *, at: datetime) -> None:
    """Overwrite a key with nothing: whatever it sealed, anywhere, is unreadable from now on."""
    erasing = (
        update(person_keys)
        .where(person_keys.c.person_id == person_id)
        .values(wrapped=ERASED, erased_at=func.coalesce(person_keys.c.erased_at, at))
        .values(published_at=None)
    )
    if not (await tx.execute(erasing)).rowcount:
        raise KeyNotYetKnown(person_id)


async def read_home(tx: AsyncConnection, person_ids: Collection[UUID]) -> Mapping[UUID, bytes]:
    columns = (person_keys.c.person_id, person_keys.c.wrapped)
    query = select(*columns).where(person_keys.c.person_id == func.any(bindparam("ids")))
    return {
        row.person_id: row.wrapped for row in await tx.execute(query, {"ids": list(person_ids)})
    }


def vault_at_home(ring: KeyRing) -> VaultFor:
    """Read keys from the table, in the same transaction that may just have created them."""
    return lambda tx: Vault(ring, partial(read_home, tx))


def vault_elsewhere(ring: KeyRing, bucket: "KeyBucket") -> VaultFor:
    """Read keys from the bucket; one vault for the whole process, as it remembers them."""
    vault = Vault(ring, bucket.read)
    return lambda _: vault


def with_keys(
    engine: AsyncEngine, connection: Connection, service: str, keys: str | None = None
) -> AsyncEngine:
    """Give an engine the keys of people as far as the service may have them.

    `keys` is its KEY_ENCRYPTION_KEY; a command finds it in the environment.
    """
    rights = USERS[service].keys
    if rights == "none":
        return engine
    ring = KeyRing.parse(keys or setting("KEY_ENCRYPTION_KEY"))
    at_home = rights == "write"
    vault = vault_at_home(ring) if at_home else vault_elsewhere(ring, KeyBucket(connection))
    return with_vault(engine, vault)


class KeyBucket:
    """The wrapped keys on NATS: one message a person, overwritten on disk when it goes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stream = connection.jetstream(timeout=PATIENCE)
        self._turn = asyncio.Semaphore(READS_AT_ONCE)

    async def read(self, person_ids: Collection[UUID]) -> Mapping[UUID, bytes]:
        held = await self._held(person_ids)
        return {person_id: wrapped for person_id, (_, wrapped) in held.items()}

    async def put(self, keys: Mapping[UUID, bytes]) -> set[UUID]:
        """Make the bucket say this; an older value is destroyed on the disk before it goes.

        Putting one value over another would only hide the older one, which stays on the disk.
        What the bucket knows to be erased stays so: those are returned who would have come back.
        """
        held = await self._held(keys)
        there = {each: key for each, (_, key) in held.items()}
        erased = {each for each, key in keys.items() if key and there.get(each) == ERASED}
        changed = {
            each: key for each, key in keys.items() if there.get(each) != key and each not in erased
        }
        for person_id in changed.keys() & held.keys():
            await self._stream.delete_msg(KEYS_STREAM, held[person_id][0])
        messages = [_message(person_id, wrapped) for person_id, wrapped in changed.items()]
        await publish_batch(self._connection, messages, KEYS_STREAM)
        return erased

    async def _held(self, person_ids: Iterable[UUID]) -> dict[UUID, tuple[int, bytes]]:
        asked = list(person_ids)
        found = await asyncio.gather(*(self._one(person_id) for person_id in asked))
        return {person_id: each for person_id, each in zip(asked, found, strict=True) if each}

    async def _one(self, person_id: UUID) -> tuple[int, bytes] | None:
        async with self._turn:
            answer = await self._connection.request(
                f"$JS.API.DIRECT.GET.{KEYS_STREAM}.{_subject(person_id)}"
            )
        headers = answer.headers or {}
        if "Nats-Sequence" not in headers:
            return None
        return int(headers["Nats-Sequence"]), answer.data


async def publish_keys(engine: AsyncEngine, bucket: KeyBucket) -> int:
    """Put every new, changed or erased key into the bucket, and tell how many.

    The relay calls it after it has chosen the events to publish and before it publishes them:
    a key is committed together with the first event about its person, so it is seen here.
    """
    published = BATCH
    total = 0
    while published == BATCH:
        published = await _publish_some(engine, bucket)
        total += published
    return total


async def _publish_some(engine: AsyncEngine, bucket: KeyBucket) -> int:
    columns = (person_keys.c.person_id, person_keys.c.wrapped)
    oldest = select(*columns).where(unpublished).order_by(person_keys.c.person_id).limit(BATCH)
    async with engine.begin() as tx:
        # Locked, so that an erasure waits and is not overtaken by the key that it erases.
        rows = (await tx.execute(oldest.with_for_update())).all()
        if not rows:
            return 0
        keys = {row.person_id: row.wrapped for row in rows}
        erased = await bucket.put(keys)
        # A table that was restored from before an erasure learns of it here.
        gone = update(person_keys).where(person_keys.c.person_id.in_(erased))
        await tx.execute(gone.values(wrapped=ERASED, erased_at=func.now()))
        done = update(person_keys).where(person_keys.c.person_id.in_(keys))
        await tx.execute(done.values(published_at=func.now()))
    return len(rows)


async def refill_keys(engine: AsyncEngine, bucket: KeyBucket) -> int:
    """Put every key and every erasure back into a bucket whose disk was lost."""
    async with engine.begin() as tx:
        await tx.execute(update(person_keys).values(published_at=None))
    return await publish_keys(engine, bucket)


async def rewrap_keys(engine: AsyncEngine, ring: KeyRing) -> int:
    """Wrap anew what older key encryption keys wrapped, so that those can be retired.

    By batches, each of which is kept: whoever is interrupted goes on where that was.
    """
    total = 0
    while rewrapped := await _rewrap_some(engine, ring):
        total += rewrapped
    return total


async def _rewrap_some(engine: AsyncEngine, ring: KeyRing) -> int:
    columns = (person_keys.c.person_id, person_keys.c.wrapped)
    marked = func.substring(person_keys.c.wrapped, 1, len(ring.mark))
    old = select(*columns).where(person_keys.c.wrapped != ERASED, marked != ring.mark)
    async with engine.begin() as tx:
        rows = (await tx.execute(old.limit(BATCH).with_for_update())).all()
        if rows:
            changes = [_rewrapped(ring, row.person_id, row.wrapped) for row in rows]
            await tx.execute(_rewrap, changes)
    return len(rows)


async def waiting(engine: AsyncEngine) -> int:
    """Count the keys that others do not see yet as they are here."""
    async with engine.connect() as connection:
        return await connection.scalar(select(func.count()).where(unpublished)) or 0


_rewrap = (
    update(person_keys)
    .where(person_keys.c.person_id == bindparam("person"))
    .values(wrapped=bindparam("rewrapped"), published_at=None)
)


def _rewrapped(ring: KeyRing, person_id: UUID, wrapped: bytes) -> dict[str, UUID | bytes]:
    key = ring.unwrap(person_id, wrapped)
    return {"person": person_id, "rewrapped": ring.wrap(person_id, key)}


def _subject(person_id: UUID) -> str:
    return f"{KEYS_SUBJECT}.{person_id}"


def _message(person_id: UUID, wrapped: bytes) -> Message:
    # Nothing may lie under it: expecting no earlier message makes a hidden one a loud failure.
    headers = {Header.EXPECTED_LAST_SUBJECT_SEQUENCE.value: "0"}
    if wrapped == ERASED:
        headers |= TOMBSTONE
    return Message(subject=_subject(person_id), id=uuid4().hex, payload=wrapped, headers=headers)


async def command(name: str) -> str:
    """Refill or rewrap; tell what was done."""
    engine = connect_database(setting("DATABASE_URL"))
    try:
        if name == "rewrap":
            # The relay of the service at home puts them into the bucket.
            ring = KeyRing.parse(setting("KEY_ENCRYPTION_KEY"))
            done = await rewrap_keys(engine, ring)
            return f"{done} keys are wrapped anew, {await waiting(engine)} wait for the bucket"
        connection = await connect(setting("NATS_URL"), OPERATOR)
        try:
            return f"{await refill_keys(engine, KeyBucket(connection))} keys are in the bucket"
        finally:
            await connection.close()
    finally:
        await engine.dispose()


if __name__ == "__main__":
    if sys.argv[1:] not in (["refill"], ["rewrap"]):
        raise SystemExit("usage: python -m common.keys refill | rewrap")
    sys.stdout.write(f"{asyncio.run(command(sys.argv[1]))}\n")
