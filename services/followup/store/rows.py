"""Rows as dicts, from which the values of the domain are made."""

from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection


async def rows(tx: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def one(tx: AsyncConnection, query: Select[Any]) -> dict[str, Any] | None:
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else dict(row)
