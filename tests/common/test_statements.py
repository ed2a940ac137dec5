"""A statement about one or many finds what it is asked about, at the price of what there is."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select, text

from common.direct import Direct
from common.statements import OneOrMany
from tests.servers import fresh_tables

things = Table(
    "stated_things", MetaData(), Column("id", Integer, primary_key=True), Column("word", Text)
)
WORDS = OneOrMany(
    lambda theirs: select(things.c.word).where(theirs(things.c.id)).order_by(things.c.id)
)
PLANNED = text(
    "select custom_plans, generic_plans from pg_prepared_statements"
    " where statement like 'SELECT stated_things.word%'"
)


@pytest.fixture
async def direct(postgres):
    alone = fresh_tables(postgres, things.metadata, pool_size=1)
    async with alone as engine, Direct(engine) as connection:
        rows = [{"id": each, "word": f"{each}"} for each in range(9)]
        await connection.execute(insert(things), rows)
        yield connection


@pytest.mark.parametrize("ids", [[], [3], [3, 5], [99], [3, 99], {3, 5, 7}, frozenset({4})])
async def test_it_finds_those_it_is_asked_about_however_many(direct, ids):
    found = await WORDS.ask(direct, ids)

    assert [row.word for row in found] == [str(each) for each in sorted(ids) if each < 9]


async def test_about_one_the_database_plans_no_more_after_a_while(direct):
    for each in range(9):
        await WORDS.ask(direct, [each])

    # It tries five times, and then keeps one plan for all.
    assert (await direct.execute(PLANNED)).one() == (5, 4)
