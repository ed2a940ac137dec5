"""Forgetting what runs were computed from, which names everybody who waited and every mentor."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, delete, exists, func, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.statements import among
from matching.domain.runs import RunState
from matching.store.run_tables import run_people, runs

# As long as somebody may want to compute a run again.
KEPT = timedelta(weeks=6)

KEEP_PEOPLE = (
    insert(run_people)
    .from_select(
        ["run_id", "person_id"],
        select(
            bindparam("of_run", type_=Uuid),
            func.unnest(bindparam("people", type_=ARRAY(Uuid))),
        ),
    )
    .on_conflict_do_nothing()
)


async def keep_people(tx: AsyncConnection, run_id: UUID, people: Collection[UUID]) -> None:
    """Note whom the inputs of a run name, so that they are found when one of them is erased."""
    await tx.execute(KEEP_PEOPLE, {"of_run": run_id, "people": list(people)})


async def runs_naming(tx: AsyncConnection, person_id: UUID) -> list[UUID]:
    """Find the runs whose inputs name a person; those that an older release opened, by reading."""
    named = select(run_people.c.run_id).where(run_people.c.person_id == person_id)
    unnoted = ~exists().where(run_people.c.run_id == runs.c.id)
    written = select(runs.c.id).where(
        runs.c.inputs.is_not(None), unnoted, runs.c.inputs.contains(str(person_id))
    )
    return list((await tx.execute(named.union(written))).scalars())


async def forget_inputs(
    tx: AsyncConnection, run_ids: Collection[UUID]
) -> tuple[list[UUID], list[UUID]]:
    """Forget what runs were computed from; name those that had it, and their comparisons."""
    await tx.execute(delete(run_people).where(among(run_people.c.run_id, run_ids)))
    held = update(runs).where(among(runs.c.id, run_ids), runs.c.inputs.is_not(None))
    forgotten = held.values(inputs=null(), costs_asked_at=null())
    touched = (await tx.execute(forgotten.returning(runs.c.id, runs.c.comparison_id))).all()
    compared = [row.comparison_id for row in touched if row.comparison_id]
    return [row.id for row in touched], compared


async def forget_old_inputs(tx: AsyncConnection, now: datetime, limit: int) -> int:
    """Forget what runs were computed from that nobody computes any more."""
    at_rest = or_(
        runs.c.state == RunState.READY,
        runs.c.state == RunState.APPLIED,
        runs.c.state == RunState.REFUSED,
    )
    old = select(runs.c.id).where(runs.c.inputs.is_not(None), runs.c.asked_at < now - KEPT, at_rest)
    found = list((await tx.execute(old.order_by(runs.c.asked_at).limit(limit))).scalars())
    await forget_inputs(tx, found)
    return len(found)
