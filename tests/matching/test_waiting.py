"""Who waits for a mentor, and when it is time to look for one again."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from common.contracts.policy import Proposer
from common.database import transaction
from matching.store import tables
from matching.store.facts import keep_mentor
from matching.store.searches import due_searches
from tests.matching.cast import ASSOCIATION, NOW, OTHER_MENTOR, POOLED, STRANGERS
from tests.matching.facts import (
    ACCEPTED,
    APPROVED,
    PUBLISHED,
    READY,
    REGISTERED,
    accepted,
    approved,
    closed,
    published,
)

POOL = (REGISTERED, PUBLISHED, APPROVED, READY, ACCEPTED)


@pytest.mark.parametrize("before_term", [True, False])
@pytest.mark.parametrize("again", [True, False])
async def test_who_may_have_another_mentor_waits_whenever_their_pair_ended(
    stage, before_term, again
):
    await stage.hear(*POOL, *approved(OTHER_MENTOR))
    pair_id = await stage.proposed()
    await stage.accept(pair_id)

    over = {"before_term": before_term, "rematch_mentee": again}
    await stage.hear(closed(UUID(pair_id), at=NOW + timedelta(days=40), **over))
    page = await stage.suggestions()

    assert page.status_code == (200 if again else 409)


async def test_a_mentor_is_found_although_what_happened_first_is_heard_last(stage):
    approved_at = NOW + timedelta(days=2)
    trained_at = approved_at - timedelta(seconds=1)
    await stage.hear(REGISTERED, published(Proposer.POLICY), ACCEPTED)
    await stage.hear(APPROVED.model_copy(update={"occurred_at": approved_at}))
    await stage.tick(approved_at)
    before = await stage.said()

    await stage.hear(READY.model_copy(update={"occurred_at": trained_at}))
    await stage.tick(approved_at)

    assert before == ["nobody_found"]
    assert await stage.said() == ["nobody_found", "proposal_made"]


async def test_replicas_that_hear_of_two_pools_in_turn_never_wait_for_each_other(stage):
    homes = (ASSOCIATION, POOLED)
    mentors = [APPROVED.model_copy(update={"mentor_id": UUID(int=600 + at)}) for at in range(4)]
    each_heard_one = asyncio.Barrier(2)

    async def hear_in_turn(heard, homes):
        async with transaction(stage.engine) as tx:
            for mentor, home in zip(heard, homes, strict=True):
                await keep_mentor(tx, mentor.model_copy(update={"association_id": home}))
                await each_heard_one.wait()

    await asyncio.gather(
        hear_in_turn(mentors[:2], homes), hear_in_turn(mentors[2:], reversed(homes))
    )

    counted = {each["association_id"]: each["changes"] for each in await stage.rows(tables.pools)}
    assert counted == dict.fromkeys(homes, 2)


@pytest.mark.parametrize("ends", ["proposal", "pair"])
async def test_a_place_that_becomes_free_is_told_to_all_whose_pool_the_mentor_is_in(stage, ends):
    pooling = REGISTERED.model_copy(update={"pooled_with": (POOLED,)})
    third = pooling.model_copy(update={"association_id": STRANGERS})
    at_home, far_away = (
        accepted(number).model_copy(update={"association_id": association_id})
        for number, association_id in enumerate((POOLED, STRANGERS))
    )
    mentor = [each.model_copy(update={"association_id": POOLED}) for each in (APPROVED, READY)]
    await stage.hear(pooling, third, PUBLISHED, *mentor, ACCEPTED)
    proposal_id = await stage.proposed()
    await stage.hear(at_home, far_away)
    await stage.tick()

    if ends == "proposal":
        await stage.decline(proposal_id)
    else:
        await stage.accept(proposal_id)
        await stage.hear(closed(UUID(proposal_id), rematch_mentee=False))
    async with transaction(stage.engine) as tx:
        due = await due_searches(tx, NOW, 10)

    assert {each.referral_id for each in due} == {at_home.referral_id, far_away.referral_id}


async def test_whoever_waits_is_looked_for_anew_when_the_rules_of_their_programme_change(stage):
    await stage.hear(REGISTERED, published(Proposer.COORDINATOR), APPROVED, READY, ACCEPTED)
    await stage.tick()
    before = await stage.said()

    await stage.hear(published(Proposer.POLICY).model_copy(update={"version": 2}))
    await stage.tick()

    assert before == []
    assert await stage.said() == ["proposal_made"]
