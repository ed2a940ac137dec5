"""Where the keys of people live: a table at home, and a bucket from which the others read.

Whoever owns the table creates and erases keys in it. What changed is put into the bucket before
the events of the same transaction leave, so that nobody hears of a person without a key.

With DATABASE_URL of the home: `python -m common.keys refill` after a broker lost its disk, with
the operator's NATS_URL; `python -m common.keys rewrap` after a new KEY_ENCRYPTION_KEY was put
before the old ones, which can then be taken away.
"""

import asyncio
import sys
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    bindparam,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.broker import Connection, connect
from common.database import NAMING, transaction
from common.database import connect as connect_database
from common.direct import Direct
from common.key_bucket import KeyBucket
from common.seal import KeyRing
from common.server import OPERATOR, USERS
from common.settings import setting
from common.statements import among, any_of
from common.vault import ERASED, KeyNotYetKnown, Vault, VaultFor, vault_of, with_vault

BATCH = 1000

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
ANY_UNPUBLISHED = select(exists().where(unpublished))
# Whose sealed texts nobody can open any more.
without_key = select(person_keys.c.person_id).where(person_keys.c.wrapped == ERASED)
# A pair is heard of again by who was restored, with the key that was not lost.
CREATE = insert(person_keys).on_conflict_do_nothing()
WRAPPED = select(person_keys.c.person_id, person_keys.c.wrapped).where(
    any_of(person_keys.c.person_id, "ids")
)
Index("ix_person_keys_unpublished", person_keys.c.person_id, postgresql_where=unpublished)


async def create_keys(tx: AsyncConnection, *person_ids: UUID) -> None:
    """Give new people their keys; from here on this transaction can seal for them."""
    vault = vault_of(tx)
    rows = [{"person_id": each, "wrapped": vault.mint(each)} for each in person_ids]
    if rows:
        await tx.execute(CREATE, rows)


async def erase_key(tx: AsyncConnection, person_id: UUID, *, at: datetime) -> None:
    """Overwrite a key with nothing: whatever it sealed, anywhere, is unreadable from now on."""
    if not await erase_keys(tx, [person_id], at=at):
        raise KeyNotYetKnown(person_id)


async def erase_keys(tx: AsyncConnection, ids: Collection[UUID], *, at: datetime) -> int:
    """Overwrite those of these keys that there are, and tell how many."""
    erasing = (
        update(person_keys)
        .where(among(person_keys.c.person_id, ids))
        .values(wrapped=ERASED, erased_at=func.coalesce(person_keys.c.erased_at, at))
        .values(published_at=None)
    )
    return (await tx.execute(erasing)).rowcount


async def read_home(tx: AsyncConnection, person_ids: Collection[UUID]) -> Mapping[UUID, bytes]:
    rows = await tx.execute(WRAPPED, {"ids": list(person_ids)})
    return {row.person_id: row.wrapped for row in rows}


def vault_at_home(ring: KeyRing) -> VaultFor:
    """Read keys from the table, in the same transaction that may just have created them."""
    return lambda tx: Vault(ring, partial(read_home, tx))


def vault_elsewhere(ring: KeyRing, bucket: KeyBucket) -> VaultFor:
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


async def publish_keys(engine: AsyncEngine, bucket: KeyBucket) -> int:
    """Put every new, changed or erased key into the bucket, and tell how many.

    The relay calls it after it has chosen the events to publish and before it publishes them:
    a key is committed together with the first event about its person, so it is seen here.
    """
    published = BATCH
    total = 0
    async with Direct(engine) as database:
        # Mostly in vain: one statement, and no transaction that locks.
        if not await database.scalar(ANY_UNPUBLISHED):
            return 0
    while published == BATCH:
        published = await _publish_some(engine, bucket)
        total += published
    return total


async def _publish_some(engine: AsyncEngine, bucket: KeyBucket) -> int:
    columns = (person_keys.c.person_id, person_keys.c.wrapped)
    oldest = select(*columns).where(unpublished).order_by(person_keys.c.person_id).limit(BATCH)
    async with transaction(engine) as tx:
        # Locked, so that an erasure waits and is not overtaken by the key that it erases.
        rows = (await tx.execute(oldest.with_for_update())).all()
        if not rows:
            return 0
        keys = {row.person_id: row.wrapped for row in rows}
        erased = await bucket.put(keys)
        # A table that was restored from before an erasure learns of it here.
        gone = update(person_keys).where(among(person_keys.c.person_id, erased))
        await tx.execute(gone.values(wrapped=ERASED, erased_at=func.now()))
        done = update(person_keys).where(among(person_keys.c.person_id, keys))
        await tx.execute(done.values(published_at=func.now()))
    return len(rows)


async def refill_keys(engine: AsyncEngine, bucket: KeyBucket) -> int:
    """Put every key and every erasure back into a bucket whose disk was lost."""
    async with transaction(engine) as tx:
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
    async with transaction(engine) as tx:
        rows = (await tx.execute(old.limit(BATCH).with_for_update())).all()
        if rows:
            changes = [_rewrapped(ring, row.person_id, row.wrapped) for row in rows]
            await tx.execute(_rewrap, changes)
    return len(rows)


async def waiting(engine: AsyncEngine) -> int:
    """Count the keys that others do not see yet as they are here."""
    async with Direct(engine) as connection:
        return await connection.scalar(select(func.count()).where(unpublished)) or 0


_rewrap = (
    update(person_keys)
    .where(person_keys.c.person_id == bindparam("person"))
    .values(wrapped=bindparam("rewrapped"), published_at=None)
)


def _rewrapped(ring: KeyRing, person_id: UUID, wrapped: bytes) -> dict[str, UUID | bytes]:
    key = ring.unwrap(person_id, wrapped)
    return {"person": person_id, "rewrapped": ring.wrap(person_id, key)}


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
