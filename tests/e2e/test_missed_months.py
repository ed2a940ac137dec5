"""Story 6: a pair that stops meeting."""

from datetime import timedelta

import pytest

from demo.actors import Refused
from tests.e2e.pairs import Pair, propose

MONTH = timedelta(days=31)


async def test_a_pair_that_misses_months_is_nudged_looked_at_closed_and_its_mentee_served_first(
    town,
):
    programme = await town.programme("un_jeune_un_mentor")
    first, second = await town.mentors(programme, {}, {})
    case = await town.refer()
    pair = await Pair.active(town, case, first)
    await pair.meet(word="Rien à signaler")
    await town.doors.advance(MONTH + timedelta(days=2))

    assert await missed(pair) is None
    for level, proposed in (
        ("nudge", None),
        ("task", None),
        ("ladder", "warn"),
        ("ladder", "pause"),
    ):
        await town.doors.advance(MONTH)
        assert await missed(pair) == (level, proposed)
    with pytest.raises(Refused) as refused:
        await pair.do("closure", rematch_mentee=True, rematch_mentor=False, contact="none")
    assert refused.value.status == 409
    await pair.close(
        "unreachable", by="mentor", rematch_mentee=True, rematch_mentor=False, contact="none"
    )

    assert await pair.status() == "closed"
    assert await town.status(case) == "in_matching"
    pool = await town.coordinator.get("matching", "/pool")
    [waits] = [each for each in pool["referrals"] if each["referral_id"] == case.id]
    assert waits["broken_pairs"] == 1
    path = f"/referrals/{case.id}/suggestions"
    found = await town.coordinator.get("matching", path)
    assert [each["mentor_id"] for each in found["suggestions"]] == [str(second.person_id)]
    why_not = await town.coordinator.get("matching", f"{path}/{first.person_id}")
    assert "excluded" in why_not["blocking"]

    # Somebody who came later waits too, but a broken pair goes before.
    later = await town.refer()
    await town.accept(later)
    run = await town.coordinator.post(
        "matching", "/runs", {"association_id": town.association_id, "seed": 1}
    )
    await town.doors.settle()
    await town.doors.advance(timedelta(minutes=1))
    lines = (await town.coordinator.get("matching", f"/runs/{run['id']}"))["lines"]
    matched = {line["referral_id"]: line["mentor_id"] for line in lines}
    assert matched == {case.id: str(second.person_id), later.id: None}

    again = await Pair.proposed(town, case, second)
    assert await again.status() == "cleared"
    assert await town.status(case) == "matched"
    with pytest.raises(Refused) as refused:
        await second.get("followup", f"/pairs/{pair.id}/meetings")
    assert refused.value.status in {403, 404}
    journey = await town.journey(case)
    assert journey.count("pair_formed") == 2
    assert journey.count("interview_held") == 3
    with pytest.raises(Refused):
        await propose(town, case, first)


async def missed(pair: Pair) -> tuple[str, str | None] | None:
    found = [each for each in await pair.alerts() if each["kind"] == "missed_period"]
    return (found[0]["level"], found[0]["proposed"]) if found else None
