"""Keys live at home and are read from the bucket; an erased one is gone from the disk as well."""

import asyncio
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import create_async_engine

from common import keys, topology
from common.broker import (
    BrokerUnavailable,
    Message,
    PublishNotPermitted,
    connect,
    publish_batch,
)
from common.keys import (
    KeyBucket,
    create_keys,
    erase_key,
    person_keys,
    publish_keys,
    refill_keys,
    rewrap_keys,
    vault_at_home,
    vault_elsewhere,
)
from common.seal import KeyRing
from common.vault import ERASED, KeyErased, KeyNotYetKnown, Vault, vault_of, with_vault
from local.ports import free_ports
from tests.common.bare_nats import running

OLD, NEW = b"o" * 32, b"n" * 32
RING = KeyRing([NEW, OLD])
NOW = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
async def home(postgres):
    """The table of keys, empty, in the database of the service at home."""
    engine = create_async_engine(postgres.url("intake"))
    async with engine.begin() as tx:
        await tx.run_sync(keys.metadata.drop_all)
        await tx.run_sync(keys.metadata.create_all)
    yield with_vault(engine, vault_at_home(RING))
    async with engine.begin() as tx:
        await tx.run_sync(keys.metadata.drop_all)
    await engine.dispose()


@pytest.fixture
async def bucket(declared, intake):
    assert declared
    return KeyBucket(intake)


@pytest.fixture
async def elsewhere(declared, fresh_nats):
    """The bucket as a service sees it that may only read."""
    assert declared
    connection = await connect(fresh_nats.url("followup"), "followup")
    yield KeyBucket(connection)
    await connection.close()


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


async def test_a_person_sealed_at_home_is_read_elsewhere_once_the_key_is_published(
    home, bucket, elsewhere
):
    zoe, sealed = await new_person(home)
    with pytest.raises(KeyNotYetKnown):
        await reader(elsewhere).open(zoe, "name", sealed)
    assert await publish_keys(home, bucket) == 1
    assert await publish_keys(home, bucket) == 0
    assert await reader(elsewhere).open(zoe, "name", sealed) == "Zoé"


async def test_a_key_whose_transaction_failed_never_existed(home, bucket):
    zoe = uuid4()
    with pytest.raises(RuntimeError):
        await fail_after_creating(home, zoe)
    assert await publish_keys(home, bucket) == 0
    assert await bucket.read([zoe]) == {}


async def fail_after_creating(home, person_id):
    async with home.begin() as tx:
        await create_keys(tx, person_id)
        raise RuntimeError


async def test_an_erased_person_can_be_read_nowhere(home, bucket, elsewhere):
    zoe, sealed = await new_person(home)
    await publish_keys(home, bucket)
    await erase(home, zoe)
    assert await publish_keys(home, bucket) == 1
    with pytest.raises(KeyErased):
        await reader(elsewhere).open(zoe, "name", sealed)
    async with home.connect() as tx:
        with pytest.raises(KeyErased):
            await vault_of(tx).open(zoe, "name", sealed)


async def test_an_erased_key_is_on_no_disk_of_the_broker(home, bucket, fresh_nats):
    zoe, _ = await new_person(home)
    ali, _ = await new_person(home)
    await publish_keys(home, bucket)
    key = await wrapped_key(home, zoe)
    assert on_disk(fresh_nats, key)
    await erase(home, zoe)
    await publish_keys(home, bucket)
    assert await wrapped_key(home, zoe) == ERASED
    assert on_disk(fresh_nats, key) == []
    assert on_disk(fresh_nats, await wrapped_key(home, ali))


async def test_a_key_in_the_clear_is_on_no_disk_of_the_broker(home, bucket, fresh_nats):
    zoe, sealed = await new_person(home, "a name like no other")
    await publish_keys(home, bucket)
    key = RING.unwrap(zoe, await wrapped_key(home, zoe))
    assert key.open(zoe, "name", sealed) == "a name like no other"
    assert on_disk(fresh_nats, key._secret) == []  # noqa: SLF001


async def test_an_erasure_survives_a_crash_between_destroying_and_saying_so(home, bucket, intake):
    zoe, sealed = await new_person(home)
    await publish_keys(home, bucket)
    await erase(home, zoe)
    await intake.jetstream().delete_msg("KV_keys", 1)
    with pytest.raises(KeyNotYetKnown):
        await reader(bucket).open(zoe, "name", sealed)
    await publish_keys(home, bucket)
    with pytest.raises(KeyErased):
        await reader(bucket).open(zoe, "name", sealed)


async def test_publishing_again_after_a_crash_changes_nothing(home, bucket):
    zoe, _ = await new_person(home)
    published = {zoe: await wrapped_key(home, zoe)}
    await bucket.put(published)
    assert await publish_keys(home, bucket) == 1
    assert await bucket.read([zoe]) == published


async def test_erasing_twice_is_erasing_once(home, bucket):
    zoe, _ = await new_person(home)
    await erase(home, zoe)
    await erase(home, zoe)
    assert await publish_keys(home, bucket) == 1
    assert await bucket.read([zoe]) == {zoe: ERASED}


async def test_nobody_can_be_erased_who_never_had_a_key(home):
    with pytest.raises(KeyNotYetKnown):
        await erase(home, uuid4())


async def test_two_publishers_at_once_leave_the_bucket_right(home, bucket, operator):
    people = [(await new_person(home))[0] for _ in range(20)]
    await erase(home, people[0])
    other = KeyBucket(operator)
    await asyncio.gather(publish_keys(home, bucket), publish_keys(home, other))
    held = await bucket.read(people)
    assert len(held) == 20
    assert [each for each in people if held[each] == ERASED] == [people[0]]


async def test_a_bucket_that_lost_its_disk_is_refilled_with_keys_and_erasures(
    home, bucket, declared
):
    zoe, sealed = await new_person(home)
    ali, _ = await new_person(home)
    await erase(home, ali)
    await publish_keys(home, bucket)
    before = await bucket.read([zoe, ali])
    for number in (1, 2):
        await declared.delete_msg("KV_keys", number)
    assert await bucket.read([zoe, ali]) == {}
    assert await refill_keys(home, bucket) == 2
    assert await bucket.read([zoe, ali]) == before
    assert await reader(bucket).open(zoe, "name", sealed) == "Zoé"


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


async def test_thousands_of_keys_are_published_in_a_few_batches(home, bucket):
    async with home.begin() as tx:
        await create_keys(tx, *(uuid4() for _ in range(2500)))
    assert await publish_keys(home, bucket) == 2500
    async with home.connect() as tx:
        assert await tx.scalar(select(func.count(person_keys.c.published_at))) == 2500


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


async def test_keys_are_rewrapped_batch_by_batch(home, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    old_home = with_vault(home, vault_at_home(KeyRing([OLD])))
    for _ in range(5):
        await new_person(old_home)

    assert await rewrap_keys(home, RING) == 5
    assert await rewrap_keys(home, RING) == 0


async def test_a_table_from_before_an_erasure_learns_of_it_and_brings_no_key_back(home, bucket):
    zoe, _ = await new_person(home)
    before = await wrapped_key(home, zoe)
    await publish_keys(home, bucket)
    await erase(home, zoe)
    await publish_keys(home, bucket)
    async with home.begin() as tx:
        await tx.execute(update(person_keys).values(wrapped=before, erased_at=None))

    await refill_keys(home, bucket)

    assert await bucket.read([zoe]) == {zoe: ERASED}
    assert await wrapped_key(home, zoe) == ERASED


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize("name", ["matching", "reporting"])
async def test_matching_and_reporting_are_refused_a_key_by_name(home, bucket, fresh_nats, name):
    zoe, sealed = await new_person(home)
    await publish_keys(home, bucket)
    connection = await connect(fresh_nats.url(name), name)
    with pytest.raises(PublishNotPermitted):
        await reader(KeyBucket(connection)).open(zoe, "name", sealed)
    await connection.close()


async def test_a_reader_cannot_write_a_key(elsewhere):
    with pytest.raises(PublishNotPermitted):
        await elsewhere.put({uuid4(): b"forged"})


async def test_a_service_elsewhere_has_one_vault_for_all_its_transactions(bucket, home):
    engine = with_vault(home, vault_elsewhere(RING, bucket))
    async with engine.connect() as one, engine.connect() as other:
        assert vault_of(one) is vault_of(other)


async def test_a_key_can_be_erased_although_the_events_have_filled_the_store(small_store):
    connection = await connect(small_store, "operator")
    await topology.declare(small_store, {})
    bucket, zoe = KeyBucket(connection), uuid4()
    await bucket.put({zoe: b"wrapped"})
    with pytest.raises(BrokerUnavailable):
        await fill(connection)
    await bucket.put({zoe: ERASED})
    assert await bucket.read([zoe]) == {zoe: ERASED}
    await connection.close()


@pytest.fixture
def small_store(tmp_path, secrets):
    """Run a server with a store of four mebibytes, and give the operator's address."""
    port, monitoring = free_ports(2)
    asked = {"store_dir": tmp_path, "port": port, "monitoring_port": monitoring}
    path = tmp_path / "nats.conf"
    path.write_text(
        topology.server_config(**asked, passwords=secrets.nats, max_file_store=4 * 1024**2)
    )
    with running(["-c", str(path)], monitoring):
        yield f"nats://operator:{secrets.nats['operator']}@127.0.0.1:{port}"


async def fill(connection):
    for number in range(10_000):
        lot = Message(subject="events.x", id=f"{number}", payload=bytes(10_000), headers={})
        await publish_batch(connection, [lot])
