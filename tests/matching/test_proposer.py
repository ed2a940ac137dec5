"""Who proposed a pair is told with it, so that somebody else reads what is reported about it."""

from common.contracts.policy import Proposer
from matching.store import run_tables
from tests.matching.cast import ASSOCIATION, COORDINATOR
from tests.matching.facts import (
    ACCEPTED,
    APPROVED,
    ERASED,
    PUBLISHED,
    READY,
    REGISTERED,
    accepted,
    published,
)

POOL = (REGISTERED, PUBLISHED, APPROVED, READY, ACCEPTED)


async def test_who_proposed_is_told_with_the_pair_for_the_second_pair_of_eyes(stage, announced):
    await stage.hear(*POOL)

    await stage.accept(await stage.proposed())

    assert (await announced())[-1].proposed_by == COORDINATOR


async def test_a_pair_that_the_policy_proposed_is_nobodys_making(stage, announced):
    await stage.hear(REGISTERED, published(Proposer.POLICY), *POOL[2:])
    await stage.tick(stage.app.state.clock.now())
    [proposal] = await stage.proposals()

    await stage.accept(str(proposal["id"]))

    assert (await announced())[-1].proposed_by is None


async def test_a_coordinator_who_is_erased_is_forgotten_as_the_one_who_proposed(stage):
    await stage.hear(*POOL, accepted(1))
    run = {"association_id": str(ASSOCIATION)}
    await stage.client.post("/runs", json=run, headers=stage.coordinator())
    await stage.proposed()

    await stage.hear(ERASED.model_copy(update={"person_id": COORDINATOR}))
    await stage.tick()

    [proposal] = await stage.proposals()
    [run] = await stage.rows(run_tables.runs)
    assert (proposal["proposer_id"], proposal["proposed_by"]) == (None, "coordinator")
    assert (proposal["status"], run["asked_by"]) == ("open", None)
