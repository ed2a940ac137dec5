"""The whole way through matching's real doors: events in, clock, HTTP, events out."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from common.contracts.policy import Proposer
from matching.store import tables
from tests.matching.cast import MENTEE, MENTOR, NOW, OTHER_MENTOR, REFERRAL
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
SUGGESTIONS = f"/referrals/{REFERRAL}/suggestions"
PROPOSALS = f"/referrals/{REFERRAL}/proposals"


async def propose(client, headers, mentor_id=MENTOR, referral_id=REFERRAL):
    answer = await client.post(
        f"/referrals/{referral_id}/proposals", json={"mentor_id": str(mentor_id)}, headers=headers
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def the_proposals(engine):
    async with engine.connect() as tx:
        query = select(tables.proposals).order_by(tables.proposals.c.made_at, tables.proposals.c.id)
        return (await tx.execute(query)).mappings().all()


async def test_a_referral_becomes_a_pair(hear, client, as_coordinator, as_mentor, said):
    await hear(*POOL)

    page = (await client.get(SUGGESTIONS, headers=as_coordinator())).json()
    proposal_id = await propose(client, as_coordinator())
    answer = await client.post(f"/proposals/{proposal_id}/acceptance", headers=as_mentor())

    assert [each["mentor_id"] for each in page["suggestions"]] == [str(MENTOR)]
    assert answer.status_code == 204
    assert await said() == ["proposal_made", "proposal_accepted", "pair_formed"]


async def test_who_is_in_a_pair_waits_no_more_until_it_breaks(
    hear, tick, client, as_coordinator, as_mentor, said
):
    await hear(*POOL, *approved(OTHER_MENTOR))
    pair_id = await propose(client, as_coordinator())
    await client.post(f"/proposals/{pair_id}/acceptance", headers=as_mentor())
    in_pair = await client.get(SUGGESTIONS, headers=as_coordinator())

    await hear(closed(UUID(pair_id), at=NOW + timedelta(days=40)))
    page = (await client.get(SUGGESTIONS, headers=as_coordinator())).json()
    pool = (await client.get("/pool", headers=as_coordinator())).json()
    await hear(reopened(UUID(pair_id), version=11))
    again = await client.get(SUGGESTIONS, headers=as_coordinator())

    assert in_pair.status_code == again.status_code == 409
    assert [each["mentor_id"] for each in page["suggestions"]] == [str(OTHER_MENTOR)]
    assert page["blocked"] == {"excluded": 1}
    assert pool["referrals"][0]["broken_pairs"] == 1
    assert pool["referrals"][0]["waiting_since"].startswith("2026-10-24")


async def test_a_closed_pair_gives_the_mentor_their_place_back(
    hear, client, as_coordinator, as_mentor
):
    other = accepted(1)
    await hear(*POOL, other)
    pair_id = await propose(client, as_coordinator())
    await client.post(f"/proposals/{pair_id}/acceptance", headers=as_mentor())
    path = f"/referrals/{other.referral_id}/suggestions"
    full = (await client.get(path, headers=as_coordinator())).json()

    await hear(closed(UUID(pair_id), before_term=False, rematch_mentee=False))
    free = (await client.get(path, headers=as_coordinator())).json()
    over = await client.get(SUGGESTIONS, headers=as_coordinator())

    assert full["blocked"] == {"capacity": 1}
    assert [each["mentor_id"] for each in free["suggestions"]] == [str(MENTOR)]
    assert over.status_code == 409


async def test_a_mentor_who_may_not_be_matched_again_is_not_until_they_resume(
    hear, client, as_coordinator, as_mentor
):
    other = accepted(1)
    await hear(*POOL, other)
    pair_id = await propose(client, as_coordinator())
    await client.post(f"/proposals/{pair_id}/acceptance", headers=as_mentor())
    path = f"/referrals/{other.referral_id}/suggestions"

    later = NOW + timedelta(days=1)
    await hear(closed(UUID(pair_id), at=later, rematch_mentor=False))
    barred = (await client.get(path, headers=as_coordinator())).json()
    await hear(RESUMED.model_copy(update={"occurred_at": later + timedelta(days=1)}))
    resumed = (await client.get(path, headers=as_coordinator())).json()

    assert barred["blocked"] == {"readiness": 1}
    assert resumed["suitable"] == 1


async def test_the_policy_may_invite_by_itself(hear, tick, engine, said):
    await hear(REGISTERED, published(Proposer.POLICY), ACCEPTED, APPROVED, READY)

    await tick()
    await tick()

    assert await said() == ["proposal_made"]
    [proposal] = await the_proposals(engine)
    assert (proposal["mentor_id"], proposal["proposed_by"]) == (MENTOR, "policy")


async def test_an_unanswered_proposal_is_reminded_then_expires_and_the_next_best_is_asked(
    hear, tick, engine, said
):
    await hear(
        REGISTERED,
        published(Proposer.POLICY),
        APPROVED,
        READY,
        *approved(OTHER_MENTOR, hobbies=()),
        ACCEPTED,
    )
    await tick()

    await tick(NOW + timedelta(days=3))
    await tick(NOW + timedelta(days=4))
    await tick(NOW + timedelta(days=7))
    await tick(NOW + timedelta(days=14))

    first, second = await the_proposals(engine)
    assert (first["mentor_id"], first["status"]) == (MENTOR, "expired")
    assert (second["mentor_id"], second["status"]) == (OTHER_MENTOR, "expired")
    assert await said() == [
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
async def test_after_a_no_the_policy_says_who_invites_next(
    hear, tick, client, as_coordinator, as_mentor, engine, proposer, invited
):
    await hear(
        REGISTERED, published(proposer), APPROVED, READY, *approved(OTHER_MENTOR, hobbies=())
    )
    await hear(ACCEPTED)
    proposal_id = await propose(client, as_coordinator())

    answer = await client.post(
        f"/proposals/{proposal_id}/decline", json={"reason": "too_far"}, headers=as_mentor()
    )

    assert answer.status_code == 204
    made = await the_proposals(engine)
    assert [each["status"] for each in made] == ["declined", "open"][:invited]
    assert made[0]["reason"] == "too_far"


async def test_whoever_declined_is_excluded_and_the_mentee_waits_again_at_once(
    hear, client, as_coordinator, as_mentor
):
    await hear(*POOL)
    proposal_id = await propose(client, as_coordinator())
    decline = {"reason": "no_time"}
    await client.post(f"/proposals/{proposal_id}/decline", json=decline, headers=as_mentor())

    page = (await client.get(SUGGESTIONS, headers=as_coordinator())).json()

    assert page["suggestions"] == []
    assert page["blocked"] == {"excluded": 1}


@pytest.mark.parametrize("gone", [PAUSED, LEFT])
async def test_a_mentor_who_goes_takes_their_open_proposals_along(
    hear, tick, client, as_coordinator, as_mentor, engine, said, gone
):
    await hear(*POOL)
    proposal_id = await propose(client, as_coordinator())

    await hear(gone)
    late = await client.post(f"/proposals/{proposal_id}/acceptance", headers=as_mentor())
    await tick()

    assert late.status_code == 409
    [proposal] = await the_proposals(engine)
    assert (proposal["status"], proposal["reason"]) == ("withdrawn", "mentor_unavailable")
    assert await said() == ["proposal_made", "proposal_withdrawn", "nobody_found"]


async def test_a_referral_that_ends_takes_its_open_proposal_along(
    hear, tick, client, as_coordinator, as_mentor, engine, said
):
    await hear(*POOL)
    proposal_id = await propose(client, as_coordinator())

    await hear(ENDED)
    late = await client.post(f"/proposals/{proposal_id}/acceptance", headers=as_mentor())
    await tick()

    assert late.status_code == 409
    [proposal] = await the_proposals(engine)
    assert (proposal["status"], proposal["reason"]) == ("withdrawn", "referral_ended")
    assert await said() == ["proposal_made", "proposal_withdrawn"]


async def test_a_pause_that_was_over_before_the_proposal_takes_nothing_back(
    hear, tick, client, as_coordinator, engine
):
    await hear(*POOL, RESUMED)
    await propose(client, as_coordinator())
    async with engine.begin() as tx:
        # As in the middle of a rebuild, which goes through old states again.
        old = {"state": "paused", "state_version": 5}
        await tx.execute(tables.mentors.update().values(old))

    await tick()

    [proposal] = await the_proposals(engine)
    assert proposal["status"] == "open"


async def test_nobody_found_is_said_once_for_one_cause_and_again_for_another(
    hear, tick, said, engine
):
    await hear(REGISTERED, PUBLISHED, ACCEPTED)
    await tick()
    await tick(NOW + timedelta(days=1))
    alone = await said()

    later = {"occurred_at": NOW + timedelta(days=2)}
    far = APPROVED.model_copy(
        update=later | {"facets": APPROVED.facets.model_copy(update={"languages": ("en",)})}
    )
    await hear(far, READY.model_copy(update=later))
    await tick(NOW + timedelta(days=2))
    await tick(NOW + timedelta(days=3))

    assert alone == ["nobody_found"]
    assert await said() == ["nobody_found"] * 2
    async with engine.connect() as tx:
        [search] = (await tx.execute(select(tables.searches))).mappings().all()
    assert (search["version"], search["blocked"]) == (2, {"language": 1})


async def test_a_mentor_who_comes_later_is_found_by_the_policy(hear, tick, said):
    await hear(REGISTERED, published(Proposer.POLICY), ACCEPTED)
    await tick()

    later = {"occurred_at": NOW + timedelta(days=2)}
    await hear(APPROVED.model_copy(update=later), READY.model_copy(update=later))
    await tick(NOW + timedelta(days=2))

    assert await said() == ["nobody_found", "proposal_made"]


async def test_an_erased_mentee_is_forgotten_everywhere(
    hear, tick, client, as_coordinator, engine, said
):
    await hear(*POOL)
    await propose(client, as_coordinator())

    await hear(ERASED)
    await tick()
    await hear(ACCEPTED.model_copy(update={"version": 9}))
    await tick()

    assert (await said())[-1] == "person_forgotten"
    assert await said("person_forgotten") == ["person_forgotten"]
    async with engine.connect() as tx:
        assert (await tx.execute(select(tables.referrals))).all() == []
        [proposal] = (await tx.execute(select(tables.proposals))).mappings().all()
    assert (proposal["mentee_id"], proposal["status"]) == (None, "withdrawn")
    assert (proposal["contributions"], proposal["reason"]) == ([], "erased")


async def test_an_erased_mentor_is_forgotten_and_their_proposals_taken_back(
    hear, tick, client, as_coordinator, engine
):
    await hear(*POOL)
    await propose(client, as_coordinator())

    await hear(ERASED.model_copy(update={"person_id": MENTOR}))
    await tick()

    page = (await client.get(SUGGESTIONS, headers=as_coordinator())).json()
    assert page["considered"] == 0
    [proposal] = await the_proposals(engine)
    assert (proposal["mentor_id"], proposal["mentee_id"]) == (None, MENTEE)
