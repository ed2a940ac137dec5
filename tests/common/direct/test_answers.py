"""A direct connection answers as SQLAlchemy's own does, the first time and every other."""

import gc
from datetime import UTC, date
from weakref import ref

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Float,
    Integer,
    Text,
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
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import SQLAlchemyError

from common.direct import Answer, Direct
from common.statements import among, any_of
from tests.common.direct.things import A_THING, TIMES, Colour, completed, said, things

written = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(-(2**15), 2**15 - 1)
a_thing = st.fixed_dictionaries(
    {
        "uuid": st.none() | st.uuids(),
        "word": st.none() | written,
        "colour": st.none() | st.sampled_from(Colour),
        # The first and the last moments are for asyncpg without an end, and without a zone.
        "at": st.none()
        | st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1 < at.year < 9999),
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
        told = [(await direct.execute(question)).all() for _ in TIMES]

    for found in told:
        assert found == expected
        assert [row._fields for row in found] == [row._fields for row in expected]
        assert [[*map(type, row)] for row in found] == [[*map(type, row)] for row in expected]


async def test_a_statement_that_is_made_once_goes_to_the_driver_when_it_is_met_again(direct):
    # Made here, or an earlier test has met it.
    made_once = select(things.c.level)

    ways = [type(await direct.execute(made_once)) for _ in TIMES]
    anew = [type(await direct.execute(select(things.c.level))) for _ in TIMES]

    assert [way is Answer for way in ways] == [False, True, True]
    assert Answer not in anew


async def test_a_statement_that_nobody_holds_any_more_is_forgotten(engine, direct):
    made_here = select(things.c.level).where(things.c.word == bindparam("which"))
    for _ in TIMES:
        await direct.execute(made_here, {"which": "a"})
    held = ref(made_here)

    del made_here
    engine.sync_engine.clear_compiled_cache()
    gc.collect()

    assert held() is None


async def test_a_statement_that_is_made_once_takes_other_parameters_each_time(direct):
    asking = select(things.c.word).where(any_of(things.c.word, "which"), LEVEL.is_(None))
    changing = update(things).where(things.c.word == bindparam("which"))

    for _ in TIMES:
        await direct.execute(delete(things))
        await direct.execute(A_THING, said("a", "b", "c"))
        assert list(await direct.scalars(asking, {"which": ["a", "c"]})) == ["a", "c"]
        assert list(await direct.scalars(asking, {"which": []})) == []
        await direct.execute(changing, {"which": "a", "level": 1})
        await direct.execute(changing, {"which": "b", "word": "d", "level": 2})
        assert list(await direct.scalars(asking, {"which": ["a", "b", "c", "d"]})) == ["c"]


async def test_a_value_that_a_statement_asks_for_is_asked_for_each_time(direct):
    asked = iter("abc")
    asking = select(bindparam("which", type_=Text, callable_=lambda: next(asked)))

    assert [await direct.scalar(asking) for _ in TIMES] == ["a", "b", "c"]


async def test_what_a_statement_says_of_itself_is_not_remembered_for_the_next(direct):
    asking = select(things.c.word).where(things.c.word == bindparam("which"))
    for word in ("a", "b", "c"):
        await direct.execute(insert(things).values(word=word))
        assert await direct.scalar(select(things.c.word).where(things.c.word == word)) == word
        assert await direct.scalar(asking.params(which=word)) == word


async def test_what_python_adds_is_added(direct):
    adding, changing = insert(completed), update(completed).values(word="b")
    for _ in TIMES:
        await direct.execute(delete(completed))
        await direct.execute(adding, said("a"))
        assert (await direct.execute(select(completed))).one() == ("a", "here", None)
        await direct.execute(changing)
        assert (await direct.execute(select(completed))).one() == ("b", "here", "there")


async def test_a_parameter_that_is_missing_is_told(direct):
    asking = select(things).where(things.c.word == bindparam("which"))
    for _ in TIMES:
        await direct.execute(asking, {"which": "a"})

        with pytest.raises(SQLAlchemyError, match="which"):
            await direct.execute(asking)


async def test_rows_that_are_not_alike_are_refused_whole(direct):
    for _ in TIMES:
        await direct.execute(delete(things))
        await direct.execute(A_THING, said("a", "b"))

        with pytest.raises(SQLAlchemyError):
            await direct.execute(A_THING, [{"word": "c"}, {"level": 1}])
        assert await direct.scalar(select(func.count()).select_from(things)) == 2


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
    for _ in TIMES:
        await direct.execute(delete(things))
        await direct.execute(A_THING, said("a", "b", "c"))

        assert (await direct.execute(statement, rows)).rowcount == count


async def test_rows_that_come_back_from_many_are_all_there(direct):
    adding = insert(things).returning(things.c.word)
    for _ in TIMES:
        added = await direct.execute(adding, said("a", "b", "c"))

        assert sorted(added.scalars()) == ["a", "b", "c"]


async def test_many_rows_may_be_a_list_or_a_tuple(direct):
    for _ in TIMES:
        await direct.execute(delete(things))
        await direct.execute(A_THING, said("a", "b"))
        await direct.execute(A_THING, tuple(said("c", "d")))

        kept = await direct.scalars(select(things.c.word).order_by(things.c.id))
        assert list(kept) == ["a", "b", "c", "d"]
