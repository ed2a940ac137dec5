"""Writing facts as they come: each part of a row as new as the newest fact about it.

A row holds the newest of what was heard, whatever the order. Its state and its facets have a
version each, because their facts overtake one another; a fact replaces the part that it is newer
about. The statements are made once for each kind of fact, and only filled in afterwards.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, Uuid, bindparam, case, exists, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from matching.store.tables import PERSON, forgotten

Row: TypeAlias = Mapping[str, Any]
Names: TypeAlias = tuple[str, ...]


async def keep_newest(tx: AsyncConnection, table: Table, row: Row) -> None:
    """Keep a whole row unless one as new is held already."""
    await tx.execute(whole(table, tuple(row)), filled(row))


async def keep_parts(tx: AsyncConnection, table: Table, *parts: Row, of: UUID) -> None:
    """Keep each part of a row unless it is held as new already; of nobody who was forgotten."""
    names = tuple(tuple(part) for part in parts)
    row = {name: value for part in parts for name, value in part.items()}
    await tx.execute(in_parts(table, names), {**filled(row), "of": of})


def filled(row: Row) -> dict[str, Any]:
    return {f"the_{name}": value for name, value in row.items()}


@cache
def whole(table: Table, names: Names) -> Insert:
    upsert = insert(table).values({name: given(table.c[name]) for name in names})
    return upsert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: upsert.excluded[name] for name in names},
        where=table.c.version < upsert.excluded.version,
    )


@cache
def in_parts(table: Table, parts: tuple[Names, ...]) -> Insert:
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
    return upsert.on_conflict_do_update(index_elements=keys, set_=changes)


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
