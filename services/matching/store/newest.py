"""Writing facts as they come: each part of a row as new as the newest fact about it.

A row holds the newest of what was heard, whatever the order. Its state and its facets have a
version each, because their facts overtake one another; a fact replaces the part that it is newer
about. The statements are made once for each kind of fact, and only filled in afterwards.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Table,
    Uuid,
    bindparam,
    case,
    exists,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from matching.store.tables import PERSON, forgotten, pools

Row: TypeAlias = Mapping[str, Any]
Names: TypeAlias = tuple[str, ...]


class Change(NamedTuple):
    """Somebody may be found in this association's pool now who could not be before."""

    association_id: UUID
    at: datetime


async def keep_newest(
    tx: AsyncConnection, table: Table, row: Row, change: Change | None = None
) -> None:
    """Keep a whole row unless one as new is held already."""
    await tx.execute(whole(table, tuple(row), notes_change=change is not None), filled(row, change))


async def keep_parts(
    tx: AsyncConnection,
    table: Table,
    parts: tuple[Row, ...],
    change: Change | None = None,
    *,
    of: UUID,
) -> None:
    """Keep each part of a row unless it is held as new already; of nobody who was forgotten."""
    names = tuple(tuple(part) for part in parts)
    row = {name: value for part in parts for name, value in part.items()}
    written = in_parts(table, names, notes_change=change is not None)
    await tx.execute(written, {**filled(row, change), "of": of})


def filled(row: Row, change: Change | None) -> dict[str, Any]:
    values = {f"the_{name}": value for name, value in row.items()}
    noted = {"pool": change.association_id, "changed_at": change.at} if change else {}
    return values | noted


@cache
def whole(table: Table, names: Names, *, notes_change: bool) -> Insert:
    upsert = insert(table).values({name: given(table.c[name]) for name in names})
    newer = upsert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: upsert.excluded[name] for name in names},
        where=table.c.version < upsert.excluded.version,
    )
    return with_change(newer) if notes_change else newer


@cache
def in_parts(
    table: Table,
    parts: tuple[Names, ...],
    *,
    notes_change: bool,
) -> Insert:
    names = [name for part in parts for name in part]
    is_known = ~exists().where(forgotten.c.person_id == bindparam("of", type_=Uuid))
    row = select(*(given(table.c[name]) for name in names)).where(is_known)
    upsert = insert(table).from_select(names, row)
    keys = list(table.primary_key.columns)
    changes = {
        name: newest(table, upsert.excluded, version_of(part), name)
        for part in parts
        for name in part
        if name not in table.primary_key.columns
    }
    newer = upsert.on_conflict_do_update(index_elements=keys, set_=changes)
    return with_change(newer) if notes_change else newer


def given(column: Column[Any]) -> ColumnElement[Any]:
    """Leave room for a value; the id of a person who was forgotten is written as null."""
    value = bindparam(f"the_{column.name}", type_=column.type)
    if not column.info.get(PERSON):
        return value
    gone = exists().where(forgotten.c.person_id == value)
    return select(value).where(~gone).scalar_subquery()


def version_of(part: Names) -> str:
    return next(name for name in part if name.endswith("_version"))


def newest(table: Table, excluded: Any, version: str, name: str) -> ColumnElement[Any]:
    """Choose what is written of a column: what comes, if its part is newer than what is held."""
    return case((table.c[version] < excluded[version], excluded[name]), else_=table.c[name])


def with_change(statement: Insert) -> Insert:
    """Note in the same statement when the mentors of an association last changed."""
    noted = insert(pools).values(
        association_id=bindparam("pool", type_=Uuid),
        changed_at=bindparam("changed_at", type_=DateTime(timezone=True)),
    )
    later = func.greatest(pools.c.changed_at, noted.excluded.changed_at)
    kept = noted.on_conflict_do_update(
        index_elements=["association_id"], set_={"changed_at": later}
    )
    return statement.add_cte(kept.cte("noted"))
