"""A run leaves a receipt: the same again from the same inputs, and without the erased."""

import json
from datetime import timedelta

from matching.domain.computation import read
from matching.domain.receipts import Receipt, differences
from matching.domain.shards import solve
from matching.provenance import provenance
from matching.store import run_tables
from tests.matching.cast import GUARDIAN, NOW, REFERRAL
from tests.matching.facts import ERASED
from tests.matching.runs import POOL, THIRD, ask, look_at


async def test_a_receipt_is_computed_again_to_the_byte(stage):
    await stage.hear(*POOL)
    first, second = await ask(stage, seed=3), await ask(stage, seed=3)
    await stage.tick()

    receipts = [(await look_at(stage, each))["receipt"] for each in (first, second)]
    [row, _] = await stage.rows(run_tables.runs)

    assert receipts[0] == receipts[1]
    again = solve(read(row["inputs"])).model_dump(mode="json", exclude={"lines"})
    assert {name: receipts[0][name] for name in again} == again


async def test_a_run_forgets_who_was_erased_and_keeps_its_receipt(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    await stage.tick()
    before = await look_at(stage, run_id)

    await stage.hear(ERASED)
    await stage.tick()
    after = await look_at(stage, run_id)
    [row] = await stage.rows(run_tables.runs)

    assert after["receipt"] == before["receipt"]
    assert row["inputs"] is None
    assert str(ERASED.person_id) not in json.dumps(after)
    assert str(REFERRAL) not in json.dumps(after)


async def test_who_stands_beside_a_mentee_is_forgotten_in_what_a_run_was_computed_from(stage):
    await stage.hear(*POOL)
    await ask(stage)
    await stage.tick()
    [before] = await stage.rows(run_tables.runs)

    await stage.hear(ERASED.model_copy(update={"person_id": GUARDIAN}))
    await stage.tick()

    [after] = await stage.rows(run_tables.runs)
    assert str(GUARDIAN) in before["inputs"]
    assert after["inputs"] is None
    assert await stage.rows(run_tables.run_people) == []


async def test_what_an_older_release_computed_from_forgets_the_erased_too(stage):
    await stage.hear(*POOL)
    await ask(stage)
    await stage.tick()
    async with stage.engine.begin() as tx:
        await tx.execute(run_tables.run_people.delete())

    await stage.hear(ERASED)
    await stage.tick()

    [row] = await stage.rows(run_tables.runs)
    assert row["inputs"] is None


async def test_an_erasure_leaves_what_other_runs_were_computed_from(stage):
    await stage.hear(*POOL[:-2])
    without = await ask(stage)
    await stage.tick()
    await stage.hear(THIRD)
    await ask(stage)
    await stage.tick()

    await stage.hear(ERASED.model_copy(update={"person_id": THIRD.mentee_id}))
    await stage.tick()

    [kept] = [row for row in await stage.rows(run_tables.runs) if row["inputs"]]
    noted = {row["run_id"] for row in await stage.rows(run_tables.run_people)}
    assert str(kept["id"]) == without
    assert noted == {kept["id"]}


async def test_what_a_run_was_computed_from_is_kept_for_six_weeks_and_its_receipt_for_good(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    await stage.tick()
    receipt = (await look_at(stage, run_id))["receipt"]

    await stage.tick(NOW + timedelta(weeks=6, days=-1))
    [in_time] = await stage.rows(run_tables.runs)
    await stage.tick(NOW + timedelta(weeks=6, days=1))
    [late] = await stage.rows(run_tables.runs)

    assert (in_time["inputs"] is None, late["inputs"]) == (False, None)
    assert await stage.rows(run_tables.run_people) == []
    assert (await look_at(stage, run_id))["receipt"] == receipt
    costs = await stage.client.post(f"/runs/{run_id}/costs", headers=stage.coordinator())
    assert costs.json()["type"] == "InputsForgotten"


async def test_what_each_criterion_costs_is_computed_for_whoever_asks(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    await stage.tick()
    before = await look_at(stage, run_id)

    path = f"/runs/{run_id}/costs"
    asked = await stage.client.post(path, headers=stage.coordinator())
    await stage.tick()
    view = await look_at(stage, run_id)

    assert asked.status_code == 204
    assert before["costs"] is None
    assert {name: cost for name, cost in view["costs"].items() if cost} == {"capacity": 1}


async def test_a_receipt_is_exported_with_its_inputs_until_somebody_is_erased(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    path = f"/runs/{run_id}/receipt"
    early = await stage.client.get(path, headers=stage.coordinator())
    await stage.tick()
    exported = (await stage.client.get(path, headers=stage.coordinator())).json()

    await stage.hear(ERASED)
    await stage.tick()
    later = (await stage.client.get(path, headers=stage.coordinator())).json()
    costs = await stage.client.post(f"/runs/{run_id}/costs", headers=stage.coordinator())

    assert early.status_code == 409
    receipt = Receipt.model_validate(exported["receipt"])
    assert differences(receipt, exported["inputs"], read(exported["inputs"]), provenance()) == []
    assert "bursary" not in exported["inputs"]
    assert later == exported | {"inputs": None}
    assert costs.status_code == 409
