"""Story 3: a rural youth with nobody within reach."""

from tests.e2e.pairs import Pair, agree
from tests.e2e.people import Town

RURAL = "48003"
PARIS = "75113"


async def test_a_rural_youth_whom_nobody_can_reach_meets_a_mentor_remotely_and_sees_why(doors):
    town = await Town.founded(doors, PARIS)
    programme = await town.programme("un_jeune_un_mentor")
    near_only, remote_too = await town.mentors(
        programme, {"modalities": ["association"]}, {"modalities": ["association", "remote"]}
    )
    case = await town.refer(
        commune=RURAL,
        modalities=["association", "remote"],
        digital="computer",
    )
    await town.accept(case)
    await agree(town, case)

    found = await town.coordinator.get("matching", f"/referrals/{case.id}/suggestions")
    path = f"/referrals/{case.id}/suggestions/{near_only.person_id}"
    why_not = await town.coordinator.get("matching", path)
    pair = await Pair.proposed(town, case, remote_too)

    [suggestion] = found["suggestions"]
    assert suggestion["mentor_id"] == str(remote_too.person_id)
    assert suggestion["remote"]
    assert suggestion["distance_km"] > 400
    assert found["blocked"] == {"geography": 1}
    assert why_not["blocking"] == ["geography"]
    remote = {"kind": "mentor_accepts", "number": None, "any_of": ["remote"]}
    assert why_not["would_match_if"] == [remote]
    assert (await pair.read())["remote"]
    assert await pair.status() == "cleared"
    await pair.meet_first(modality="remote")
    await pair.sign()
    assert await pair.status() == "active"
    assert await town.status(case) == "in_progress"
    assert "pair_formed" in await town.journey(case)


async def test_a_rural_youth_without_a_device_is_told_that_nobody_is_within_reach(doors):
    town = await Town.founded(doors, PARIS)
    programme = await town.programme("un_jeune_un_mentor")
    await town.mentor(programme, modalities=["association", "remote"])
    case = await town.refer(commune=RURAL, modalities=["association", "remote"], digital="none")

    routing = await town.school.get("intake", f"/referrals/{case.id}/routing")

    [offer] = [each for each in routing["offers"] if each["offer_id"] == town.offer_id]
    against = {reason["aspect"] for reason in offer["reasons"] if not reason["fits"]}
    assert "territory" in against
