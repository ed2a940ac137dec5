"""A run is computed in parts, whatever happens between two of them."""

import pytest

from common import database
from common.contracts.vocabulary import Gender
from matching.handlers.solving import MOST_BEGUN, compute_held, next_piece
from matching.store import run_tables
from matching.store import shards as shard_store
from matching.store.shards import ASKED, DONE
from tests.matching.cast import (
    NOW,
    REFERRAL,
)
from tests.matching.facts import (
    ERASED,
    accepted,
)
from tests.matching.runs import POOL, ask, look_at, take_leave


async def test_whoever_is_erased_while_a_run_is_computed_is_not_in_it(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    # The picture is taken, and its part is computed, but not put together.
    assert [await next_piece(stage.engine, NOW, "one") for _ in range(2)] == [True, True]

    await stage.hear(ERASED)
    await take_leave(stage)
    forgotten = await stage.rows(run_tables.runs), await stage.rows(run_tables.run_shards)
    await stage.compute()
    view = await look_at(stage, run_id)

    assert str(ERASED.person_id) not in str(forgotten)
    assert str(REFERRAL) not in str(forgotten)
    assert (view["state"], len(view["lines"])) == ("ready", 2)
    [row] = await stage.rows(run_tables.runs)
    assert str(ERASED.person_id) not in row["inputs"]


async def test_a_part_whose_picture_was_forgotten_meanwhile_is_thrown_away(stage):
    await stage.hear(*POOL)
    await ask(stage)
    await next_piece(stage.engine, NOW, "one")
    async with database.transaction(stage.engine) as held:
        key = await shard_store.begin_shard(held)
    assert key
    async with database.transaction(stage.engine) as held:
        await shard_store.lock_shard(held, key)
        await stage.hear(ERASED)
        await take_leave(stage)
        await compute_held(held, key, "slow", NOW)

    await stage.compute()

    [shard] = await stage.rows(run_tables.run_shards)
    assert (shard["round"], shard["done_by"]) == (3, "stage")


async def test_a_part_at_which_every_process_dies_is_refused_in_the_end(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    await next_piece(stage.engine, NOW, "one")
    for _ in range(MOST_BEGUN):
        async with database.transaction(stage.engine) as tx:
            assert await shard_store.begin_shard(tx)

    await stage.compute()

    view = await look_at(stage, run_id)
    assert (view["state"], view["refusal"]) == ("refused", "failed")


@pytest.mark.parametrize(("computed", "due"), [(0, ASKED), (2, DONE)])
async def test_a_run_that_no_process_opens_or_puts_together_is_refused_in_the_end(
    stage, computed, due
):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    for _ in range(computed):
        await next_piece(stage.engine, NOW, "one")
    for _ in range(MOST_BEGUN):
        async with database.transaction(stage.engine) as tx:
            assert await shard_store.begin_run(tx, due)

    await stage.compute()

    view = await look_at(stage, run_id)
    assert (view["state"], view["refusal"]) == ("refused", "failed")


async def test_a_run_tells_whom_it_serves_and_its_progress(stage):
    many = [accepted(number, gender=Gender.FEMALE) for number in range(3, 9)]
    await stage.hear(*POOL, *many)
    run_id = await ask(stage)

    await next_piece(stage.engine, NOW, "one")
    begun = await look_at(stage, run_id)
    await stage.tick()
    view = await look_at(stage, run_id)

    assert (begun["state"], begun["progress"]) == ("computing", {"parts": 1, "done": 0})
    assert view["progress"] == {"parts": 1, "done": 1}
    [paris] = view["fairness"]["department"]
    assert (paris["group"], paris["waiting"], paris["served"]) == ("75", 9, 2)
    # Three of another gender are too few, and would be what is left of nine.
    assert [each["waiting"] for each in view["fairness"]["gender"]] == [None, None]
