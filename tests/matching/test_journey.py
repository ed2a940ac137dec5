"""The whole way through matching's real doors: events in, clock, HTTP, events out."""

from datetime import timedelta
from uuid import UUID

import pytest

from common.contracts.policy import Proposer
from common.database import transaction
from matching.store import tables
from matching.store.searches import due_searches
from tests.matching.cast import MENTEE, MENTOR, NOW, OTHER_MENTOR, POOLED, STRANGERS
from tests.matching.facts import (
    ACCEPTED,
    APPROVED,
    ENDED,
    ERASED,
    LEFT,
    PAUSED,
    PUBLISHED,
    READY,
    REGISTERED,
    RESUMED,
    accepted,
    approved,
    closed,
    published,
    reopened,
)

POOL = (REGISTERED, PUBLISHED, APPROVED, READY, ACCEPTED)


async def test_a_referral_becomes_a_pair(stage):
    await stage.hear(*POOL)

    page = (await stage.suggestions()).json()
    proposal_id = await stage.proposed()
    answer = await stage.accept(proposal_id)

    assert [each["mentor_id"] for each in page["suggestions"]] == [str(MENTOR)]
    assert answer.status_code == 204
    assert await stage.said() == ["proposal_made", "proposal_accepted", "pair_formed"]


async def test_who_is_in_a_pair_waits_no_more_until_it_breaks(stage):
    await stage.hear(*POOL, *approved(OTHER_MENTOR))
    pair_id = await stage.proposed()
    await stage.accept(pair_id)
    in_pair = await stage.suggestions()

    await stage.hear(closed(UUID(pair_id), at=NOW + timedelta(days=40)))
    page = (await stage.suggestions()).json()
    pool = (await stage.client.get("/pool", headers=stage.coordinator())).json()
    await stage.hear(reopened(UUID(pair_id), version=11))
    again = await stage.suggestions()

    assert in_pair.status_code == again.status_code == 409
    assert [each["mentor_id"] for each in page["suggestions"]] == [str(OTHER_MENTOR)]
    assert page["blocked"] == {"excluded": 1}
    assert pool["referrals"][0]["broken_pairs"] == 1
    assert pool["referrals"][0]["waiting_since"].startswith("2026-10-24")


async def test_a_closed_pair_gives_the_mentor_their_place_back(stage):
    other = accepted(1)
    await stage.hear(*POOL, other)
    pair_id = await stage.proposed()
    await stage.accept(pair_id)
    full = (await stage.suggestions(other.referral_id)).json()

    await stage.hear(closed(UUID(pair_id), before_term=False, rematch_mentee=False))
    free = (await stage.suggestions(other.referral_id)).json()
    over = await stage.suggestions()

    assert full["blocked"] == {"capacity": 1}
    assert [each["mentor_id"] for each in free["suggestions"]] == [str(MENTOR)]
    assert over.status_code == 409


async def test_a_mentor_who_may_not_be_matched_again_is_not_until_they_resume(stage):
    other = accepted(1)
    await stage.hear(*POOL, other)
    pair_id = await stage.proposed()
    await stage.accept(pair_id)

    later = NOW + timedelta(days=1)
    await stage.hear(closed(UUID(pair_id), at=later, rematch_mentor=False))
    barred = (await stage.suggestions(other.referral_id)).json()
    await stage.hear(RESUMED.model_copy(update={"occurred_at": later + timedelta(days=1)}))
    resumed = (await stage.suggestions(other.referral_id)).json()

    assert barred["blocked"] == {"readiness": 1}
    assert resumed["suitable"] == 1


async def test_the_policy_may_invite_by_itself(stage):
    await stage.hear(REGISTERED, published(Proposer.POLICY), ACCEPTED, APPROVED, READY)

    await stage.tick()
    await stage.tick()

    assert await stage.said() == ["proposal_made"]
    [proposal] = await stage.proposals()
    assert (proposal["mentor_id"], proposal["proposed_by"]) == (MENTOR, "policy")


async def test_an_unanswered_proposal_is_reminded_then_expires_and_the_next_best_is_asked(stage):
    await stage.hear(
        REGISTERED,
        published(Proposer.POLICY),
        APPROVED,
        READY,
        *approved(OTHER_MENTOR, hobbies=()),
        ACCEPTED,
    )
    await stage.tick()

    await stage.tick(NOW + timedelta(days=3))
    await stage.tick(NOW + timedelta(days=4))
    await stage.tick(NOW + timedelta(days=7))
    await stage.tick(NOW + timedelta(days=14))

    first, second = await stage.proposals()
    assert (first["mentor_id"], first["status"]) == (MENTOR, "expired")
    assert (second["mentor_id"], second["status"]) == (OTHER_MENTOR, "expired")
    assert await stage.said() == [
        "proposal_made",
        "proposal_reminded",
        "proposal_expired",
        "proposal_made",
        "proposal_expired",
        "nobody_found",
    ]


@pytest.mark.parametrize(
    ("proposer", "invited"),
    [(Proposer.COORDINATOR, 1), (Proposer.POLICY_AFTER_NO, 2), (Proposer.POLICY, 2)],
)
async def test_after_a_no_the_policy_says_who_invites_next(stage, proposer, invited):
    await stage.hear(
        REGISTERED, published(proposer), APPROVED, READY, *approved(OTHER_MENTOR, hobbies=())
    )
    await stage.hear(ACCEPTED)
    proposal_id = await stage.proposed()

    answer = await stage.decline(proposal_id, "too_far")

    assert answer.status_code == 204
    made = await stage.proposals()
    assert [each["status"] for each in made] == ["declined", "open"][:invited]
    assert made[0]["reason"] == "too_far"


async def test_whoever_declined_is_excluded_and_the_mentee_waits_again_at_once(stage):
    await stage.hear(*POOL)
    proposal_id = await stage.proposed()
    await stage.decline(proposal_id)

    page = (await stage.suggestions()).json()

    assert page["suggestions"] == []
    assert page["blocked"] == {"excluded": 1}


@pytest.mark.parametrize("gone", [PAUSED, LEFT])
async def test_a_mentor_who_goes_takes_their_open_proposals_along(stage, gone):
    await stage.hear(*POOL)
    proposal_id = await stage.proposed()

    await stage.hear(gone)
    late = await stage.accept(proposal_id)
    await stage.tick()

    assert late.status_code == 409
    [proposal] = await stage.proposals()
    assert (proposal["status"], proposal["reason"]) == ("withdrawn", "mentor_unavailable")
    assert await stage.said() == ["proposal_made", "proposal_withdrawn", "nobody_found"]


async def test_a_referral_that_ends_takes_its_open_proposal_along(stage):
    await stage.hear(*POOL)
    proposal_id = await stage.proposed()

    await stage.hear(ENDED)
    late = await stage.accept(proposal_id)
    await stage.tick()

    assert late.status_code == 409
    [proposal] = await stage.proposals()
    assert (proposal["status"], proposal["reason"]) == ("withdrawn", "referral_ended")
    assert await stage.said() == ["proposal_made", "proposal_withdrawn"]


async def test_a_pause_that_was_over_before_the_proposal_takes_nothing_back(stage):
    await stage.hear(*POOL, RESUMED)
    await stage.proposed()
    async with stage.engine.begin() as tx:
        # As in the middle of a rebuild, which goes through old states again.
        old = {"state": "paused", "state_version": 5}
        await tx.execute(tables.mentors.update().values(old))

    await stage.tick()

    [proposal] = await stage.proposals()
    assert proposal["status"] == "open"


async def test_nobody_found_is_said_once_for_one_cause_and_again_for_another(stage):
    await stage.hear(REGISTERED, PUBLISHED, ACCEPTED)
    await stage.tick()
    await stage.tick(NOW + timedelta(days=1))
    alone = await stage.said()

    later = {"occurred_at": NOW + timedelta(days=2)}
    far = APPROVED.model_copy(
        update=later | {"facets": APPROVED.facets.model_copy(update={"languages": ("en",)})}
    )
    await stage.hear(far, READY.model_copy(update=later))
    await stage.tick(NOW + timedelta(days=2))
    await stage.tick(NOW + timedelta(days=3))

    assert alone == ["nobody_found"]
    assert await stage.said() == ["nobody_found"] * 2
    [search] = await stage.rows(tables.searches)
    assert (search["version"], search["blocked"]) == (2, {"language": 1})


async def test_only_who_shares_the_pool_looks_again_when_a_mentor_comes_to_it(stage):
    pooling = {"association_id": STRANGERS, "pooled_with": (POOLED,)}
    theirs = accepted(1).model_copy(update={"association_id": STRANGERS})
    await stage.hear(REGISTERED, REGISTERED.model_copy(update=pooling), PUBLISHED, ACCEPTED, theirs)
    await stage.tick()

    comes = {"association_id": POOLED, "occurred_at": NOW + timedelta(days=2)}
    await stage.hear(APPROVED.model_copy(update=comes), READY.model_copy(update=comes))
    async with transaction(stage.engine) as tx:
        due = await due_searches(tx, NOW + timedelta(days=2), 10)

    assert [each.referral_id for each in due] == [theirs.referral_id]


async def test_a_mentor_who_comes_later_is_found_by_the_policy(stage):
    await stage.hear(REGISTERED, published(Proposer.POLICY), ACCEPTED)
    await stage.tick()

    later = {"occurred_at": NOW + timedelta(days=2)}
    await stage.hear(APPROVED.model_copy(update=later), READY.model_copy(update=later))
    await stage.tick(NOW + timedelta(days=2))

    assert await stage.said() == ["nobody_found", "proposal_made"]


async def test_an_erased_mentee_is_forgotten_everywhere(stage):
    await stage.hear(*POOL)
    await stage.proposed()

    await stage.hear(ERASED)
    await stage.tick()
    await stage.hear(ACCEPTED.model_copy(update={"version": 9}))
    await stage.tick()

    assert (await stage.said())[-1] == "person_forgotten"
    assert (await stage.said()).count("person_forgotten") == 1
    assert await stage.rows(tables.referrals) == []
    [proposal] = await stage.proposals()
    assert (proposal["mentee_id"], proposal["status"]) == (None, "withdrawn")
    assert (proposal["contributions"], proposal["reason"]) == ([], "erased")


async def test_an_erased_mentor_is_forgotten_and_their_proposals_taken_back(stage):
    await stage.hear(*POOL)
    await stage.proposed()

    await stage.hear(ERASED.model_copy(update={"person_id": MENTOR}))
    await stage.tick()

    page = (await stage.suggestions()).json()
    assert page["considered"] == 0
    [proposal] = await stage.proposals()
    assert (proposal["mentor_id"], proposal["mentee_id"]) == (None, MENTEE)


async def test_whose_mentors_were_all_taken_by_others_is_noticed_within_a_month(stage):
    other = accepted(1)
    await stage.hear(*POOL, other)
    await stage.tick()
    pair_id = await stage.proposed()
    await stage.accept(pair_id)

    await stage.tick(NOW + timedelta(days=29))
    before = await stage.said()
    await stage.tick(NOW + timedelta(days=30))

    assert "nobody_found" not in before
    assert (await stage.said())[-1] == "nobody_found"
