"""What is due of runs, piece by piece: each is taken by one replica, and free if that one dies.

A run is opened (its picture is taken, and cut into parts), its parts are computed, and it is put
together. No piece knows who did the others.
"""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

import structlog
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.calendar import day_of
from common.database import transaction
from matching.domain.assignment import TooLarge
from matching.domain.bounds import Refusal, refusal_of
from matching.domain.computation import Inputs, Result, canonical, compute, read
from matching.domain.costs import costs_of
from matching.domain.fairness import fairness_of
from matching.domain.receipts import receipt_of
from matching.domain.runs import Run
from matching.domain.shards import assembled, shards_of
from matching.handlers.picture import inputs_of, people_in
from matching.provenance import provenance
from matching.store import erasure
from matching.store import proposals as proposal_store
from matching.store import runs as store
from matching.store import shards as shard_store
from matching.store.inputs import keep_people
from matching.store.mentors import forget_facets

log = structlog.get_logger()

# A piece at which so many processes died is not what replicas that come and go would explain.
MOST_BEGUN = 5

Key: TypeAlias = tuple[UUID, int, int]


class Picture(NamedTuple):
    """What a run is computed from, as a whole and in its parts."""

    inputs: Inputs
    shards: list[Inputs]


# The one that was last computed from, by its run and its round.
_pictures: dict[tuple[UUID, int], Picture] = {}


async def next_piece(engine: AsyncEngine, now: datetime, by: str) -> bool:
    """Do one piece of what is due, the nearest to an end first; False: nothing was free."""
    found = (
        await finish_run(engine, now)
        or await compute_shard(engine, by, now)
        or await open_runs(engine, now)
        or await price_run(engine)
    )
    if not found:
        # Somebody in them may be erased while nothing is asked of us.
        _pictures.clear()
        forget_facets()
    return found


# A piece is begun in a transaction of its own, so that it counts although whoever does it may die.


async def open_runs(engine: AsyncEngine, now: datetime) -> bool:
    """Take the picture of the next run, or of the two that are compared, and cut it up."""
    async with transaction(engine) as tx:
        run_id = await shard_store.begin_run(tx, shard_store.ASKED & shard_store.leads())
    if run_id is None:
        return False
    async with transaction(engine) as tx:
        rows = await shard_store.lock_asked_runs(tx, run_id)
        runs = [store.as_run(each) for each in rows]
        if any(each["begun"] > MOST_BEGUN for each in rows):
            for run in runs:
                await refuse(tx, run, Refusal.FAILED, now)
        elif runs:
            await open_together(engine, tx, runs, now)
        return True


async def open_together(
    engine: AsyncEngine, tx: AsyncConnection, runs: list[Run], now: datetime
) -> None:
    pictures = await pictures_of(engine, runs, now)
    # Whoever takes leave of a person holds this lock: they come before this check, or after.
    await proposal_store.lock_proposals(tx)
    if await erasure.erased_among(tx, set().union(*map(people_in, pictures))):
        return
    for run, inputs in zip(runs, pictures, strict=True):
        await open_run(tx, run, inputs, now)


async def pictures_of(engine: AsyncEngine, runs: list[Run], now: datetime) -> list[Inputs]:
    """Read the pool once, as it is at one moment; runs that are compared see the same."""
    async with transaction(engine, isolation="repeatable_read", readonly=True) as still:
        first = await inputs_of(still, runs[0], now)
        others = [await terms_as(still, each, first) for each in runs[1:]]
    return [first, *others]


async def terms_as(tx: AsyncConnection, run: Run, seen: Inputs) -> Inputs:
    """Take the same people, and the rules of another variant."""
    terms = await store.terms_of_run(tx, run, day_of(seen.at))
    return replace(seen, seed=run.seed, terms=tuple(terms))


async def open_run(tx: AsyncConnection, run: Run, inputs: Inputs, now: datetime) -> None:
    refused = refusal_of(inputs)
    if refused:
        await refuse(tx, run, refused, now)
    else:
        await keep_people(tx, run.id, people_in(inputs))
        await shard_store.open_run(tx, run, canonical(inputs), shards_of(inputs))


async def refuse(tx: AsyncConnection, run: Run, reason: Refusal, now: datetime) -> None:
    log.warning("run_refused", run_id=str(run.id), reason=reason)
    await store.refuse_run(tx, run, reason, now)


async def compute_shard(engine: AsyncEngine, by: str, now: datetime) -> bool:
    """Compute a part of a run, and hold it meanwhile."""
    async with transaction(engine) as tx:
        key = await shard_store.begin_shard(tx)
    if key is None:
        return False
    async with transaction(engine) as tx:
        shard = await shard_store.lock_shard(tx, key)
        if shard is None:
            return True
        if shard["begun"] > MOST_BEGUN:
            await refuse(tx, await store.lock_run(tx, shard["run_id"]), Refusal.FAILED, now)
            return True
        await compute_held(tx, key, by, now)
        return True


async def compute_held(tx: AsyncConnection, key: Key, by: str, now: datetime) -> None:
    run_id, number, place = key
    picture = await picture_of(tx, run_id, number)
    try:
        # Nobody is in a picture that was forgotten: what is saved then is thrown away.
        result = compute(picture.shards[place]).model_dump_json() if picture else ""
    except TooLarge:
        await refuse(tx, await store.lock_run(tx, run_id), Refusal.TOO_LARGE, now)
    else:
        await shard_store.save_shard(tx, key, result, by)


async def picture_of(tx: AsyncConnection, run_id: UUID, number: int) -> Picture | None:
    """Read a picture and cut it up once, however many of its parts are computed here."""
    if not await shard_store.is_current(tx, run_id, number):
        return None
    if (run_id, number) not in _pictures:
        text = await shard_store.inputs_of_round(tx, run_id, number)
        if text is None:
            return None
        _pictures.clear()
        _pictures[run_id, number] = cut(text)
    return _pictures[run_id, number]


def cut(text: str) -> Picture:
    inputs = read(text)
    return Picture(inputs, shards_of(inputs))


async def finish_run(engine: AsyncEngine, now: datetime) -> bool:
    """Put a run together whose parts are all there."""
    async with transaction(engine) as tx:
        run_id = await shard_store.begin_run(tx, shard_store.DONE)
    if run_id is None:
        return False
    async with transaction(engine) as tx:
        row = await shard_store.lock_done_run(tx, run_id)
        if row is not None and row["begun"] > MOST_BEGUN:
            await refuse(tx, store.as_run(row), Refusal.FAILED, now)
        elif row is not None:
            await put_together(tx, row, now)
        return True


async def put_together(tx: AsyncConnection, row: RowMapping, now: datetime) -> None:
    inputs, shards = _pictures.get((row["id"], row["round"])) or cut(row["inputs"])
    texts = await shard_store.results_of(tx, row["id"], row["round"])
    result = assembled(inputs, shards, [Result.model_validate_json(each) for each in texts])
    await save_result(tx, row, inputs, result, now)


async def save_result(
    tx: AsyncConnection, row: RowMapping, inputs: Inputs, result: Result, now: datetime
) -> None:
    run = store.as_run(row)
    receipt = receipt_of(inputs, row["inputs"], result, provenance(), row["variant"])
    await store.save_receipt(tx, run, receipt, fairness_of(inputs, result.lines), now)
    mentees = {each.referral_id: each.mentee_id for each in inputs.mentees}
    await store.save_pairs(tx, run, result.lines, mentees)


async def price_run(engine: AsyncEngine) -> bool:
    """Compute what each hard criterion of a run costs, for whoever asked."""
    async with transaction(engine) as tx:
        run_id = await shard_store.begin_pricing(tx)
    if run_id is None:
        return False
    async with transaction(engine) as tx:
        row = await shard_store.hold_run_to_price(tx, run_id)
        if row is not None:
            await price_held(tx, row)
        return True


async def price_held(tx: AsyncConnection, row: RowMapping) -> None:
    if row["begun"] > MOST_BEGUN:
        await shard_store.refuse_costs(tx, row["id"], Refusal.FAILED)
        return
    try:
        costs = costs_of(read(row["inputs"]))
    except TooLarge:
        await shard_store.refuse_costs(tx, row["id"], Refusal.TOO_LARGE)
    else:
        await shard_store.save_costs(tx, row["id"], costs)
