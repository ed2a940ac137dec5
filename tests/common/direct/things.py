"""Rows of every type of column that services have, for the tests of direct connections."""

from enum import StrEnum

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
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from common.statements import one_of


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
A_THING = insert(things)
OWN_SESSION = select(func.pg_backend_pid())
# The first time a statement is met, the second, and as ever after.
TIMES = range(3)


async def words(engine):
    """Tell what others see."""
    async with engine.connect() as other:
        return list(await other.scalars(select(things.c.word).order_by(things.c.id)))


def said(*words):
    return [{"word": word} for word in words]
