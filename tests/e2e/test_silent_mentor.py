"""Story 4: a mentor who is silent for seven days."""

import asyncio
from datetime import timedelta

import pytest

from demo.actors import Refused
from tests.e2e.pairs import Pair, agree, propose
from tests.e2e.people import number

CLOSE = {"sectors": ["construction"], "hobbies": ["cycling"]}


async def test_a_proposal_that_nobody_answers_expires_and_the_next_best_is_invited(town):
    programme = await town.programme("un_jeune_un_mentor")
    silent, next_best, _ = await town.mentors(programme, CLOSE, CLOSE, {"sectors": ["wholesale"]})
    case = await waiting(town)
    first = await propose(town, case, silent)

    await town.doors.advance(timedelta(days=3, hours=1))
    assert "proposal_reminded" in await town.journey(case)
    await town.doors.advance(timedelta(days=4))

    proposals = await proposals_of(town, case)
    assert [each["status"] for each in proposals] == ["expired", "open"]
    assert proposals[1]["mentor_id"] == str(next_best.person_id)
    assert proposals[1]["proposed_by"] == "policy"
    with pytest.raises(Refused) as refused:
        await silent.post("matching", f"/proposals/{first}/acceptance")
    assert refused.value.status == 409
    await next_best.post("matching", f"/proposals/{proposals[1]['id']}/acceptance")
    await town.doors.settle()
    pair = Pair(town, case, next_best, proposals[1]["id"])
    assert await pair.status() == "cleared"
    assert await town.status(case) == "matched"
    journey = await town.journey(case)
    assert journey.count("proposal_made") == 2
    assert journey.count("proposal_expired") == 1
    assert journey.count("pair_formed") == 1


async def test_two_coordinators_at_once_make_one_proposal(town):
    programme = await town.programme("un_jeune_un_mentor")
    mentors = await town.mentors(programme, CLOSE, CLOSE)
    other = await town.appoint("coordinator", f"second{next(number)}@asso.example")
    case = await waiting(town)

    tried = await asyncio.gather(
        *(
            by.post(
                "matching",
                f"/referrals/{case.id}/proposals",
                {"mentor_id": str(mentor.person_id)},
            )
            for by in (town.coordinator, other)
            for mentor in mentors
        ),
        return_exceptions=True,
    )

    assert sorted(outcome(each) for each in tried) == [201, 409, 409, 409]
    assert [each["status"] for each in await proposals_of(town, case)] == ["open"]


async def test_a_yes_at_the_moment_of_expiry_ends_in_one_pair_or_in_the_next_proposal(town):
    programme = await town.programme("un_jeune_un_mentor")
    mentor, _ = await town.mentors(programme, CLOSE, CLOSE)
    case = await waiting(town)
    proposal_id = await propose(town, case, mentor)
    said_yes, _ = await asyncio.gather(
        says_yes(mentor, proposal_id), town.doors.advance(timedelta(days=7))
    )

    statuses = [each["status"] for each in await proposals_of(town, case)]
    assert statuses == (["accepted"] if said_yes else ["expired", "open"])
    assert await town.status(case) == ("matched" if said_yes else "in_matching")


async def says_yes(mentor, proposal_id):
    """Tell whether the yes came in time."""
    try:
        await mentor.post("matching", f"/proposals/{proposal_id}/acceptance")
    except Refused as refused:
        return refused.status != 409
    return True


async def waiting(town):
    """Refer somebody who waits for a mentor, with everyone's agreement."""
    case = await town.refer(**CLOSE)
    await town.accept(case)
    await agree(town, case)
    return case


async def proposals_of(town, case):
    """List the proposals for one mentee, the oldest first."""
    found = await town.coordinator.get("matching", "/proposals")
    of_case = [each for each in found if each["referral_id"] == case.id]
    return sorted(of_case, key=lambda each: each["made_at"])


def outcome(answer: object) -> int:
    return answer.status if isinstance(answer, Refused) else 201
