"""Queries that forget a person in what matching decided itself."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, bindparam, delete, exists, insert, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from common.statements import among
from matching.domain.runs import RunState
from matching.store.inputs import forget_inputs, runs_naming
from matching.store.run_tables import run_pairs, runs
from matching.store.shards import begin_anew
from matching.store.tables import farewells, forgotten, proposals

# Made once: the clock asks it all day.
NOT_YET_LEFT = (
    select(forgotten.c.person_id)
    .where(~exists().where(farewells.c.person_id == forgotten.c.person_id))
    .order_by(forgotten.c.person_id)
    .limit(bindparam("most", type_=Integer))
)


async def not_yet_left(tx: AsyncConnection, limit: int) -> list[UUID]:
    return list((await tx.execute(NOT_YET_LEFT, {"most": limit})).scalars())


async def erased_among(tx: AsyncConnection, person_ids: Collection[UUID]) -> set[UUID]:
    query = select(forgotten.c.person_id).where(among(forgotten.c.person_id, person_ids))
    return set((await tx.execute(query)).scalars())


async def forget_in_own_tables(tx: AsyncConnection, person_id: UUID) -> None:
    """Take a person out of proposals and runs; what is left is counted, and names nobody."""
    for column in (proposals.c.mentee_id, proposals.c.mentor_id):
        nobody = {column.name: null(), "contributions": []}
        await tx.execute(update(proposals).where(column == person_id).values(nobody))
    for column in (proposals.c.proposer_id, runs.c.asked_by):
        forgotten_by_name = update(column.table).where(column == person_id)
        await tx.execute(forgotten_by_name.values({column.name: null()}))
    of_person = or_(run_pairs.c.mentee_id == person_id, run_pairs.c.mentor_id == person_id)
    await forget_in_inputs(tx, person_id)
    await tx.execute(delete(run_pairs).where(of_person))


async def forget_in_inputs(tx: AsyncConnection, person_id: UUID) -> None:
    """Forget the inputs that hold a person, matched or not; a run at work begins without them.

    To change a run waits for whoever puts it together just now: so its lines are there afterwards.
    """
    mine, compared = await forget_inputs(tx, await runs_naming(tx, person_id))
    at_work = select(runs.c.id, runs.c.comparison_id).where(
        or_(among(runs.c.id, mine), among(runs.c.comparison_id, compared)),
        runs.c.state == RunState.COMPUTING,
    )
    again = (await tx.execute(at_work)).all()
    # The two sides of a comparison are of one picture.
    together = [row.comparison_id for row in again if row.comparison_id]
    both = select(runs.c.id).where(runs.c.comparison_id.in_(together))
    restarted = {*(row.id for row in again), *(await tx.execute(both)).scalars()}
    await forget_inputs(tx, sorted(restarted))
    await begin_anew(tx, sorted(restarted))


async def say_farewell(tx: AsyncConnection, person_id: UUID, now: datetime) -> None:
    await tx.execute(insert(farewells).values(person_id=person_id, said_at=now))
