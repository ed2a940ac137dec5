"""What every service's database has in common: names, one transaction, and its end."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Protocol, TypeAlias

from sqlalchemy import (
    ARRAY,
    URL,
    ClauseElement,
    ColumnElement,
    Enum,
    Executable,
    MetaData,
    Select,
    Table,
    Update,
    any_,
    bindparam,
    literal,
    make_url,
    not_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from common.direct import Direct

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# The tables that every service has in its own database: events, inbox, quarantine, …
metadata = MetaData(naming_convention=NAMING)

Work: TypeAlias = Callable[[AsyncConnection], Awaitable[None]]

# A picture of a national pool is a long text to write.
LONG_STATEMENT_SECONDS = 600
STATEMENTS = 500
LAST_WORK = "last_work"
LATER = "later"
# SQLSTATE classes 08 (connection), 53 (no room: disk, memory, connections) and 57 (operator
# intervention: shut down, starting up), 58030 (the disk refuses) and 25006 (read-only, as after a
# failover): the database will take it later, and the work is not at fault.
AWAY = ("08", "53", "57", "58030", "25006")


def connect_patiently(url: str) -> AsyncEngine:
    """Make the engine of a process that computes for long inside of a transaction.

    If its machine vanishes, the database finds out within half a minute, and frees what it held.
    """
    lasting = {"idle_in_transaction_session_timeout": "0", "timezone": "UTC"}
    seen = {
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "4",
    }
    return create_async_engine(
        url,
        pool_size=2,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"server_settings": lasting | seen, "command_timeout": LONG_STATEMENT_SECONDS},
    )


def connect(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """Make the engine of a service: UTC, and no statement that runs for ever."""
    return create_async_engine(
        url,
        pool_size=pool_size,
        # Who comes when all are taken waits a moment: a connection made for one transaction and
        # closed after it costs more than the transaction does.
        max_overflow=0,
        pool_use_lifo=True,
        pool_pre_ping=False,
        # An error says which statement failed, and not about whom.
        hide_parameters=True,
        connect_args={
            "server_settings": {"timezone": "UTC", "idle_in_transaction_session_timeout": "60s"},
            "command_timeout": 60,
            # Intake has a hundred statements, as many as are kept by default: one more, and each
            # is prepared anew by the time it is next used, or after five minutes.
            "statement_cache_size": STATEMENTS,
            "max_cached_statement_lifetime": 0,
        },
    )


def plain(url: str | URL) -> str:
    """Address the same database for who speaks to it without SQLAlchemy."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def in_full(statement: ClauseElement) -> str:
    """Write a statement out, quoted as it must be, for who speaks to it without SQLAlchemy."""
    return str(statement.compile(compile_kwargs={"literal_binds": True}))


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open the one transaction of a request, a batch or a job; only the edges call this.

    What was put off with `at_the_end` is done just before the commit: all of it, or nothing.
    """
    async with Direct(engine) as tx, tx.begin():
        # Held by itself: asking a broken connection for it would hide what broke.
        notes = tx.info
        # The notes of an earlier transaction would stay with the connection otherwise.
        notes.clear()
        try:
            yield tx
            await _do_last_work(tx)
        finally:
            notes.clear()


@asynccontextmanager
async def attempt(tx: AsyncConnection) -> AsyncIterator[None]:
    """Do a part of a transaction that may fail alone: what it put off is done at its own end."""
    notes = tx.info
    of_the_whole = dict(notes)
    notes.clear()
    try:
        async with tx.begin_nested():
            yield
            await _do_last_work(tx)
    finally:
        notes.clear()
        notes.update(of_the_whole)


async def _do_last_work(tx: AsyncConnection) -> None:
    last_work: dict[str, Work] = tx.info.get(LAST_WORK, {})
    for work in last_work.values():
        await work(tx)


def is_away(error: BaseException) -> bool:
    """Tell whether the database could not be reached, which says nothing about the work."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or state.startswith(AWAY)
    return isinstance(error, (OSError, PoolTimeout))


def at_the_end(tx: AsyncConnection, name: str, work: Work) -> None:
    """Put work off to the end of the transaction, once per name, however often it is asked."""
    tx.info.setdefault(LAST_WORK, {}).setdefault(name, work)


def later(tx: AsyncConnection, statement: Executable, row: Mapping[str, Any]) -> None:
    """Execute a statement for this row just before the commit, together with its other rows.

    For projections, which only keep what they hear and do not read it again: a batch of
    events then costs one round trip for each statement, whatever the number of rows. Hand in
    the same statement each time (a constant of the module), with the row as its parameters.
    """
    rows: dict[Executable, list[Mapping[str, Any]]] = tx.info.setdefault(LATER, {})
    if not rows:
        at_the_end(tx, LATER, _execute_rows)
    rows.setdefault(statement, []).append(row)


async def _execute_rows(tx: AsyncConnection) -> None:
    for statement, rows in tx.info.pop(LATER, {}).items():
        await tx.execute(statement, rows)


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
