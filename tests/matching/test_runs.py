"""Whole-pool runs: dry until applied, the same again from the same inputs, honest when stale."""

import json
from uuid import UUID

import pytest

from common import database
from common.contracts.vocabulary import Gender
from matching.domain.computation import read
from matching.domain.receipts import Receipt, differences
from matching.domain.shards import solve
from matching.handlers import erasure
from matching.handlers.solving import MOST_BEGUN, compute_held, next_piece
from matching.provenance import provenance
from matching.store import shards as shard_store
from matching.store import tables
from tests.matching import cast
from tests.matching.cast import (
    ASSOCIATION,
    COORDINATOR,
    MENTOR,
    NOW,
    OTHER_MENTOR,
    PROGRAMME,
    REFERRAL,
)
from tests.matching.facts import (
    ACCEPTED,
    APPROVED,
    ERASED,
    LEFT,
    PUBLISHED,
    READY,
    REGISTERED,
    accepted,
    approved,
)

OTHER = accepted(1)
THIRD = accepted(2)
POOL = (REGISTERED, PUBLISHED, APPROVED, READY, *approved(OTHER_MENTOR), ACCEPTED, OTHER, THIRD)


async def ask(stage, **more):
    answer = await stage.client.post(
        "/runs", json={"association_id": str(ASSOCIATION), **more}, headers=stage.coordinator()
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def look_at(stage, run_id):
    return (await stage.client.get(f"/runs/{run_id}", headers=stage.coordinator())).json()


async def apply(stage, run_id, **chosen):
    path = f"/runs/{run_id}/application"
    return await stage.client.post(path, json=chosen, headers=stage.coordinator())


def counts(answer):
    applied = answer.json()
    assert len(applied["not_proposed"]) == applied["stale"]
    return applied["proposed"], applied["stale"]


async def test_a_run_is_dry_until_it_is_applied(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage, seed=3)
    asked = await look_at(stage, run_id)

    await stage.tick()
    ready = await look_at(stage, run_id)
    dry = await stage.proposals()
    applied = await apply(stage, run_id)

    assert (asked["state"], asked["receipt"]) == ("asked", None)
    assert ready["state"] == "ready"
    assert ready["receipt"]["reached"]["served"] == 2
    assert ready["receipt"]["policy_versions"] == {str(PROGRAMME): 1}
    assert sorted(line["state"] for line in ready["lines"]) == ["planned", "planned", "unmatched"]
    assert dry == []
    assert counts(applied) == (2, 0)
    assert {row["proposed_by"] for row in await stage.proposals()} == {"run"}
    assert {row["proposer_id"] for row in await stage.proposals()} == {COORDINATOR}
    assert (await stage.said())[-3:] == ["proposal_made", "proposal_made", "run_applied"]


async def test_a_receipt_is_computed_again_to_the_byte(stage):
    await stage.hear(*POOL)
    first, second = await ask(stage, seed=3), await ask(stage, seed=3)
    await stage.tick()

    receipts = [(await look_at(stage, each))["receipt"] for each in (first, second)]
    [row, _] = await stage.rows(tables.runs)

    assert receipts[0] == receipts[1]
    again = solve(read(row["inputs"])).model_dump(mode="json", exclude={"lines"})
    assert {name: receipts[0][name] for name in again} == again


async def test_applying_a_stale_run_touches_what_still_holds_and_reports_the_rest(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    await stage.tick()

    await stage.hear(LEFT)
    applied = await apply(stage, run_id)
    lines = (await look_at(stage, run_id))["lines"]

    assert counts(applied) == (1, 1)
    states = {line["mentor_id"]: line["state"] for line in lines}
    assert states[str(MENTOR)] == "stale"
    assert states[str(OTHER_MENTOR)] == "proposed"


async def test_a_part_of_a_run_may_be_applied_and_the_rest_later(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    await stage.tick()
    lines = (await look_at(stage, run_id))["lines"]
    chosen = next(line["referral_id"] for line in lines if line["mentor_id"])

    some = await apply(stage, run_id, referral_ids=[chosen])
    rest = await apply(stage, run_id)
    none = await apply(stage, run_id)

    assert counts(some) == (1, 0)
    assert counts(rest) == (1, 0)
    assert counts(none) == (0, 0)
    assert (await stage.said()).count("run_applied") == 3


async def test_a_mentee_who_has_an_open_proposal_is_not_in_a_run(stage):
    await stage.hear(*POOL)
    await stage.proposed()
    run_id = await ask(stage)

    await stage.tick()

    lines = (await look_at(stage, run_id))["lines"]
    assert str(REFERRAL) not in {line["referral_id"] for line in lines}
    assert sum(line["mentor_id"] is not None for line in lines) == 1


async def test_a_run_that_is_not_computed_yet_cannot_be_applied(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)

    assert (await apply(stage, run_id)).status_code == 409


async def test_a_run_for_a_programme_that_nobody_knows_is_refused(stage):
    await stage.hear(*POOL)

    answer = await stage.client.post(
        "/runs",
        json={"association_id": str(ASSOCIATION), "programme_id": str(UUID(int=77))},
        headers=stage.coordinator(),
    )

    assert answer.status_code == 409


async def test_a_run_forgets_who_was_erased_and_keeps_its_receipt(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    await stage.tick()
    before = await look_at(stage, run_id)

    await stage.hear(ERASED)
    await stage.tick()
    after = await look_at(stage, run_id)
    [row] = await stage.rows(tables.runs)

    assert after["receipt"] == before["receipt"]
    assert row["inputs"] is None
    assert str(ERASED.person_id) not in json.dumps(after)
    assert str(REFERRAL) not in json.dumps(after)


@pytest.mark.parametrize("seed", [0, 1, 2])
async def test_a_seed_decides_among_equals_alone(stage, seed):
    await stage.hear(*POOL)
    run_id = await ask(stage, seed=seed)

    await stage.tick()

    reached = (await look_at(stage, run_id))["receipt"]["reached"]
    assert (reached["served"], reached["points"] > 0) == (2, True)


async def test_a_run_over_nobody_is_refused_with_its_reason(stage):
    await stage.hear(REGISTERED, PUBLISHED)
    run_id = await ask(stage)

    await stage.tick()

    view = await look_at(stage, run_id)
    assert (view["state"], view["refusal"], view["lines"]) == ("refused", "nobody_waits", [])
    assert (await apply(stage, run_id)).status_code == 409


async def test_a_run_without_pooling_leaves_other_associations_mentors_out(stage):
    pooling = REGISTERED.model_copy(update={"pooled_with": (cast.POOLED,)})
    theirs = APPROVED.model_copy(update={"association_id": cast.POOLED})
    await stage.hear(pooling, PUBLISHED, theirs, READY, ACCEPTED)
    alone, together = await ask(stage, pooled=False), await ask(stage, pooled=True)

    await stage.tick()

    assert (await look_at(stage, alone))["refusal"] == "no_mentor"
    assert (await look_at(stage, together))["receipt"]["mentors"] == 1


async def test_a_planned_pair_that_a_rule_forbids_by_now_is_stale(stage):
    await stage.hear(REGISTERED, PUBLISHED, APPROVED, READY, ACCEPTED)
    run_id = await ask(stage)
    await stage.tick()

    english = APPROVED.facets.model_copy(update={"languages": ("en",)})
    await stage.hear(APPROVED.model_copy(update={"version": 8, "facets": english}))

    applied = await apply(stage, run_id)
    [line] = (await look_at(stage, run_id))["lines"]

    stale = {"referral_id": str(REFERRAL), "because": ["language"]}
    assert applied.json() == {"proposed": 0, "stale": 1, "not_proposed": [stale]}
    assert (line["state"], line["stale_because"]) == ("stale", ["language"])


async def test_each_pair_that_no_longer_holds_says_which_side_is_missing(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    await stage.tick()
    lines = (await look_at(stage, run_id))["lines"]
    left = next(each["referral_id"] for each in lines if each["mentor_id"] == str(MENTOR))
    other = next(each for each in lines if each["mentor_id"] == str(OTHER_MENTOR))

    elsewhere = [
        await stage.propose(UUID(other["mentor_id"]), UUID(other["referral_id"])),
        await stage.hear(LEFT),
    ]
    applied = (await apply(stage, run_id)).json()

    assert elsewhere[0].status_code == 201
    why = {each["referral_id"]: each["because"] for each in applied["not_proposed"]}
    assert why[other["referral_id"]] == ["mentee_not_waiting"]
    assert why[left] == ["readiness"]


async def test_whoever_is_erased_while_a_run_is_computed_is_not_in_it(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    # The picture is taken, and its part is computed, but not put together.
    assert [await next_piece(stage.engine, NOW, "one") for _ in range(2)] == [True, True]

    await stage.hear(ERASED)
    await take_leave(stage)
    forgotten = await stage.rows(tables.runs), await stage.rows(tables.run_shards)
    await stage.compute()
    view = await look_at(stage, run_id)

    assert str(ERASED.person_id) not in str(forgotten)
    assert str(REFERRAL) not in str(forgotten)
    assert (view["state"], len(view["lines"])) == ("ready", 2)
    [row] = await stage.rows(tables.runs)
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

    [shard] = await stage.rows(tables.run_shards)
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


async def take_leave(stage):
    async with database.transaction(stage.engine) as tx:
        assert await erasure.take_leave(tx, NOW, 10) == 1
