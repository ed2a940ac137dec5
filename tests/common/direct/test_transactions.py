"""A direct connection holds statements together or apart, and leaves nothing begun behind."""

import asyncio

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from common import database
from common.database import is_away
from common.direct import Direct
from tests.common.direct.things import A_THING, OWN_SESSION, TIMES, said, things, words


async def test_each_statement_stands_alone(engine, direct):
    for word in "abc":
        await direct.execute(A_THING, said(word))
    await direct.execute(A_THING.returning(things.c.id), said("d", "e"))
    await direct.execute(text("insert into direct_things (word) values ('f')"))

    assert await words(engine) == list("abcdef")


def refused_if(refuse):
    if refuse:
        raise LookupError


async def test_whoever_has_it_next_finds_it_as_it_was(engine):
    for _ in range(3):
        async with Direct(engine) as direct, direct.together():
            await direct.execute(text("insert into direct_things (word) values ('a')"))
        async with engine.connect() as usual:
            await usual.execute(A_THING, said("b"))
            await usual.rollback()

    assert await words(engine) == ["a"] * 3


async def test_what_is_begun_is_done_together_or_not_at_all(engine, direct):
    returning = A_THING.returning(things.c.id)
    for refuse in (True, True, True, False):
        try:
            async with direct.together():
                await direct.execute(A_THING, said("a"))
                # These go the longer way.
                await direct.exec_driver_sql("update direct_things set level = 1")
                await direct.execute(returning, said("b", "c"))
                await direct.execute(text("insert into direct_things (word) values ('d')"))
                refused_if(refuse)
        except LookupError:
            assert await words(engine) == []

    assert await words(engine) == ["a", "b", "c", "d"]


async def twice_in_a_part(direct):
    async with direct.begin_nested():
        await direct.execute(A_THING, said("b"))
        await direct.execute(A_THING, {"id": 7})
        await direct.execute(A_THING, {"id": 7})


async def test_a_part_may_fail_alone(engine, direct):
    for _ in TIMES:
        async with direct.together():
            await direct.execute(A_THING, said("a"))
            with pytest.raises(DBAPIError):
                await twice_in_a_part(direct)
            await direct.execute(A_THING, said("c"))

    assert await words(engine) == ["a", "c"] * 3


async def test_one_moment_of_the_database_can_be_held(engine, direct):
    async with direct.together(isolation="repeatable_read", readonly=True):
        before = await direct.scalar(select(func.count()).select_from(things))
        async with engine.begin() as other:
            await other.execute(A_THING, said("a"))

        assert before == await direct.scalar(select(func.count()).select_from(things)) == 0
        with pytest.raises(DBAPIError, match="read-only"):
            await direct.execute(A_THING, said("b"))


async def test_a_fault_has_its_state_and_says_nothing_of_what_was_asked(direct):
    for number in TIMES:
        samira = {"id": number, "word": "Samira"}
        await direct.execute(A_THING, samira)

        with pytest.raises(DBAPIError) as twice:
            await direct.execute(A_THING, samira)

        assert getattr(twice.value.orig, "sqlstate", None) == "23505"
        assert not is_away(twice.value)
        assert "Samira" not in str(twice.value)


async def end(engine, pid):
    async with engine.connect() as other:
        await other.execute(select(func.pg_terminate_backend(pid, 5000)))


async def test_a_connection_that_was_ended_meanwhile_is_replaced_before_it_is_used(
    engine, postgres
):
    elsewhere = database.connect(postgres.url("postgres", "postgres"))
    async with Direct(engine) as direct:
        pid = await direct.scalar(OWN_SESSION)
    await end(elsewhere, pid)
    await elsewhere.dispose()

    async with Direct(engine) as direct, direct.together():
        assert await direct.scalar(OWN_SESSION) != pid


@pytest.mark.parametrize("asking", [OWN_SESSION, text("select 1")], ids=["direct", "usual"])
async def test_a_connection_that_breaks_is_told_and_given_to_nobody_else(engine, asking):
    async with Direct(engine) as direct:
        pids = [await direct.scalar(OWN_SESSION) for _ in TIMES]
        await end(engine, pids[-1])
        with pytest.raises(DBAPIError) as away:
            await direct.execute(asking)
    assert is_away(away.value)

    for _ in range(4):
        async with engine.connect() as usual:
            assert await usual.scalar(select(1)) == 1


AT_THE_COMMIT = (
    """create or replace function direct_waits() returns trigger language plpgsql as
    $$ begin perform pg_sleep(60); return null; end $$""",
    """create constraint trigger at_the_commit after insert on direct_things
    deferrable initially deferred for each row execute function direct_waits()""",
)


async def somebody_sleeps(engine):
    async with engine.connect() as other:
        sleeps = text("select count(*) from pg_stat_activity where wait_event = 'PgSleep'")
        while not await other.scalar(sleeps):
            await other.rollback()


async def test_who_is_cancelled_in_the_middle_of_a_statement_stops(engine):
    async def wait():
        async with Direct(engine) as direct, direct.together():
            # Goes the longer way.
            await direct.execute(text("select pg_sleep(60)"))

    waiting = asyncio.create_task(wait())
    await somebody_sleeps(engine)
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_who_is_cancelled_at_the_commit_leaves_nothing_begun(engine):
    for statement in AT_THE_COMMIT:
        async with Direct(engine) as direct:
            await direct.execute(text(statement))

    async def write():
        async with Direct(engine) as direct, direct.together():
            await direct.execute(A_THING, said("a"))

    writing = asyncio.create_task(write())
    await somebody_sleeps(engine)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    async with Direct(engine) as direct, direct.together():
        assert await direct.scalar(select(func.count()).select_from(things)) == 0
    # Nobody holds what the one who was cancelled had locked.
    async with asyncio.timeout(10), engine.begin() as tx:
        await tx.run_sync(things.metadata.drop_all)
