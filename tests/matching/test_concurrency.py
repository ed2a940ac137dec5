"""Everybody clicks at once, on a real database: exactly one wins, and no promise is broken."""

import asyncio
from collections import Counter
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from common import database
from common.contracts.policy import Proposer
from matching.handlers import proposals as handlers
from matching.handlers import searches
from matching.store import tables
from tests.matching.cast import MENTOR, NOW, OTHER_MENTOR
from tests.matching.facts import (
    ACCEPTED,
    APPROVED,
    PAUSED,
    PUBLISHED,
    READY,
    REGISTERED,
    accepted,
    approved,
    published,
)

MENTORS = [UUID(int=600 + number) for number in range(3)]


def codes(answers):
    return sorted(each.status_code for each in answers)


async def job_at(engine, job, now):
    async with database.transaction(engine) as tx:
        return await job(tx, now, 10)


async def test_of_two_coordinators_who_propose_for_one_mentee_one_wins(stage):
    await stage.hear(REGISTERED, PUBLISHED, ACCEPTED, APPROVED, READY, *approved(OTHER_MENTOR))

    answers = await asyncio.gather(*(stage.propose(each) for each in (MENTOR, OTHER_MENTOR) * 3))

    assert codes(answers) == [201, 409, 409, 409, 409, 409]
    assert await stage.said() == ["proposal_made"]


async def test_of_two_coordinators_who_propose_to_one_mentor_one_wins(stage):
    others = [accepted(number) for number in range(5)]
    await stage.hear(REGISTERED, PUBLISHED, APPROVED, READY, *others)

    answers = await asyncio.gather(*(stage.propose(MENTOR, each.referral_id) for each in others))

    assert codes(answers) == [201, 409, 409, 409, 409]


async def test_a_mentor_who_clicks_yes_five_times_gets_one_pair(stage):
    await stage.hear(REGISTERED, PUBLISHED, APPROVED, READY, ACCEPTED)
    proposal_id = await stage.proposed()

    answers = await asyncio.gather(*(stage.accept(proposal_id) for _ in range(5)))

    assert codes(answers) == [204, 409, 409, 409, 409]
    assert (await stage.said()).count("pair_formed") == 1


async def test_of_a_yes_and_a_withdrawal_at_once_one_wins(stage):
    await stage.hear(REGISTERED, PUBLISHED, APPROVED, READY, ACCEPTED)
    proposal_id = await stage.proposed()

    answers = await asyncio.gather(
        stage.accept(proposal_id), stage.withdraw(proposal_id), stage.decline(proposal_id)
    )

    assert codes(answers) == [204, 409, 409]
    [proposal] = await stage.proposals()
    assert proposal["status"] in {"accepted", "withdrawn", "declined"}


async def test_two_clocks_and_a_decline_at_once_never_open_two_proposals(stage):
    others = [each for mentor in MENTORS for each in approved(mentor)]
    await stage.hear(REGISTERED, published(Proposer.POLICY), ACCEPTED, *others)
    await stage.tick()
    [proposal] = await stage.proposals()
    in_time = proposal["expires_at"] - timedelta(minutes=1)
    stage.at(in_time)

    await asyncio.gather(
        stage.decline(str(proposal["id"]), mentor_id=proposal["mentor_id"]),
        job_at(stage.engine, handlers.expire_proposals, proposal["expires_at"]),
        job_at(stage.engine, searches.look_for_mentors, in_time),
        job_at(stage.engine, searches.look_for_mentors, in_time),
        stage.propose(MENTORS[2]),
    )

    statuses = Counter(each["status"] for each in await stage.proposals())
    assert statuses["open"] == 1


async def test_the_database_itself_refuses_a_second_open_proposal(stage):
    await stage.hear(REGISTERED, PUBLISHED, APPROVED, READY, ACCEPTED)
    await stage.proposed()
    [row] = await stage.proposals()

    with pytest.raises(Exception, match="uq_proposals_open_mentee"):
        async with stage.engine.begin() as tx:
            await tx.execute(tables.proposals.insert().values({**row, "id": UUID(int=1)}))


async def answer(stage, random, row):
    """Let somebody do something about a proposal, whatever became of it meanwhile."""
    proposal_id, mentor_id = str(row["id"]), row["mentor_id"]
    return await random.choice(
        [
            lambda: stage.accept(proposal_id, mentor_id),
            lambda: stage.decline(proposal_id, mentor_id=mentor_id),
            lambda: stage.withdraw(proposal_id),
        ]
    )()


def holds(rows, capacity):
    """Say whether the promises about open proposals and capacity hold."""
    open_for = Counter(row["mentee_id"] for row in rows if row["status"] == "open")
    bound = Counter(row["mentor_id"] for row in rows if row["status"] in {"open", "accepted"})
    paired = Counter(row["referral_id"] for row in rows if row["status"] == "accepted")
    return (
        max(open_for.values(), default=0) <= 1
        and max(paired.values(), default=0) <= 1
        and all(bound[mentor] <= capacity for mentor in bound)
    )


@pytest.mark.parametrize("seed", range(4))
async def test_a_crowd_that_does_everything_at_once_breaks_no_promise(stage, seed):
    random = Random(seed)
    mentees = [accepted(number) for number in range(6)]
    crowd = [each for mentor in MENTORS for each in approved(mentor, capacity=2)]
    await stage.hear(REGISTERED, published(Proposer.POLICY_AFTER_NO), *mentees, *crowd)

    for _ in range(6):
        known = await stage.proposals()
        await asyncio.gather(
            *(answer(stage, random, row) for row in known),
            *(
                stage.propose(random.choice(MENTORS), random.choice(mentees).referral_id)
                for _ in range(8)
            ),
            job_at(stage.engine, searches.look_for_mentors, NOW),
        )
        assert holds(await stage.proposals(), capacity=2)

    said = Counter(await stage.said())
    statuses = Counter(each["status"] for each in await stage.proposals())
    assert said["pair_formed"] == said["proposal_accepted"] == statuses["accepted"]
    assert said["proposal_made"] == sum(statuses.values())
    assert said["proposal_declined"] == statuses["declined"]


async def test_every_fact_three_times_while_people_click_changes_nothing(stage):
    for fact in (REGISTERED, PUBLISHED, APPROVED, READY, ACCEPTED):
        await stage.hear(fact, fact, fact)
    proposal_id = await stage.proposed()

    await asyncio.gather(
        stage.accept(proposal_id),
        stage.hear(ACCEPTED, APPROVED, READY),
        stage.hear(READY, APPROVED, ACCEPTED),
    )
    await stage.hear(PAUSED, PAUSED)
    await stage.tick()

    assert await stage.said() == ["proposal_made", "proposal_accepted", "pair_formed"]
