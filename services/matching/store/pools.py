"""Counting changes on the mentors' side of associations: whoever found nobody then looks again."""

from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.database import at_the_end
from matching.store.tables import pools

CHANGED = "pools_changed"

_association_id = func.unnest(bindparam("of_associations", type_=ARRAY(Uuid)))
COUNT = (
    insert(pools)
    .from_select(["association_id", "changes"], select(_association_id, literal(1)))
    .on_conflict_do_update(index_elements=["association_id"], set_={"changes": pools.c.changes + 1})
)


def note_change(tx: AsyncConnection, association_id: UUID | None) -> None:
    """Note that somebody may be found in a pool now who could not be before.

    Replicas hear side by side: each counts at the very end of what it hears together, and in one
    order, or two of them would wait for each other.
    """
    if association_id:
        tx.info.setdefault(CHANGED, set()).add(association_id)
        at_the_end(tx, CHANGED, _count_changes)


async def _count_changes(tx: AsyncConnection) -> None:
    await tx.execute(COUNT, {"of_associations": sorted(tx.info.pop(CHANGED))})
