"""Every query on what is staged: set by set, never row by row."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    RowMapping,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from common.keys import without_key
from common.statements import changing
from intake.domain.sight import Reader
from intake.imports.problems import Problem
from intake.imports.staging import (
    Doubt,
    Import,
    ImportNotFound,
    RowNotFound,
    RowState,
    StagedColumn,
    StagedRow,
    State,
)
from intake.imports.tables import imported_rows, imports, staged_rows

COLUMNS = TypeAdapter(tuple[StagedColumn, ...])
PROBLEMS = TypeAdapter(tuple[Problem, ...])
DOUBTS = TypeAdapter(tuple[Doubt, ...])
AT_ONCE = 500


def to_row(brought: Import) -> dict[str, Any]:
    plain = {name: getattr(brought, name) for name in Import.__slots__}
    return plain | {
        "programme_ids": [str(each) for each in brought.programme_ids],
        "columns": COLUMNS.dump_python(brought.columns, mode="json"),
    }


def as_import(row: RowMapping) -> Import:
    parsed = {
        "programme_ids": tuple(map(UUID, row["programme_ids"])),
        "columns": COLUMNS.validate_python(row["columns"]),
    }
    return Import(**{**row, **parsed})


def as_staged(row: RowMapping) -> StagedRow:
    parsed = {
        "problems": PROBLEMS.validate_python(row["problems"]),
        "doubts": DOUBTS.validate_python(row["doubts"]),
    }
    return StagedRow(**{**row, **parsed})


async def add_import(tx: AsyncConnection, brought: Import, rows: Sequence[StagedRow]) -> None:
    await tx.execute(insert(imports), to_row(brought))
    # Not all at once: while rows are written out for the database, nobody else is served.
    for start in range(0, len(rows), AT_ONCE):
        values = [row_values(row) for row in rows[start : start + AT_ONCE]]
        await tx.execute(insert(staged_rows), values)


def row_values(row: StagedRow) -> dict[str, Any]:
    return {
        "import_id": row.import_id,
        "line": row.line,
        "state": row.state,
        "row_key": row.row_key,
        "problems": [each.as_json() for each in row.problems],
        "doubts": [asdict(each) for each in row.doubts],
        "sealed": row.sealed,
        "entered_id": row.entered_id,
    }


async def find_import(tx: AsyncConnection, import_id: UUID, *, lock: bool = False) -> Import:
    query = select(imports).where(imports.c.id == import_id)
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    if row is None:
        raise ImportNotFound(import_id)
    return as_import(row)


async def newest_imports(
    tx: AsyncConnection, reader: Reader, *, after: UUID | None, limit: int
) -> list[Import]:
    """List what a person brought, and what was brought to where they work, the newest first."""
    theirs = or_(
        imports.c.brought_by == reader.person_id, imports.c.association_id.in_(reader.staff_of)
    )
    query = select(imports).where(theirs)
    if after is not None:
        query = query.where(imports.c.id < after)
    query = query.order_by(imports.c.id.desc()).limit(limit)
    return [as_import(row) for row in (await tx.execute(query)).mappings()]


COMMITTING = select(exists().where(imports.c.state == State.COMMITTING))


async def is_any_committing(database: AsyncConnection, _: datetime) -> bool:
    return bool(await database.scalar(COMMITTING))


async def lock_next_committing(tx: AsyncConnection) -> Import | None:
    """Lock the oldest import whose rows are to be entered."""
    waiting = select(imports).where(imports.c.state == State.COMMITTING)
    query = waiting.order_by(imports.c.created_at, imports.c.id).limit(1).with_for_update()
    row = (await tx.execute(query)).mappings().one_or_none()
    return as_import(row) if row else None


async def save_import(tx: AsyncConnection, changed: Import) -> None:
    await tx.execute(changing(imports), {"of_id": changed.id, **to_row(changed)})


async def imports_to_forget(tx: AsyncConnection, now: datetime, limit: int) -> list[Import]:
    """Lock the imports whose time is over; one that is being entered is finished first.

    One whose key is gone cannot be: a restore brought it back.
    """
    due = and_(imports.c.forget_at <= now, imports.c.state != State.COMMITTING)
    old = select(imports).where(~imports.c.key_destroyed, or_(due, imports.c.id.in_(without_key)))
    query = old.order_by(imports.c.forget_at).limit(limit).with_for_update()
    return [as_import(row) for row in (await tx.execute(query)).mappings()]


async def counts(tx: AsyncConnection, import_id: UUID) -> dict[RowState, int]:
    query = select(staged_rows.c.state, func.count()).where(staged_rows.c.import_id == import_id)
    rows = await tx.execute(query.group_by(staged_rows.c.state))
    return {RowState(state): count for state, count in rows}


async def staged(
    tx: AsyncConnection, import_id: UUID, *states: RowState, after: int = 0, limit: int
) -> list[StagedRow]:
    """Give rows in the order of the file."""
    query = select(staged_rows).where(
        staged_rows.c.import_id == import_id,
        staged_rows.c.line > after,
        staged_rows.c.state.in_(states or tuple(RowState)),
    )
    rows = await tx.execute(query.order_by(staged_rows.c.line).limit(limit))
    return [as_staged(row) for row in rows.mappings()]


async def remarkable(
    tx: AsyncConnection, import_id: UUID, *, after: int, limit: int
) -> list[StagedRow]:
    """Give the rows about which there is something to say."""
    remarks = (staged_rows.c.problems, staged_rows.c.doubts)
    something = or_(*(func.jsonb_array_length(each) > 0 for each in remarks))
    query = select(staged_rows).where(
        staged_rows.c.import_id == import_id, staged_rows.c.line > after, something
    )
    rows = await tx.execute(query.order_by(staged_rows.c.line).limit(limit))
    return [as_staged(row) for row in rows.mappings()]


async def staged_row(tx: AsyncConnection, import_id: UUID, line: int) -> StagedRow:
    query = select(staged_rows).where(
        staged_rows.c.import_id == import_id, staged_rows.c.line == line
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        raise RowNotFound(import_id)
    return as_staged(row)


async def ready_lines(tx: AsyncConnection, import_id: UUID) -> dict[int, bool]:
    """Give the lines that wait to be entered, and whether there is a doubt about them."""
    doubted = func.jsonb_array_length(staged_rows.c.doubts) > 0
    query = select(staged_rows.c.line, doubted).where(
        staged_rows.c.import_id == import_id, staged_rows.c.state == RowState.READY
    )
    return dict((await tx.execute(query)).all())


async def leave_out(tx: AsyncConnection, import_id: UUID, lines: Collection[int]) -> None:
    where = (staged_rows.c.import_id == import_id, staged_rows.c.line.in_(lines))
    left = update(staged_rows).where(*where, staged_rows.c.state == RowState.READY)
    await tx.execute(left.values(state=RowState.LEFT_OUT, sealed=None))


SAVE = (
    update(staged_rows)
    .where(
        staged_rows.c.import_id == bindparam("of_import"),
        staged_rows.c.line == bindparam("at_line"),
    )
    .values(
        state=bindparam("new_state"),
        problems=bindparam("new_problems"),
        sealed=bindparam("new_sealed"),
        entered_id=bindparam("new_id"),
    )
)


async def save_rows(tx: AsyncConnection, changed: Sequence[StagedRow]) -> None:
    values = [
        {
            "of_import": row.import_id,
            "at_line": row.line,
            "new_state": row.state,
            "new_problems": [each.as_json() for each in row.problems],
            "new_sealed": row.sealed,
            "new_id": row.entered_id,
        }
        for row in changed
    ]
    if values:
        await tx.execute(SAVE, values)


async def forget_rows(tx: AsyncConnection, import_id: UUID, *states: RowState) -> None:
    """Drop rows with all that they held."""
    where = [staged_rows.c.import_id == import_id]
    if states:
        where.append(staged_rows.c.state.in_(states))
    await tx.execute(delete(staged_rows).where(*where))


async def forget_some(tx: AsyncConnection, now: datetime, *, claimed_before: datetime) -> int:
    """Drop, a bounded number at a time, what is left of old imports; give how much that was."""
    key = tuple_(staged_rows.c.import_id, staged_rows.c.line)
    left = (
        select(staged_rows.c.import_id, staged_rows.c.line)
        .join(imports, imports.c.id == staged_rows.c.import_id)
        .where(imports.c.forget_at <= now, imports.c.key_destroyed)
        .limit(AT_ONCE)
    )
    rows = await tx.execute(delete(staged_rows).where(key.in_(left)))
    old = select(imported_rows.c.row_key).where(imported_rows.c.at < claimed_before)
    claims = await tx.execute(
        delete(imported_rows).where(imported_rows.c.row_key.in_(old.limit(AT_ONCE)))
    )
    return rows.rowcount + claims.rowcount
