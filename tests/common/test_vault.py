"""A vault seals for those whose key it can read, and does not remember a key for long."""

import gc
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from common.seal import DataKey, KeyRing
from common.vault import (
    ERASED,
    REMEMBERED_SECONDS,
    KeyErased,
    KeyNotYetKnown,
    NoRightToKeys,
    Vault,
    vault_of,
    with_vault,
)

RING = KeyRing([b"r" * 32])
ZOE, ALI, UNKNOWN = uuid4(), uuid4(), uuid4()


class Shelf:
    """Wrapped keys in a dict, which counts how often it is read, and a watch to turn."""

    def __init__(self, *person_ids):
        self.keys = {each: RING.wrap(each, DataKey.new()) for each in person_ids}
        self.readings = []
        self.time = 0.0

    async def read(self, person_ids):
        self.readings.append(set(person_ids))
        return {each: self.keys[each] for each in person_ids if each in self.keys}

    def vault(self, **options):
        return Vault(RING, self.read, monotonic=lambda: self.time, **options)


async def test_what_one_vault_sealed_another_opens():
    shelf = Shelf(ZOE)
    sealed = await shelf.vault().seal(ZOE, "name", "Zoé")
    assert await shelf.vault().open(ZOE, "name", sealed) == "Zoé"


async def test_a_key_that_has_not_arrived_is_something_to_wait_for():
    shelf = Shelf()
    vault = shelf.vault()
    with pytest.raises(KeyNotYetKnown):
        await vault.seal(ZOE, "name", "Zoé")
    shelf.keys = Shelf(ZOE).keys
    assert await vault.seal(ZOE, "name", "Zoé")


async def test_a_person_who_was_erased_stays_unread_within_a_minute():
    shelf = Shelf(ZOE)
    vault = shelf.vault()
    sealed = await vault.seal(ZOE, "name", "Zoé")
    shelf.keys[ZOE] = ERASED
    assert REMEMBERED_SECONDS < 60
    shelf.time += REMEMBERED_SECONDS
    for attempt in (vault.open(ZOE, "name", sealed), vault.seal(ZOE, "name", "Zoé")):
        with pytest.raises(KeyErased):
            await attempt


async def test_using_a_key_does_not_keep_it_longer():
    shelf = Shelf(ZOE)
    vault = shelf.vault()
    for _ in range(4):
        shelf.time += REMEMBERED_SECONDS / 2
        await vault.seal(ZOE, "name", "Zoé")
    assert len(shelf.readings) == 2


async def test_many_texts_are_opened_with_one_reading():
    shelf = Shelf(ZOE, ALI)
    vault = shelf.vault()
    texts = [
        (person, field, await vault.seal(person, field, f"{field} of {person}"))
        for person in (ZOE, ALI)
        for field in ("name", "contact")
    ]
    fresh = shelf.vault()
    shelf.readings.clear()
    assert await fresh.open_many(texts) == [f"{field} of {person}" for person, field, _ in texts]
    assert shelf.readings == [{ZOE, ALI}]


async def test_a_list_shows_who_can_be_read_and_leaves_the_others_blank():
    shelf = Shelf(ZOE, ALI)
    vault = shelf.vault()
    sealed = [(each, "name", await vault.seal(each, "name", "x")) for each in (ZOE, ALI)]
    shelf.keys[ALI] = ERASED
    texts = [*sealed, (UNKNOWN, "name", sealed[0][2])]
    assert await shelf.vault().open_many(texts) == ["x", None, None]


async def test_a_vault_remembers_no_more_people_than_it_should():
    people = [uuid4() for _ in range(10)]
    shelf = Shelf(*people)
    vault = shelf.vault(size=3)
    assert len(await vault.load(people)) == 10
    await vault.load(people)
    assert [len(each) for each in shelf.readings] == [10, 7]


async def test_a_vault_holds_no_key_longer_than_it_remembers_it():
    people = [uuid4() for _ in range(10)]
    shelf = Shelf(ZOE, *people)
    vault = shelf.vault()
    before = keys_in_memory()
    await vault.load(people)
    assert keys_in_memory() == before + 10
    shelf.time += REMEMBERED_SECONDS
    await vault.load([ZOE])
    assert keys_in_memory() == before + 1


def keys_in_memory():
    return sum(isinstance(each, DataKey) for each in gc.get_objects())


def test_a_transaction_finds_its_vault_and_a_service_without_one_is_told():
    engine = create_async_engine("postgresql+asyncpg://nobody@127.0.0.1/nowhere")
    vault = Shelf().vault()
    assert vault_of(with_vault(engine, lambda _: vault).connect()) is vault
    with pytest.raises(NoRightToKeys):
        vault_of(engine.connect())
