"""Keys live at home and are read from the bucket; an erased one is gone from the disk as well."""

import asyncio
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select, text, update

from common.broker import (
    PublishNotPermitted,
    connect,
)
from common.key_bucket import KeyBucket
from common.keys import (
    create_keys,
    person_keys,
    publish_keys,
    refill_keys,
    vault_elsewhere,
)
from common.vault import ERASED, KeyErased, KeyNotYetKnown, vault_of, with_vault
from tests.common.conftest import RING
from tests.common.people_with_keys import erase, new_person, on_disk, reader, wrapped_key


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
    assert on_disk(fresh_nats, key._secret) == []  # noqa: SLF001 -- what must not be there


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


async def test_thousands_of_keys_are_published_in_a_few_batches(home, bucket):
    async with home.begin() as tx:
        await create_keys(tx, *(uuid4() for _ in range(2500)))
    assert await publish_keys(home, bucket) == 2500
    async with home.connect() as tx:
        assert await tx.scalar(select(func.count(person_keys.c.published_at))) == 2500


async def test_however_many_keys_are_published_a_session_remembers_one_statement(home, bucket):
    for many in (1, 2, 3, 5, 8):
        async with home.begin() as tx:
            await create_keys(tx, *(uuid4() for _ in range(many)))
        assert await publish_keys(home, bucket) == many
    publishing = "select count(*) from pg_prepared_statements where statement like :like"
    async with home.connect() as tx:
        like = {"like": "UPDATE person_keys SET published_at=now()%"}
        assert await tx.scalar(text(publishing), like) == 1


async def test_keys_of_new_people_are_not_asked_for_before_they_are_put(home, bucket, fresh_nats):
    async with home.begin() as tx:
        await create_keys(tx, *(uuid4() for _ in range(500)))
    before = messages_to(fresh_nats)
    await publish_keys(home, bucket)
    assert messages_to(fresh_nats) - before < 2 * 500


def messages_to(nats):
    told = httpx.get(f"{nats.monitoring_url}/varz").json()
    return told["in_msgs"]


async def test_an_erasure_among_many_new_keys_leaves_the_bucket_right(home, bucket):
    zoe, _ = await new_person(home)
    await publish_keys(home, bucket)
    await erase(home, zoe)
    people = [(await new_person(home))[0] for _ in range(40)]
    assert await publish_keys(home, bucket) == 41
    held = await bucket.read([zoe, *people])
    assert held == {zoe: ERASED} | {each: await wrapped_key(home, each) for each in people}


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
