"""A connection whose statements go to the driver itself: SQLAlchemy writes, asyncpg executes.

Between a coroutine and the driver SQLAlchemy has a greenlet, a context of execution and a cursor
for each statement; they cost more than the driver does.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self, TypeAlias
from weakref import WeakKeyDictionary

import asyncpg
from sqlalchemy import Delete, Executable, Float, Insert, Numeric, Update
from sqlalchemy.engine import Dialect, IteratorResult
from sqlalchemy.engine.processors import to_float
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.compiler import Compiled, SQLCompiler
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import LRUCache

Plain: TypeAlias = SelectBase | Insert | Update | Delete
Row: TypeAlias = Mapping[str, Any]

# More statements than any service has.
REMEMBERED = 1000
CLOSING_SECONDS = 2
FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a compiled statement is handed to the driver, and how its rows are read."""

    sql: str
    # What each of $1, $2, … is called, and what makes of its value what the driver takes.
    arguments: Sequence[tuple[str, Callable[[Any], Any] | None]]
    columns: SimpleResultMetaData
    gives_rows: bool


class Answer(IteratorResult[Any]):
    """What a statement gave, read like any result of SQLAlchemy."""

    def __init__(self, plan: Plan, rows: Iterable[tuple[Any, ...]], rowcount: int) -> None:
        super().__init__(plan.columns, iter(rows))
        self.rowcount = rowcount


class Direct(AsyncConnection):
    """A connection on which each statement stands alone, unless `begin` holds several together.

    What is not plain (SQL as text, `IN` with a list, many rows that come back) goes SQLAlchemy's
    own way, in the same transaction.
    """

    __slots__ = ("driver", "pooled")
    driver: asyncpg.Connection
    pooled: Any

    async def __aenter__(self) -> Self:
        return await self.start(is_ctxmanager=True)

    async def start(self, is_ctxmanager: bool = False) -> Self:  # noqa: FBT001, FBT002 -- SQLAlchemy's
        await super().start(is_ctxmanager)
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
    async def begin(  # type: ignore[override]  # as a context alone
        self, *, isolation: str | None = None, readonly: bool = False
    ) -> AsyncIterator[None]:
        """Do all that follows, or nothing; inside of another `begin`, as a part that may fail."""
        is_part = self.driver.is_in_transaction()
        try:
            async with self.driver.transaction(isolation=isolation, readonly=readonly):
                yield
        except FAULTS as error:
            raise self._fault("transaction", error) from error
        finally:
            if self.driver.is_in_transaction() and not is_part:
                # Its end was cut short: the next one to use it would go on with what was begun.
                await self.driver.close(timeout=CLOSING_SECONDS)

    begin_nested = begin  # type: ignore[assignment]  # likewise

    async def execute(  # type: ignore[override]  # what comes back reads like a CursorResult
        self, statement: Executable, parameters: Row | list[Row] | None = None, **options: Any
    ) -> Any:
        rows = parameters if isinstance(parameters, list) else [parameters or {}]
        if rows and isinstance(statement, Plain):
            answer = await self._execute_plainly(statement, rows)
            if answer is not None:
                return answer
        return await super().execute(statement, parameters, **options)

    async def _execute_plainly(self, statement: Plain, rows: Sequence[Row]) -> Answer | None:
        # How SQLAlchemy remembers what it wrote, by what is asked; it has no public name.
        written, given, collected, _ = statement._compile_w_cache(  # noqa: SLF001
            self.dialect,
            compiled_cache=_written,
            column_keys=sorted(rows[0]),
            for_executemany=len(rows) > 1,
        )
        compiled: Any = written
        plan = _plan_of(compiled)
        if plan is None or (plan.gives_rows and len(rows) > 1):
            return None
        arguments = []
        for row in rows:
            named = compiled.construct_params(
                row, extracted_parameters=given, escape_names=False, _collected_params=collected
            )
            arguments.append(
                [
                    named[name] if made is None else made(named[name])
                    for name, made in plan.arguments
                ]
            )
        try:
            return await self._ask(plan, arguments)
        except FAULTS as error:
            raise self._fault(plan.sql, error) from error

    async def _ask(self, plan: Plan, arguments: Sequence[Sequence[Any]]) -> Answer:
        if len(arguments) > 1:
            await self.driver.executemany(plan.sql, arguments)
            return Answer(plan, (), -1)
        [once] = arguments
        if plan.gives_rows:
            found = await self.driver.fetch(plan.sql, *once)
            return Answer(plan, map(tuple, found), len(found))
        status = await self.driver.execute(plan.sql, *once)
        return Answer(plan, (), int(status.rpartition(" ")[2]))

    def _fault(self, sql: str, error: Exception) -> DBAPIError:
        """Say it as SQLAlchemy does, and never what was asked: it may be about somebody."""
        lost = self.driver.is_closed()
        return DBAPIError(sql, None, error, hide_parameters=True, connection_invalidated=lost)


_written: LRUCache[Any, Compiled] = LRUCache(REMEMBERED)
_plans: WeakKeyDictionary[SQLCompiler, Plan | None] = WeakKeyDictionary()


def _plan_of(compiled: SQLCompiler) -> Plan | None:
    try:
        return _plans[compiled]
    except KeyError:
        return _plans.setdefault(compiled, _make_plan(compiled))


def _make_plan(compiled: SQLCompiler) -> Plan | None:
    """Read once from what SQLAlchemy wrote all that its executions have in common."""
    written_for_each = compiled.post_compile_params or compiled.literal_execute_params
    made_up_here = compiled.insert_prefetch or compiled.update_prefetch
    named_by_the_database = compiled._textual_ordered_columns or compiled._ad_hoc_textual  # noqa: SLF001
    columns = compiled._result_columns  # noqa: SLF001
    # Whether a number is made a decimal depends on what the database calls it.
    maybe_decimal = any(isinstance(each.type, Numeric) for each in columns)
    if written_for_each or made_up_here or named_by_the_database or maybe_decimal:
        return None
    dialect = compiled.dialect
    makers: Mapping[str, Any] = compiled._bind_processors  # noqa: SLF001
    readers = [_reader(each.type, dialect) for each in columns]
    return Plan(
        sql=compiled.string,
        arguments=[(name, makers.get(name)) for name in compiled.positiontup or ()],
        columns=SimpleResultMetaData([each.keyname for each in columns], _processors=readers),
        gives_rows=bool(columns),
    )


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Any:
    if isinstance(kind, Float):
        return to_float
    return kind.dialect_impl(dialect).result_processor(dialect, None)
