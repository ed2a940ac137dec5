"""Statements that services write alike, made once: to make one costs as much as to execute it."""

from collections.abc import Callable, Collection, Iterable, Sequence
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Protocol, TypeAlias

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Enum,
    Executable,
    Select,
    Table,
    Update,
    any_,
    bindparam,
    literal,
    not_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

Theirs: TypeAlias = Callable[[ColumnElement[Any]], ColumnElement[bool]]


def newest(table: Table, *, unless: ColumnElement[bool]) -> Insert:
    """Write a statement for `later`: keep a row unless one as new is held already.

    What forbids it is asked when the row is written, so an erasure in the same batch is minded.
    """
    given = [bindparam(column.name, type_=column.type) for column in table.c]
    named = insert(table).from_select(list(table.c), select(*given).where(not_(unless)))
    return named.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={column.name: named.excluded[column.name] for column in table.c},
        where=table.c.version < named.excluded.version,
    )


# To make a statement costs as much as to execute it: these are made once for a table, and what
# they are about comes as their parameters.


@cache
def finding(table: Table) -> Select[Any]:
    """Write a statement that reads the row `of_id`."""
    return select(table).where(table.c.id == bindparam("of_id"))


@cache
def locking(table: Table) -> Select[Any]:
    """Write a statement likewise for who will change the row: other writers wait."""
    return finding(table).with_for_update()


@cache
def replacing(table: Table, *names: str) -> Insert:
    """Write a statement that puts these columns, or all, of a row in the place of one like it."""
    return _on_conflict(insert(table), table, names or table.c.keys(), None)


@cache
def replacing_older(table: Table, *names: str) -> Insert:
    """Write a statement likewise that leaves a row that is as new."""
    row = insert(table)
    return _on_conflict(row, table, names, table.c.version < row.excluded.version)


@cache
def changing(table: Table) -> Update:
    """Write a statement that changes the row `of_id`."""
    return update(table).where(table.c.id == bindparam("of_id"))


def _on_conflict(
    row: Insert, table: Table, names: Iterable[str], where: ColumnElement[bool] | None
) -> Insert:
    return row.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: row.excluded[name] for name in names},
        where=where,
    )


class Kept(Protocol):
    """A dataclass with slots, whose fields are named like the columns of its table."""

    __slots__: ClassVar[Any]


def row_of(kept: Kept) -> dict[str, Any]:
    """Write a row out, field by field; unlike `asdict`, it copies nothing that lies deeper."""
    return {name: getattr(kept, name) for name in kept.__slots__}


def among(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Match any of these, handed over as one array.

    `in_` writes a statement for each number of values, and every session of PostgreSQL keeps each
    of them with its plan.
    """
    return column == any_(literal(list(values), ARRAY(column.type)))


def any_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Match any of the values of the parameter of this name, for a statement that is made once."""
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


class OneOrMany:
    """A statement about some things, made once for a single one and once for more.

    PostgreSQL keeps its plan for a single value, and plans anew for each list: that may take
    several times as long as to find the rows.
    """

    def __init__(self, write: Callable[[Theirs], Executable]) -> None:
        """Write a statement, given what matches a column with the things it is asked about."""
        self._of_one = write(lambda column: column == bindparam("theirs", type_=column.type))
        self._of_many = write(lambda column: any_of(column, "theirs"))

    async def ask(self, tx: AsyncConnection, ids: Collection[Any]) -> Sequence[Any]:
        """Find their rows; nobody's cost nothing."""
        if not ids:
            return ()
        if len(ids) == 1:
            [theirs] = ids
            return (await tx.execute(self._of_one, {"theirs": theirs})).all()
        return (await tx.execute(self._of_many, {"theirs": list(ids)})).all()


def one_of(kind: type[StrEnum]) -> Enum:
    """Store the value of an enum, not its name, so that SQL and JSON read alike."""
    values = [member.value for member in kind]
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda _: values,
    )
