"""Whole-pool runs: dry until applied, honest when stale."""

from uuid import UUID

import pytest

from matching.store import tables
from tests.matching import cast
from tests.matching.cast import (
    ASSOCIATION,
    COORDINATOR,
    MENTOR,
    OTHER_MENTOR,
    PROGRAMME,
    REFERRAL,
)
from tests.matching.facts import (
    ACCEPTED,
    APPROVED,
    LEFT,
    PUBLISHED,
    READY,
    REGISTERED,
)
from tests.matching.runs import POOL, apply, ask, counts, look_at


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


async def test_a_planned_mentor_who_is_not_shared_any_more_is_refused_by_that_rule(stage):
    pooling = REGISTERED.model_copy(update={"pooled_with": (cast.POOLED,)})
    theirs = APPROVED.model_copy(update={"association_id": cast.POOLED})
    await stage.hear(pooling, PUBLISHED, theirs, READY, ACCEPTED)
    run_id = await ask(stage)
    await stage.tick()

    await stage.hear(REGISTERED.model_copy(update={"version": 2}))
    applied = await apply(stage, run_id)

    stale = {"referral_id": str(REFERRAL), "because": ["association"]}
    assert applied.json()["not_proposed"] == [stale]


async def test_a_run_is_applied_without_reading_who_is_not_planned(stage):
    await stage.hear(*POOL)
    run_id = await ask(stage)
    await stage.tick()
    [left_out] = [
        line["referral_id"]
        for line in (await look_at(stage, run_id))["lines"]
        if not line["mentor_id"]
    ]
    async with stage.engine.begin() as tx:
        unreadable = tables.referrals.c.referral_id == UUID(left_out)
        await tx.execute(tables.referrals.update().where(unreadable).values(facets={}))

    assert counts(await apply(stage, run_id)) == (2, 0)


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
