"""The good rows of an import are entered, some hundreds in a commit; then it is forgotten."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, TypeAlias
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from common.database import apart
from common.errors import DomainError
from common.keys import erase_key
from intake.imports import memory, store
from intake.imports.fields import IGNORED
from intake.imports.kinds import Rows, rows_of
from intake.imports.origins import origin_of
from intake.imports.problems import Problem
from intake.imports.seals import ImportSeal, seal_of
from intake.imports.staging import (
    REMEMBERED,
    Import,
    ImportForgotten,
    RowState,
    StagedRow,
    State,
    check_lines,
)

log = structlog.get_logger()

# Some tenths of a second in one transaction, with room for everybody else in between.
BATCH = 100
FORGOTTEN_AT_ONCE = 20
FAULT = Problem(code="fault")

Asked: TypeAlias = tuple[StagedRow, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Which good rows somebody does not want to enter."""

    lines: Sequence[int] = ()
    doubtful: bool = False


async def commit(tx: AsyncConnection, import_id: UUID, say: Say) -> Import:
    """Have the good rows entered from now on; said twice, it is done once."""
    brought = await store.find_import(tx, import_id, lock=True)
    if brought.state is State.FORGOTTEN:
        raise ImportForgotten(import_id)
    if brought.state is not State.STAGED:
        return brought
    ready = await store.ready_lines(tx, import_id)
    check_lines(say.lines, set(ready))
    doubted = {line for line, doubtful in ready.items() if doubtful and say.doubtful}
    await store.leave_out(tx, import_id, {*say.lines, *doubted})
    meant = {
        column.heading_hash: "" if column.field == IGNORED else column.field or ""
        for column in brought.columns
        if column.how
    }
    await memory.remember(tx, brought.owner_id, brought.kind, meant)
    committing = replace(brought, state=State.COMMITTING)
    await store.save_import(tx, committing)
    return committing


async def enter_next(tx: AsyncConnection, *, now: datetime) -> int:
    """Enter the next rows of the oldest import that was committed; a crash loses none of them."""
    brought = await store.lock_next_committing(tx)
    if brought is None:
        return 0
    rows = await store.staged(tx, brought.id, RowState.READY, limit=BATCH)
    if rows:
        await enter(tx, brought, rows, now=now)
    else:
        await finish(tx, brought, now=now)
    return max(len(rows), 1)


async def enter(
    tx: AsyncConnection, brought: Import, staged: Sequence[StagedRow], *, now: datetime
) -> None:
    seal = await seal_of(tx, brought.id)
    door = rows_of(await origin_of(tx, brought))
    asked = await asyncio.to_thread(requests, staged, seal, door, now)
    together = partial(enter_together, tx, door, now=now)
    # A row is what a message is to the event edge: whatever fails about it, it fails alone.
    entered = await apart(tx, asked, together, not_entered)
    await store.save_rows(tx, list(chain.from_iterable(entered)))


def not_entered(asked: Asked, fault: Exception) -> list[StagedRow]:
    row, _ = asked
    if isinstance(fault, DomainError):
        return [outcome(row, problem_of(fault), {})]
    log.error("row_not_entered", line=row.line, exc_info=fault)
    return [outcome(row, FAULT, {})]


async def enter_together(
    tx: AsyncConnection, door: Rows[Any], asked: Sequence[Asked], *, now: datetime
) -> list[StagedRow]:
    good = [(row, request) for row, request in asked if not isinstance(request, Problem)]
    fresh = await memory.claim_rows(tx, [row.row_key for row, _ in good if row.row_key], at=now)
    new = [(row, request) for row, request in good if row.row_key in fresh]
    ids = await door.enter(tx, [request for _, request in new], now=now) if new else []
    entered = {row.line: each for (row, _), each in zip(new, ids, strict=True)}
    return [outcome(row, request, entered) for row, request in asked]


def requests(
    staged: Sequence[StagedRow], seal: ImportSeal, door: Rows[Any], now: datetime
) -> list[Asked]:
    """Open rows and understand them once more: the rules may have changed, and the day has."""
    return [(row, request_of(row, seal, door, now)) for row in staged]


def request_of(row: StagedRow, seal: ImportSeal, door: Rows[Any], now: datetime) -> Any:
    answers = seal.open_row(row).answers
    try:
        return door.request(answers or {}, now=now)
    except ValidationError as refused:
        first = refused.errors(include_url=False, include_context=False, include_input=False)[0]
        return Problem(code=first["type"], field=str(first["loc"][0]))
    except DomainError as no:
        return problem_of(no)


def problem_of(no: DomainError) -> Problem:
    """Tell of a no; one that names no field is one all the same."""
    return Problem(code=type(no).__name__, field=getattr(no, "field", None))


def outcome(row: StagedRow, request: Any, entered: dict[int, UUID]) -> StagedRow:
    if isinstance(request, Problem):
        return replace(row, state=RowState.WRONG, problems=(request,))
    if row.line in entered:
        return replace(row, state=RowState.ENTERED, sealed=None, entered_id=entered[row.line])
    return replace(row, state=RowState.KNOWN, sealed=None)


async def finish(tx: AsyncConnection, brought: Import, *, now: datetime) -> None:
    """Close an import; its key goes at once, unless rows are left to be mended."""
    counts = await store.counts(tx, brought.id)
    wrong = counts.get(RowState.WRONG, 0)
    if not wrong:
        await erase_key(tx, brought.id, at=now)
    done = replace(brought, state=State.COMMITTED, committed_at=now, key_destroyed=not wrong)
    await store.save_import(tx, without_content(done) if not wrong else done)


async def forget_old(tx: AsyncConnection, *, now: datetime) -> int:
    """Destroy what nobody committed or mended in time."""
    old = await store.imports_to_forget(tx, now, FORGOTTEN_AT_ONCE)
    for brought in old:
        await erase_key(tx, brought.id, at=now)
        await store.forget_rows(tx, brought.id)
        state = State.COMMITTED if brought.state is State.COMMITTED else State.FORGOTTEN
        await store.save_import(tx, without_content(replace(brought, state=state)))
    return len(old) or await store.forget_some(tx, now, claimed_before=now - REMEMBERED)


def without_content(brought: Import) -> Import:
    return replace(brought, headings=None, key_destroyed=True)
