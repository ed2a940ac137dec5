"""Which page of a list is read: those of some ids, or all in the order of their coming."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Select

from common.statements import among


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a list; ids grow with time, so their order is that of coming."""

    limit: int
    after: UUID | None = None
    # Only these, for whoever wants to know them and nobody else.
    ids: Collection[UUID] | None = None
    newest_first: bool = False

    def of(self, query: Select[Any], by: Column[UUID]) -> Select[Any]:
        """Narrow a query to this page."""
        if self.ids is not None:
            query = query.where(among(by, self.ids))
        if self.after is not None:
            query = query.where(by < self.after if self.newest_first else by > self.after)
        return query.order_by(by.desc() if self.newest_first else by).limit(self.limit)
