"""Counting changes on the mentors' side of associations: whoever found nobody then looks again."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, literal, select, union
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.database import at_the_end
from common.statements import any_of
from matching.store.tables import mentors, pools

CHANGED = "pools_changed"

_named = select(func.unnest(bindparam("of_associations", type_=ARRAY(Uuid))).label("its"))
_homes = select(mentors.c.association_id.label("its")).where(
    any_of(mentors.c.mentor_id, "of_mentors"), mentors.c.association_id.is_not(None)
)
_changed = union(_named, _homes).subquery()
COUNT = (
    insert(pools)
    .from_select(
        ["association_id", "changes"], select(_changed.c.its, literal(1)).order_by(_changed.c.its)
    )
    .on_conflict_do_update(index_elements=["association_id"], set_={"changes": pools.c.changes + 1})
)


@dataclass(frozen=True, slots=True)
class Changed:
    """Where somebody may be found now who could not be before."""

    associations: set[UUID] = field(default_factory=set)
    # It may be their association's pool that changed, whoever announced it.
    mentors: set[UUID] = field(default_factory=set)


def note_change(tx: AsyncConnection, association_id: UUID | None) -> None:
    """Note that somebody may be found in this pool now who could not be before."""
    if association_id:
        _changed_by(tx).associations.add(association_id)


def note_free_place(tx: AsyncConnection, mentor_id: UUID) -> None:
    """Note that somebody else may be served by this mentor, in whichever pool they are."""
    _changed_by(tx).mentors.add(mentor_id)


def _changed_by(tx: AsyncConnection) -> Changed:
    """Collect the changes of what is heard together.

    Replicas hear side by side: each counts at the very end, and in one order, or two of them
    would wait for each other.
    """
    at_the_end(tx, CHANGED, _count_changes)
    changed: Changed = tx.info.setdefault(CHANGED, Changed())
    return changed


async def _count_changes(tx: AsyncConnection) -> None:
    changed: Changed = tx.info.pop(CHANGED)
    asked = {"of_associations": list(changed.associations), "of_mentors": list(changed.mentors)}
    await tx.execute(COUNT, asked)
