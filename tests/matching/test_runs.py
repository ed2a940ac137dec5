"""Whole-pool runs: dry until applied, the same again from the same inputs, honest when stale."""

import asyncio
import json
from uuid import UUID

import pytest

from matching.domain.computation import read
from matching.domain.shards import solve
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
    assert applied.json() == {"proposed": 2, "stale": 0}
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

    assert applied.json() == {"proposed": 1, "stale": 1}
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

    assert some.json() == {"proposed": 1, "stale": 0}
    assert rest.json() == {"proposed": 1, "stale": 0}
    assert none.json() == {"proposed": 0, "stale": 0}
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


async def test_an_association_without_anybody_gets_an_empty_run(stage):
    await stage.hear(REGISTERED, PUBLISHED)
    run_id = await ask(stage)

    await stage.tick()

    view = await look_at(stage, run_id)
    assert (view["state"], view["lines"]) == ("ready", [])
    assert (await apply(stage, run_id)).json() == {"proposed": 0, "stale": 0}


async def test_a_run_without_pooling_leaves_other_associations_mentors_out(stage):
    pooling = REGISTERED.model_copy(update={"pooled_with": (cast.POOLED,)})
    theirs = APPROVED.model_copy(update={"association_id": cast.POOLED})
    await stage.hear(pooling, PUBLISHED, theirs, READY, ACCEPTED)
    alone, together = await ask(stage, pooled=False), await ask(stage, pooled=True)

    await stage.tick()

    mentors = [(await look_at(stage, each))["receipt"]["mentors"] for each in (alone, together)]
    assert mentors == [0, 1]


async def test_a_planned_pair_that_a_rule_forbids_by_now_is_stale(stage):
    await stage.hear(REGISTERED, PUBLISHED, APPROVED, READY, ACCEPTED)
    run_id = await ask(stage)
    await stage.tick()

    english = APPROVED.facets.model_copy(update={"languages": ("en",)})
    await stage.hear(APPROVED.model_copy(update={"version": 8, "facets": english}))

    assert (await apply(stage, run_id)).json() == {"proposed": 0, "stale": 1}
