"""Queries on runs that are being computed: their parts, and who takes which."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.policy import Constraint
from common.work import Backlog
from matching.domain.computation import Inputs
from matching.domain.runs import Run, RunState, Side
from matching.store.run_tables import run_shards, runs
from matching.store.runs import HEAD

# Keeps the locks of runs that are priced apart from other uses of advisory locks.
PRICING = 4_108

IS_ITS_PICTURE = (run_shards.c.run_id == runs.c.id) & (run_shards.c.round == runs.c.round)
UNDONE = exists().where(IS_ITS_PICTURE, run_shards.c.done_at.is_(None))
ASKED = runs.c.state == RunState.ASKED
DONE = and_(runs.c.state == RunState.COMPUTING, not_(UNDONE))
COSTS_DUE = and_(
    runs.c.costs_asked_at.is_not(None),
    runs.c.costs.is_(None),
    runs.c.costs_refusal.is_(None),
    runs.c.inputs.is_not(None),
)


def leads() -> ColumnElement[bool]:
    """Two runs that are compared are opened together, by who takes the first of them."""
    return or_(runs.c.side.is_(None), runs.c.side == Side.ONE)


# What is to be put together, or opened, is one piece; so is every part.
_PARTS = select(func.count()).where(IS_ITS_PICTURE, run_shards.c.done_at.is_(None))
_PIECES = func.greatest(_PARTS.correlate(runs).scalar_subquery(), 1)
_SINCE = case((COSTS_DUE, runs.c.costs_asked_at), else_=runs.c.asked_at)
# Made once: each replica asks it all day.
BACKLOG = select(func.sum(_PIECES), func.extract("epoch", func.now() - func.min(_SINCE))).where(
    or_(ASKED, COSTS_DUE, runs.c.state == RunState.COMPUTING)
)


async def backlog(tx: AsyncConnection) -> Backlog:
    """Count what is to be done, taken or not, and how long the oldest has been waiting for."""
    row = (await tx.execute(BACKLOG)).one()
    return Backlog(pieces=int(row[0] or 0), age_seconds=max(0.0, float(row[1] or 0)))


async def begin_run(tx: AsyncConnection, due: ColumnElement[bool]) -> UUID | None:
    """Choose a run that nobody holds, and count that it is begun, whatever becomes of it."""
    query = select(runs.c.id).where(due).order_by(runs.c.asked_at, runs.c.id).limit(1)
    run_id: UUID | None = await tx.scalar(query.with_for_update(skip_locked=True))
    if run_id:
        await count_begun(tx, run_id)
    return run_id


async def count_begun(tx: AsyncConnection, run_id: UUID) -> None:
    begun = update(runs).where(runs.c.id == run_id)
    await tx.execute(begun.values(begun=runs.c.begun + 1))


async def lock_asked_runs(tx: AsyncConnection, run_id: UUID) -> list[RowMapping]:
    """Hold a run that was asked for, and the one that it is compared with."""
    query = select(*HEAD).where(runs.c.id == run_id, ASKED)
    first = (await tx.execute(query.with_for_update(skip_locked=True))).mappings().one_or_none()
    if first is None:
        return []
    if first["comparison_id"] is None:
        return [first]
    other = select(*HEAD).where(
        runs.c.comparison_id == first["comparison_id"], runs.c.side == Side.OTHER
    )
    return [first, (await tx.execute(other.with_for_update())).mappings().one()]


async def open_run(tx: AsyncConnection, run: Run, text: str, shards: Sequence[Inputs]) -> None:
    """Keep the picture of a run, and make its parts free to be taken."""
    taken = update(runs).where(runs.c.id == run.id)
    values = {"state": RunState.COMPUTING, "inputs": text, "round": runs.c.round + 1, "begun": 0}
    number = (await tx.execute(taken.values(values).returning(runs.c.round))).scalar_one()
    # Parts of an earlier picture; who still holds one finds out, and throws it away.
    key = (run_shards.c.run_id, run_shards.c.round, run_shards.c.number)
    old = select(*key).where(run_shards.c.run_id == run.id, run_shards.c.round < number)
    free = old.with_for_update(skip_locked=True)
    await tx.execute(delete(run_shards).where(tuple_(*key).in_(free)))
    rows = [
        {
            "run_id": run.id,
            "round": number,
            "number": place,
            "mentees": len(shard.mentees),
            "mentors": len(shard.mentors),
        }
        for place, shard in enumerate(shards)
    ]
    await tx.execute(insert(run_shards), rows)


def free_shards() -> Select[tuple[UUID, int, int, int]]:
    """Of the oldest run first the largest part, for the others then fit around it."""
    return (
        select(run_shards.c.run_id, run_shards.c.round, run_shards.c.number, run_shards.c.begun)
        .join(runs, IS_ITS_PICTURE)
        .where(run_shards.c.done_at.is_(None), runs.c.state == RunState.COMPUTING)
        .order_by(runs.c.asked_at, runs.c.id, run_shards.c.mentees.desc(), run_shards.c.number)
        .limit(1)
        .with_for_update(skip_locked=True, of=run_shards)
    )


async def begin_shard(tx: AsyncConnection) -> tuple[UUID, int, int] | None:
    """Choose a part that nobody holds, and count that it is begun, whatever becomes of it."""
    row = (await tx.execute(free_shards())).one_or_none()
    if row is None:
        return None
    key = (row.run_id, row.round, row.number)
    await tx.execute(update(run_shards).where(is_shard(key)).values(begun=row.begun + 1))
    return key


def is_shard(key: tuple[UUID, int, int]) -> ColumnElement[bool]:
    return tuple_(run_shards.c.run_id, run_shards.c.round, run_shards.c.number) == key


async def lock_shard(tx: AsyncConnection, key: tuple[UUID, int, int]) -> RowMapping | None:
    """Hold a part while it is computed; None: somebody else was quicker."""
    query = select(run_shards).where(is_shard(key), run_shards.c.done_at.is_(None))
    return (await tx.execute(query.with_for_update(skip_locked=True))).mappings().one_or_none()


async def is_current(tx: AsyncConnection, run_id: UUID, number: int) -> bool:
    """Tell whether a picture is still the one that a run is computed from."""
    query = select(runs.c.id).where(
        runs.c.id == run_id, runs.c.round == number, runs.c.state == RunState.COMPUTING
    )
    return await tx.scalar(query) is not None


async def inputs_of_round(tx: AsyncConnection, run_id: UUID, number: int) -> str | None:
    """Read the picture of a run; None: it was taken anew meanwhile."""
    query = select(runs.c.inputs).where(
        runs.c.id == run_id, runs.c.round == number, runs.c.state == RunState.COMPUTING
    )
    text: str | None = await tx.scalar(query)
    return text


async def save_shard(tx: AsyncConnection, key: tuple[UUID, int, int], result: str, by: str) -> None:
    """Keep the result of a part, unless the picture that it is of is no longer the run's."""
    run_id, number, _ = key
    held = select(runs.c.id).where(
        runs.c.id == run_id, runs.c.round == number, runs.c.state == RunState.COMPUTING
    )
    if await tx.scalar(held.with_for_update()) is None:
        await tx.execute(delete(run_shards).where(is_shard(key)))
        return
    done = {"done_at": func.now(), "done_by": by, "result": result}
    await tx.execute(update(run_shards).where(is_shard(key)).values(done))


async def lock_done_run(tx: AsyncConnection, run_id: UUID) -> RowMapping | None:
    """Hold a run whose parts are all computed, with what it was computed from."""
    query = select(runs).where(runs.c.id == run_id, DONE)
    return (await tx.execute(query.with_for_update(skip_locked=True))).mappings().one_or_none()


async def results_of(tx: AsyncConnection, run_id: UUID, number: int) -> list[str]:
    """Read the results of all parts in the order of the parts, and keep them no longer."""
    mine = (run_shards.c.run_id == run_id, run_shards.c.round == number)
    query = select(run_shards.c.result).where(*mine).order_by(run_shards.c.number)
    results = list((await tx.execute(query)).scalars())
    await tx.execute(update(run_shards).where(*mine).values(result=None))
    return results


async def progress_of(tx: AsyncConnection, run_id: UUID) -> tuple[int, int]:
    """Count the parts of a run, and those that are done."""
    query = select(func.count(), func.count(run_shards.c.done_at)).where(
        IS_ITS_PICTURE, runs.c.id == run_id
    )
    parts, done = (await tx.execute(query)).one()
    return parts, done


async def begin_pricing(tx: AsyncConnection) -> UUID | None:
    """Choose a run that nobody prices, and count that it is begun, whatever becomes of it."""
    due = select(runs.c.id).where(COSTS_DUE).order_by(runs.c.costs_asked_at, runs.c.id)
    waiting: list[UUID] = list((await tx.execute(due)).scalars())
    for run_id in waiting:
        if await may_price(tx, run_id):
            await count_begun(tx, run_id)
            return run_id
    return None


async def may_price(tx: AsyncConnection, run_id: UUID) -> bool:
    """Keep other replicas from pricing a run, unless one of them is at it.

    Its row stays free meanwhile: whoever is erased or applies it does not wait for a figure.
    """
    lock = func.pg_try_advisory_xact_lock(func.hashtextextended(str(run_id), PRICING))
    return bool(await tx.scalar(select(lock)))


async def hold_run_to_price(tx: AsyncConnection, run_id: UUID) -> RowMapping | None:
    if not await may_price(tx, run_id):
        return None
    query = select(runs).where(runs.c.id == run_id, COSTS_DUE)
    return (await tx.execute(query)).mappings().one_or_none()


async def save_costs(tx: AsyncConnection, run_id: UUID, costs: Mapping[Constraint, int]) -> None:
    await tx.execute(update(runs).where(runs.c.id == run_id).values(costs=dict(costs)))


async def refuse_costs(tx: AsyncConnection, run_id: UUID, reason: str) -> None:
    await tx.execute(update(runs).where(runs.c.id == run_id).values(costs_refusal=reason))


async def ask_costs(tx: AsyncConnection, run_id: UUID, now: datetime) -> bool:
    """Keep the wish for figures; False: what they would be computed from is forgotten."""
    asked = update(runs).where(runs.c.id == run_id, runs.c.inputs.is_not(None))
    first = func.coalesce(runs.c.costs_asked_at, now)
    return bool((await tx.execute(asked.values(costs_asked_at=first))).rowcount)


async def begin_anew(tx: AsyncConnection, run_ids: Sequence[UUID]) -> None:
    """Have runs computed from a new picture, and forget what came of the one they had."""
    again = {"state": RunState.ASKED, "begun": 0, "receipt": None, "fairness": None}
    of_them = runs.c.id.in_(run_ids)
    await tx.execute(update(runs).where(of_them).values({**again, "round": runs.c.round + 1}))
    # Who computes a part now holds its row, which has no result yet, and will find it outdated.
    done = run_shards.c.done_at.is_not(None)
    await tx.execute(delete(run_shards).where(run_shards.c.run_id.in_(run_ids), done))
