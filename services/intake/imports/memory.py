"""What outlives a file: which rows were entered from any, and what its headings meant."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.imports.fields import Kind
from intake.imports.tables import imported_rows, remembered_headings


async def known_rows(tx: AsyncConnection, keys: Collection[str]) -> set[str]:
    query = select(imported_rows.c.row_key).where(imported_rows.c.row_key == func.any(list(keys)))
    return set((await tx.execute(query)).scalars())


# One statement whatever the number of rows, so that it is compiled and prepared once.
CLAIM = (
    upsert(imported_rows)
    .from_select(
        ["row_key", "at"],
        select(
            func.unnest(bindparam("keys", type_=ARRAY(Text))),
            bindparam("moment", type_=imported_rows.c.at.type),
        ),
    )
    .on_conflict_do_nothing()
    .returning(imported_rows.c.row_key)
)


async def claim_rows(tx: AsyncConnection, keys: Sequence[str], *, at: datetime) -> set[str]:
    """Claim rows for being entered by this transaction; give those that nobody had before."""
    if not keys:
        return set()
    return set((await tx.execute(CLAIM, {"keys": sorted(keys), "moment": at})).scalars())


async def remembered(
    tx: AsyncConnection, owner_id: UUID, kind: Kind, hashes: Collection[str]
) -> dict[str, str]:
    """Give what headings meant the last time, by their hashes."""
    query = select(remembered_headings.c.heading_hash, remembered_headings.c.field).where(
        remembered_headings.c.owner_id == owner_id,
        remembered_headings.c.kind == kind,
        remembered_headings.c.heading_hash == func.any(list(hashes)),
    )
    return dict((await tx.execute(query)).all())


async def remember(
    tx: AsyncConnection, owner_id: UUID, kind: Kind, meant: Mapping[str, str]
) -> None:
    rows = [
        {"owner_id": owner_id, "kind": kind, "heading_hash": heading, "field": field}
        for heading, field in meant.items()
    ]
    if rows:
        kept = upsert(remembered_headings)
        columns = ["owner_id", "kind", "heading_hash"]
        await tx.execute(
            kept.on_conflict_do_update(index_elements=columns, set_={"field": kept.excluded.field}),
            rows,
        )
