"""A connection whose statements go to the driver itself: SQLAlchemy writes, asyncpg executes.

Between a coroutine and the driver SQLAlchemy has a greenlet, a context of execution and a cursor
for each statement; they cost more than the driver does.
"""

from asyncio import CancelledError
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self, TypeAlias
from weakref import WeakKeyDictionary

import asyncpg
from sqlalchemy import CompoundSelect, Delete, Float, Insert, Numeric, Select, Update
from sqlalchemy.engine import Dialect, IteratorResult
from sqlalchemy.engine.processors import to_float
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

Statement: TypeAlias = Select[Any] | CompoundSelect[Any] | Insert | Update | Delete
Row: TypeAlias = Mapping[str, Any]
Convert: TypeAlias = Callable[[Any], Any] | None
# The names of a statement's parameters, and whether they come once or for many rows.
Asked: TypeAlias = tuple[tuple[str, ...], bool]

CLOSING_SECONDS = 2
FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """What SQLAlchemy's own way told of a statement: the names of the columns that came back."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """A value that a statement brings, unless one of this name is given."""

    name: str
    value: Any
    # What makes of it what the driver takes.
    convert: Convert


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a statement is handed to the driver, and how its rows are read."""

    sql: str
    # What $1, $2, … stand for.
    arguments: Sequence[Argument]
    columns: SimpleResultMetaData
    # What makes of a value from the driver what the column's type promises; empty if nothing does.
    readers: Sequence[Convert]
    gives_rows: bool

    def arguments_of(self, row: Row) -> list[Any]:
        return [
            argument.convert(row.get(argument.name, argument.value))
            if argument.convert
            else row.get(argument.name, argument.value)
            for argument in self.arguments
        ]

    def read(self, found: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
        if not self.readers:
            return map(tuple, found)
        return (
            tuple(
                read(value) if read else value
                for read, value in zip(self.readers, each, strict=True)
            )
            for each in found
        )


class Answer(IteratorResult[Any]):
    """What a statement gave, read like any result of SQLAlchemy."""

    def __init__(self, plan: Plan, rows: Iterable[tuple[Any, ...]], rowcount: int) -> None:
        super().__init__(plan.columns, iter(rows))
        self.rowcount = rowcount


class Direct(AsyncConnection):
    """A connection on which each statement stands alone, unless `together` holds several.

    A statement that is made once, and met again, goes to the driver. The first time, and whenever
    it is not plain (SQL as text, `IN` with a list, many rows that come back), it goes SQLAlchemy's
    own way, in the same transaction.
    """

    __slots__ = ("driver", "pooled")
    driver: asyncpg.Connection
    pooled: Any

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.pooled = await self.get_raw_connection()
        if self.pooled.driver_connection.is_closed():
            # The database went away since it was last used: nothing was begun, nothing is lost.
            await self.invalidate()
            self.pooled = await self.get_raw_connection()
        self.driver = self.pooled.driver_connection
        # The driver holds the transaction: SQLAlchemy shall not begin another inside of it.
        self.dialect.set_isolation_level(self.pooled.dbapi_connection, "AUTOCOMMIT")
        return self

    async def close(self) -> None:
        if self.driver.is_closed():
            # It broke in our hands: nobody else gets it.
            await self.invalidate()
        else:
            self.dialect.reset_isolation_level(self.pooled.dbapi_connection)
        await super().close()

    @asynccontextmanager
    async def together(
        self, *, isolation: str | None = None, readonly: bool = False
    ) -> AsyncIterator[None]:
        """Do all that follows, or nothing; a part that may fail alone is a `begin_nested` of it."""
        try:
            async with self.driver.transaction(isolation=isolation, readonly=readonly):
                yield
        except FAULTS as error:
            # A statement that is cancelled breaks the connection, and its transaction cannot end.
            if isinstance(error.__context__, CancelledError):
                raise error.__context__ from error
            raise self._fault("transaction", error) from error
        finally:
            if self.driver.is_in_transaction():
                # Its end was cut short: the next one to use it would go on with what was begun.
                await self.driver.close(timeout=CLOSING_SECONDS)

    async def execute(
        self, statement: Any, parameters: Any = None, *, execution_options: Any = None
    ) -> Any:
        """Execute it; what comes back reads like any other result of SQLAlchemy."""
        rows = parameters if isinstance(parameters, (list, tuple)) else [parameters or {}]
        if not rows or execution_options or not isinstance(statement, Statement):
            return await super().execute(statement, parameters, execution_options=execution_options)
        asked = (tuple(rows[0]), len(rows) > 1)
        ways = _ways.setdefault(statement, {})
        if asked not in ways:
            answer = await super().execute(statement, parameters)
            ways[asked] = Met(names=tuple(answer.keys()) if answer.returns_rows else ())
            return answer
        way = ways[asked]
        if isinstance(way, Met):
            way = ways[asked] = plan_of(statement, asked, way.names, self.dialect)
        if way is None:
            return await super().execute(statement, parameters)
        return await self._execute(way, [way.arguments_of(row) for row in rows])

    async def _execute(self, plan: Plan, arguments: Sequence[Sequence[Any]]) -> Answer:
        try:
            if len(arguments) > 1:
                await self.driver.executemany(plan.sql, arguments)
                return Answer(plan, (), -1)
            [once] = arguments
            if plan.gives_rows:
                found = await self.driver.fetch(plan.sql, *once)
                return Answer(plan, plan.read(found), len(found))
            status = await self.driver.execute(plan.sql, *once)
            return Answer(plan, (), int(status.rpartition(" ")[2]))
        except FAULTS as error:
            raise self._fault(plan.sql, error) from error

    def _fault(self, sql: str, error: Exception) -> DBAPIError:
        """Say it as SQLAlchemy does, and never what was asked: it may be about somebody."""
        lost = self.driver.is_closed()
        return DBAPIError(sql, None, error, hide_parameters=True, connection_invalidated=lost)


# How each statement goes that is still there: one that is made anew each time is met once only.
_ways: WeakKeyDictionary[Statement, dict[Asked, Met | Plan | None]] = WeakKeyDictionary()


def plan_of(
    statement: Statement, asked: Asked, names: Sequence[str], dialect: Dialect
) -> Plan | None:
    """Read once from what SQLAlchemy writes all that its executions have in common.

    None if there is more to it than SQL and values: then it goes SQLAlchemy's own way.
    """
    keys, many = asked
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(keys), for_executemany=many)
    binds = [compiled.binds[name] for name in compiled.positiontup]
    types = [column.type for column in statement.exported_columns] if names else []
    written_for_each = compiled.post_compile_params or compiled.literal_execute_params
    made_up_here = compiled.insert_prefetch or compiled.update_prefetch
    asked_for = any(bind.callable for bind in binds)
    # Columns that are written as text have no type.
    untyped = len(types) != len(names)
    # Whether a number is made a decimal depends on what the database calls it.
    maybe_decimal = any(isinstance(each, Numeric) for each in types)
    back_from_many = many and names
    if written_for_each or made_up_here or asked_for or untyped or maybe_decimal or back_from_many:
        return None
    readers = [reader_of(each, dialect) for each in types]
    return Plan(
        sql=compiled.string,
        arguments=[
            Argument(
                name=bind.key,
                value=bind.value,
                convert=bind.type.dialect_impl(dialect).bind_processor(dialect),
            )
            for bind in binds
        ],
        columns=SimpleResultMetaData(names),
        readers=readers if any(readers) else (),
        gives_rows=bool(names),
    )


def reader_of(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    usual = kind.dialect_impl(dialect).result_processor
    reader: Convert = to_float if isinstance(kind, Float) else usual(dialect, None)
    return reader
