"""What a criterion costs is computed for whoever asks, or it is said why it cannot be."""

import json

import pytest
from sqlalchemy import update

from common import database
from matching.domain.assignment import TooLarge
from matching.domain.computation import Inputs, canonical, read
from matching.domain.costs import MOST_COUPLES, costs_of
from matching.handlers.solving import MOST_BEGUN
from matching.store import run_tables
from matching.store import shards as shard_store
from tests.matching.cast import A_MENTEE, A_MENTOR, NOW, TERMS
from tests.matching.runs import POOL, ask, look_at

MENTORS = 5_000
COUPLE = Inputs(at=NOW, seed=0, mentees=(A_MENTEE,), mentors=(A_MENTOR,), terms=(TERMS,))


def crowd():
    """Write the inputs of a run over too many, who are all alike."""
    written = json.loads(canonical(COUPLE))
    written["mentees"] *= MOST_COUPLES // MENTORS + 1
    written["mentors"] *= MENTORS
    return json.dumps(written)


async def asked(stage, number=1):
    """Have some runs computed, and ask of each what each criterion costs."""
    await stage.hear(*POOL)
    run_ids = [await ask(stage) for _ in range(number)]
    await stage.tick()
    for run_id in run_ids:
        path = f"/runs/{run_id}/costs"
        assert (await stage.client.post(path, headers=stage.coordinator())).status_code == 204
    return run_ids


async def change(stage, run_id, **values):
    async with stage.engine.begin() as tx:
        of_it = run_tables.runs.c.id == run_id
        await tx.execute(update(run_tables.runs).where(of_it).values(values))


def test_a_pool_that_would_not_fit_into_memory_has_no_price():
    with pytest.raises(TooLarge):
        costs_of(read(crowd()))


async def test_whoever_asks_about_too_large_a_pool_is_told_so(stage):
    [run_id] = await asked(stage)
    await change(stage, run_id, inputs=crowd())

    await stage.compute()

    view = await look_at(stage, run_id)
    assert (view["state"], view["costs"], view["costs_refusal"]) == ("ready", None, "too_large")


async def test_a_price_at_which_every_process_dies_is_refused_and_keeps_nobody_waiting(stage):
    deadly, other = await asked(stage, 2)
    await change(stage, deadly, begun=MOST_BEGUN)

    await stage.compute()

    refused, computed = [await look_at(stage, each) for each in (deadly, other)]
    assert (refused["costs"], refused["costs_refusal"]) == (None, "failed")
    assert (computed["costs"]["capacity"], computed["costs_refusal"]) == (1, None)


async def test_who_prices_a_run_keeps_no_other_run_waiting(stage):
    first, second = await asked(stage, 2)

    async with database.transaction(stage.engine) as tx:
        held = await shard_store.begin_pricing(tx)
        await stage.compute()

    views = [await look_at(stage, each) for each in (first, second)]
    assert str(held) == first
    assert [bool(each["costs"]) for each in views] == [False, True]


async def test_what_was_forgotten_meanwhile_is_not_priced(stage):
    [run_id] = await asked(stage)
    await change(stage, run_id, inputs=None)

    pieces = await stage.compute()
    again = await stage.client.post(f"/runs/{run_id}/costs", headers=stage.coordinator())

    assert (pieces, again.status_code) == (0, 409)
