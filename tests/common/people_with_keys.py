"""People with keys, and how a service that has just started reads them."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select

from common.keys import (
    create_keys,
    erase_key,
    person_keys,
)
from common.vault import Vault, vault_of
from tests.common.conftest import RING

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def reader(bucket, ring=RING):
    """A vault of another service that has just started, and remembers nothing."""
    return Vault(ring, bucket.read)


async def new_person(home, text="Zoé"):
    person_id = uuid4()
    async with home.begin() as tx:
        await create_keys(tx, person_id)
        return person_id, await vault_of(tx).seal(person_id, "name", text)


async def erase(home, person_id):
    async with home.begin() as tx:
        await erase_key(tx, person_id, at=NOW)


async def wrapped_key(home, person_id):
    async with home.connect() as tx:
        query = select(person_keys.c.wrapped).where(person_keys.c.person_id == person_id)
        return await tx.scalar(query)


def on_disk(nats, wanted):
    files = [path for path in Path(nats.home).rglob("*") if path.is_file()]
    return [path for path in files if wanted in path.read_bytes()]
