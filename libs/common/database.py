"""What every service's database has in common: names, one transaction, and its end."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import URL, ClauseElement, Executable, MetaData, make_url
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

Row = TypeVar("Row")
Result = TypeVar("Result")
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
            "prepared_statement_cache_size": STATEMENTS,
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
async def transaction(
    engine: AsyncEngine, *, isolation: str | None = None, readonly: bool = False
) -> AsyncIterator[AsyncConnection]:
    """Open the one transaction of a request, a batch or a job; only the edges call this.

    What was put off with `at_the_end` is done just before the commit: all of it, or nothing.
    """
    async with Direct(engine) as tx, tx.together(isolation=isolation, readonly=readonly):
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


async def apart(
    tx: AsyncConnection,
    rows: Sequence[Row],
    work: Callable[[Sequence[Row]], Awaitable[Result]],
    alone: Callable[[Row, Exception], Result],
) -> list[Result]:
    """Work on rows together; those among which one fails are halved, in order, until it is alone.

    Nothing is kept of what failed, and the others do not wait until somebody finds the fault. A
    database that is away is the fault of none of them, and raised.
    """
    if not rows:
        return []
    try:
        async with attempt(tx):
            return [await work(rows)]
    # A no, or a fault of ours, which may be of any class: what is told of it is `alone`'s to say.
    except Exception as fault:
        if is_away(fault):
            raise
        if len(rows) == 1:
            return [alone(rows[0], fault)]
    middle = len(rows) // 2
    return [
        *await apart(tx, rows[:middle], work, alone),
        *await apart(tx, rows[middle:], work, alone),
    ]


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
