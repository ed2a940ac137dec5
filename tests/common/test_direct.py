"""A direct connection answers as SQLAlchemy's own does, and leaves nothing begun behind."""

import asyncio
from datetime import UTC, date, datetime
from enum import StrEnum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
    bindparam,
    cast,
    delete,
    false,
    func,
    insert,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError, StatementError

from common import database
from common.database import is_away
from common.direct import Direct
from common.statements import among, any_of, one_of


class Colour(StrEnum):
    RED = "red"
    DARK_BLUE = "dark_blue"


things = Table(
    "direct_things",
    MetaData(),
    Column("id", Integer, Identity(), primary_key=True),
    Column("uuid", Uuid),
    Column("word", Text),
    Column("colour", one_of(Colour)),
    Column("at", DateTime(timezone=True)),
    Column("day", Date),
    Column("deep", JSONB),
    Column("words", ARRAY(Text)),
    Column("uuids", ARRAY(Uuid)),
    Column("colours", ARRAY(one_of(Colour))),
    Column("raw", LargeBinary),
    Column("share", Float),
    Column("price", Numeric(12, 2)),
    Column("level", SmallInteger),
    Column("is_done", Boolean),
)
completed = Table(
    "direct_completed",
    things.metadata,
    Column("word", Text),
    Column("made_up", Text, default=lambda: "here"),
    Column("renewed", Text, onupdate=lambda: "there"),
)
written = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(-(2**15), 2**15 - 1)
# What Hypothesis wants to know without a zone, and PostgreSQL can show in any.
ALL_OF_TIME = (datetime(1, 1, 2), datetime(9999, 12, 30))  # noqa: DTZ001
a_thing = st.fixed_dictionaries(
    {
        "uuid": st.none() | st.uuids(),
        "word": st.none() | written,
        "colour": st.none() | st.sampled_from(Colour),
        "at": st.none() | st.datetimes(*ALL_OF_TIME, timezones=st.just(UTC)),
        "day": st.none() | st.dates(),
        "deep": st.none()
        | st.recursive(
            st.none() | st.booleans() | numbers | written,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(written, inner, max_size=3),
            max_leaves=5,
        ),
        "words": st.none() | st.lists(written, max_size=3),
        "uuids": st.none() | st.lists(st.uuids(), max_size=3),
        "colours": st.none() | st.lists(st.sampled_from(Colour), max_size=3),
        "raw": st.none() | st.binary(max_size=20),
        "share": st.none() | st.floats(allow_nan=False),
        "price": st.none() | st.decimals(-(10**9), 10**9, places=2),
        "level": st.none() | numbers,
        "is_done": st.none() | st.booleans(),
    }
)
EVERYTHING = select(things).order_by(things.c.id)
A_THING = insert(things)


@pytest.fixture
async def engine(postgres):
    engine = database.connect(postgres.url("postgres", "postgres"), pool_size=2)
    async with engine.begin() as tx:
        await tx.run_sync(things.metadata.drop_all)
        await tx.run_sync(things.metadata.create_all)
    yield engine
    await engine.dispose()


@pytest.fixture
async def direct(engine):
    async with Direct(engine) as connection:
        yield connection


async def words(engine):
    """Tell what others see."""
    async with engine.connect() as other:
        return list(await other.scalars(select(things.c.word).order_by(things.c.id)))


def said(*words):
    return [{"word": word} for word in words]


@given(st.lists(a_thing, min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
async def test_what_is_written_either_way_reads_alike_either_way(engine, rows):
    async with Direct(engine) as direct, engine.connect() as usual:
        for writing in (direct, usual):
            await direct.execute(delete(things))
            await writing.execute(A_THING, rows)
            for row in rows:
                await writing.execute(A_THING, row)
            await usual.commit()

            seen = (await direct.execute(EVERYTHING)).mappings().all()
            assert seen == (await usual.execute(EVERYTHING)).mappings().all()
            await usual.commit()
            assert [{name: row[name] for name in rows[0]} for row in seen] == rows * 2


LEVEL = things.c.level
OTHER = things.alias("other")
QUESTIONS = {
    "columns": select(things.c.word, LEVEL),
    "one column": select(things.c.word),
    "two of one name": select(things.c.word, OTHER.c.word).where(things.c.id == OTHER.c.id),
    "a list, one by one": select(things.c.word).where(things.c.word.in_(["a", "c"])),
    "no list at all": select(things.c.word).where(things.c.word.in_([])),
    "a list at once": select(things.c.word).where(among(things.c.word, ["a", "c"])),
    "colours": select(things.c.colour).where(things.c.colour.in_(list(Colour))),
    "a colour": select(things.c.colour, things.c.word),
    "a decimal": select(func.sum(things.c.price)),
    "an average": select(func.avg(LEVEL)),
    "a fraction": select(cast(func.avg(LEVEL), Float)),
    "nothing": select(things).where(false()),
    "more than one": union_all(select(things.c.word), select(cast(LEVEL, Text))),
    "a table of its own": select(select(things.c.word).cte("theirs")),
    "written out": text("select word, level, day from direct_things order by id"),
    "written out, with types": text("select level, colour from direct_things").columns(
        level=Integer, colour=things.c.colour.type
    ),
    "written out in part": select(text("word, level"), things.c.colour).select_from(things),
    "a function": func.count(),
    "a limit": select(things.c.word).order_by(things.c.word).limit(2).offset(1),
    "changed": update(things).where(things.c.word == "a").values(level=9).returning(things.c.level),
    "upserted": upsert(things)
    .values(id=1, word="z")
    .on_conflict_do_nothing()
    .returning(things.c.id),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
async def test_it_answers_every_kind_of_question_as_sqlalchemy_does(engine, question):
    rows = [
        {
            "word": word,
            "level": level,
            "price": level,
            "colour": Colour.RED,
            "day": date(2026, 9, 1),
        }
        for level, word in enumerate("abc")
    ]
    async with engine.begin() as tx:
        await tx.execute(A_THING, rows)

    async with Direct(engine) as direct, engine.connect() as usual:
        expected = (await usual.execute(question)).all()
        await usual.rollback()
        found = (await direct.execute(question)).all()

    assert found == expected
    assert [row._fields for row in found] == [row._fields for row in expected]
    assert [[type(value) for value in row] for row in found] == [
        [type(value) for value in row] for row in expected
    ]


async def test_a_statement_that_is_made_once_takes_other_parameters_each_time(direct):
    await direct.execute(A_THING, said("a", "b", "c"))
    asking = select(things.c.word).where(any_of(things.c.word, "which"), LEVEL.is_(None))
    changing = update(things).where(things.c.word == bindparam("which"))

    assert list(await direct.scalars(asking, {"which": ["a", "c"]})) == ["a", "c"]
    assert list(await direct.scalars(asking, {"which": []})) == []
    await direct.execute(changing, {"which": "a", "level": 1})
    await direct.execute(changing, {"which": "b", "word": "d", "level": 2})
    assert list(await direct.scalars(asking, {"which": ["a", "b", "c", "d"]})) == ["c"]


async def test_what_a_statement_says_of_itself_is_not_remembered_for_the_next(direct):
    for word in ("a", "b"):
        await direct.execute(insert(things).values(word=word))
        assert await direct.scalar(select(things.c.word).where(things.c.word == word)) == word
    asking = select(things.c.word).where(things.c.word == bindparam("which"))
    assert await direct.scalar(asking.params(which="b")) == "b"


async def test_what_python_adds_is_added(direct):
    await direct.execute(insert(completed), said("a"))
    assert (await direct.execute(select(completed))).one() == ("a", "here", None)
    await direct.execute(update(completed).values(word="b"))
    assert (await direct.execute(select(completed))).one() == ("b", "here", "there")


async def test_a_parameter_that_is_missing_is_told(direct):
    with pytest.raises(StatementError, match="which"):
        await direct.execute(select(things).where(things.c.word == bindparam("which")))


@pytest.mark.parametrize(
    ("statement", "rows", "count"),
    [
        (A_THING, said("d"), 1),
        (update(things).values(level=1), None, 3),
        (update(things).values(level=1).where(things.c.word == "b"), None, 1),
        (delete(things).where(things.c.word != "b"), None, 2),
        (delete(things).where(things.c.word.in_(["a", "b"])), None, 2),
        (delete(things).returning(things.c.id), None, 3),
        (select(things), None, 3),
    ],
)
async def test_it_counts_the_rows_it_was_about(direct, statement, rows, count):
    await direct.execute(A_THING, said("a", "b", "c"))

    assert (await direct.execute(statement, rows)).rowcount == count


async def test_rows_that_come_back_from_many_are_all_there(direct):
    added = await direct.execute(A_THING.returning(things.c.word), said("a", "b", "c"))

    assert sorted(added.scalars()) == ["a", "b", "c"]


async def test_each_statement_stands_alone(engine, direct):
    await direct.execute(A_THING, said("a"))
    await direct.execute(A_THING.returning(things.c.id), said("b", "c"))
    await direct.execute(text("insert into direct_things (word) values ('d')"))

    assert await words(engine) == ["a", "b", "c", "d"]


def refused_if(refuse):
    if refuse:
        raise LookupError


async def test_whoever_has_it_next_finds_it_as_it_was(engine):
    for _ in range(3):
        async with Direct(engine) as direct, direct.begin():
            await direct.execute(text("insert into direct_things (word) values ('a')"))
        async with engine.connect() as usual:
            await usual.execute(A_THING, said("b"))
            await usual.rollback()

    assert await words(engine) == ["a"] * 3


async def test_what_is_begun_is_done_together_or_not_at_all(engine, direct):
    for refuse in (True, False):
        try:
            async with direct.begin():
                await direct.execute(A_THING, said("a"))
                # These go the longer way.
                await direct.exec_driver_sql("update direct_things set level = 1")
                await direct.execute(A_THING.returning(things.c.id), said("b", "c"))
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
    async with direct.begin():
        await direct.execute(A_THING, said("a"))
        with pytest.raises(DBAPIError):
            await twice_in_a_part(direct)
        await direct.execute(A_THING, said("c"))

    assert await words(engine) == ["a", "c"]


async def test_one_moment_of_the_database_can_be_held(engine, direct):
    async with direct.begin(isolation="repeatable_read", readonly=True):
        before = await direct.scalar(select(func.count()).select_from(things))
        async with engine.begin() as other:
            await other.execute(A_THING, said("a"))

        assert before == await direct.scalar(select(func.count()).select_from(things)) == 0
        with pytest.raises(DBAPIError, match="read-only"):
            await direct.execute(A_THING, said("b"))


async def test_a_fault_has_its_state_and_says_nothing_of_what_was_asked(direct):
    await direct.execute(A_THING, {"id": 1, "word": "Samira"})

    with pytest.raises(DBAPIError) as twice:
        await direct.execute(A_THING, {"id": 1, "word": "Samira"})

    assert getattr(twice.value.orig, "sqlstate", None) == "23505"
    assert not is_away(twice.value)
    assert "Samira" not in str(twice.value)


async def end(engine, pid):
    async with engine.connect() as other:
        await other.execute(select(func.pg_terminate_backend(pid, 5000)))


OWN = select(func.pg_backend_pid())


async def test_a_connection_that_was_ended_meanwhile_is_replaced_before_it_is_used(
    engine, postgres
):
    elsewhere = database.connect(postgres.url("postgres", "postgres"))
    async with Direct(engine) as direct:
        pid = await direct.scalar(OWN)
    await end(elsewhere, pid)
    await elsewhere.dispose()

    async with Direct(engine) as direct, direct.begin():
        assert await direct.scalar(OWN) != pid


async def test_a_connection_that_breaks_is_told_and_given_to_nobody_else(engine):
    async with Direct(engine) as direct:
        await end(engine, await direct.scalar(OWN))
        with pytest.raises(DBAPIError) as away:
            await direct.execute(select(1))
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


async def test_who_is_cancelled_at_the_commit_leaves_nothing_begun(engine):
    for statement in AT_THE_COMMIT:
        async with Direct(engine) as direct:
            await direct.execute(text(statement))

    async def write():
        async with Direct(engine) as direct, direct.begin():
            await direct.execute(A_THING, said("a"))

    writing = asyncio.create_task(write())
    async with engine.connect() as other:
        sleeps = text("select count(*) from pg_stat_activity where wait_event = 'PgSleep'")
        while not await other.scalar(sleeps):
            await other.rollback()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    async with Direct(engine) as direct, direct.begin():
        assert await direct.scalar(select(func.count()).select_from(things)) == 0
    # Nobody holds what the one who was cancelled had locked.
    async with asyncio.timeout(10), engine.begin() as tx:
        await tx.run_sync(things.metadata.drop_all)
