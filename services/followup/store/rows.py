"""Rows as dicts, from which the values of the domain are made, and to which they go back."""

from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection


async def rows(tx: AsyncConnection, query: Select[Any], **about: Any) -> list[dict[str, Any]]:
    return [row._asdict() for row in await tx.execute(query, about)]


async def one(tx: AsyncConnection, query: Select[Any], **about: Any) -> dict[str, Any] | None:
    row = (await tx.execute(query, about)).one_or_none()
    return None if row is None else row._asdict()
