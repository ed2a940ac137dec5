"""People are found by the index of their address, however many are heard of at once."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from common.database import transaction
from portal.schedule import indexing
from portal.store.accounts import BATCH, accounts_at, index_of
from portal.store.tables import accounts
from tests.portal.cast import EMAIL, NOW

KEY = b"k" * 32
WITH_INDEX = accounts.c.email_index.is_not(None)


@pytest.fixture
def hear_of(engine):
    """Let the portal have heard of many people, with these ids and sealed addresses."""

    async def hear_of(sealed: dict[UUID, str]) -> None:
        rows = [
            {"id": each, "language": "fr", "sealed": {"email": text}, "version": 1}
            for each, text in sealed.items()
        ]
        async with transaction(engine) as tx:
            await tx.execute(insert(accounts), rows)

    return hear_of


@pytest.fixture
def hear_of_unreadable(hear_of, keys):
    async def hear_of_unreadable(number: int) -> None:
        somebody = uuid4()
        sealed = await keys.seal(somebody, "email", EMAIL)
        await hear_of({UUID(int=each + 1): sealed for each in range(number)})

    return hear_of_unreadable


@pytest.fixture
def indexed(engine):
    async def indexed() -> int:
        async with transaction(engine) as tx:
            return len((await tx.scalars(select(accounts.c.email_index).where(WITH_INDEX))).all())

    return indexed


async def test_the_clock_comes_to_who_stands_behind_many_that_nobody_can_read(
    engine, register, hear_of_unreadable, indexed
):
    await hear_of_unreadable(BATCH)
    await register(EMAIL)
    index_addresses = indexing(KEY)

    for _ in range(2):
        async with transaction(engine) as tx:
            handled = await index_addresses(tx, NOW)

    assert handled < BATCH
    assert await indexed() == 1


async def test_who_was_just_heard_of_is_found_before_the_clock_comes(
    tx, register, hear_of_unreadable
):
    await hear_of_unreadable(BATCH + 1)
    person_id = await register(EMAIL)

    found = await accounts_at(tx, KEY, index_of(KEY, EMAIL))

    assert [each.id for each in found] == [person_id]


async def test_a_sign_in_opens_no_more_addresses_than_a_batch(engine, hear_of, keys, indexed):
    people = [uuid4() for _ in range(BATCH + 1)]
    await hear_of({each: await keys.seal(each, "email", EMAIL) for each in people})

    async with transaction(engine) as tx:
        await accounts_at(tx, KEY, index_of(KEY, EMAIL))

    assert await indexed() == BATCH


async def test_a_running_portal_indexes_what_it_heard(app):
    jobs = {each.name for each in app.state.schedule.jobs}

    assert "index_addresses" in jobs
