"""Keys of people are wrapped anew, and put back, by one command each."""

import asyncio
from base64 import urlsafe_b64encode
from uuid import uuid4

import pytest

from common import keys
from common.keys import (
    create_keys,
    publish_keys,
    rewrap_keys,
    vault_at_home,
)
from common.seal import KeyRing
from common.vault import with_vault
from tests.common.conftest import NEW, OLD, RING
from tests.common.people_with_keys import new_person, on_disk, reader, wrapped_key


@pytest.fixture
def environment(postgres, fresh_nats, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", postgres.url("intake"))
    monkeypatch.setenv("NATS_URL", fresh_nats.url("operator"))
    monkeypatch.setenv("KEY_ENCRYPTION_KEY", ",".join(map(as_text, (NEW, OLD))))


def as_text(key):
    return urlsafe_b64encode(key).decode()


@pytest.mark.usefixtures("environment")
async def test_one_command_refills_the_bucket_and_another_rewraps_the_keys(home, bucket):
    old_home = with_vault(home, vault_at_home(KeyRing([OLD])))
    zoe, sealed = await new_person(old_home)
    assert await keys.command("refill") == "1 keys are in the bucket"
    assert await reader(bucket, KeyRing([OLD])).open(zoe, "name", sealed) == "Zoé"
    assert await keys.command("rewrap") == "1 keys are wrapped anew, 1 wait for the bucket"
    await publish_keys(home, bucket)
    assert await reader(bucket, KeyRing([NEW])).open(zoe, "name", sealed) == "Zoé"


async def test_after_a_rotation_the_old_key_encryption_key_can_be_retired(
    home, bucket, elsewhere, fresh_nats
):
    old_home = with_vault(home, vault_at_home(KeyRing([OLD])))
    zoe, sealed = await new_person(old_home)
    await publish_keys(home, bucket)
    old = await wrapped_key(home, zoe)
    assert await rewrap_keys(home, RING) == 1
    assert await rewrap_keys(home, RING) == 0
    await publish_keys(home, bucket)
    assert await reader(elsewhere, KeyRing([NEW])).open(zoe, "name", sealed) == "Zoé"
    assert on_disk(fresh_nats, old) == []


async def test_while_keys_are_put_anew_hardly_anybody_is_without_one(home, bucket, elsewhere):
    async with with_vault(home, vault_at_home(KeyRing([OLD]))).begin() as tx:
        people = [uuid4() for _ in range(200)]
        await create_keys(tx, *people)
    await publish_keys(home, bucket)
    before = await elsewhere.read(people)
    await rewrap_keys(home, RING)

    putting = asyncio.create_task(publish_keys(home, bucket))
    fewest = len(people)
    while not putting.done():
        fewest = min(fewest, len(await elsewhere.read(people)))

    # A reading takes a while itself: each of its keys may be in the one moment without.
    assert fewest > len(people) * 0.9
    after = await elsewhere.read(people)
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())


async def test_keys_are_rewrapped_batch_by_batch(home, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    old_home = with_vault(home, vault_at_home(KeyRing([OLD])))
    for _ in range(5):
        await new_person(old_home)

    assert await rewrap_keys(home, RING) == 5
    assert await rewrap_keys(home, RING) == 0
