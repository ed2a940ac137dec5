"""Story 9: a programme changes its policy in the middle of the year."""

from datetime import timedelta

from tests.e2e.pairs import Pair
from tests.e2e.proofs import holds

TWICE_A_MONTH = {"count": 2, "per": "month", "minutes": 45}


async def test_a_signed_agreement_keeps_its_policy_and_a_later_one_has_the_new(town, tmp_path):
    programme = await town.programme("un_jeune_un_mentor")
    early, late = await town.mentors(programme, {}, {})
    signed = await Pair.active(town, await town.refer(), early)
    before = await signed.proof()

    overrides = {"meetings": TWICE_A_MONTH}
    path = f"/programmes/{programme}/policies"
    await town.coordinator.post("intake", path, {"overrides": overrides})
    await town.doors.settle()
    after = await Pair.active(town, await town.refer(), late)

    assert (await signed.read())["terms"]["meetings"]["count"] == 1
    assert (await after.read())["terms"]["meetings"] == TWICE_A_MONTH
    assert await signed.proof() == before
    assert holds(before, tmp_path)
    assert holds(await after.proof(), tmp_path)
    versions = [await policy_version(pair) for pair in (signed, after)]
    assert versions == [1, 2]

    await signed.meet()
    # For one of them a meeting a month is enough: the first one, or the one after it.
    await town.doors.advance(timedelta(days=33))
    assert "missed_period" not in {alert["kind"] for alert in await signed.alerts()}
    assert "missed_period" in {alert["kind"] for alert in await after.alerts()}


async def policy_version(pair: Pair) -> int:
    path = f"/agreements/{pair.agreement_id}"
    agreement = await pair.town.coordinator.get("followup", path)
    version: int = agreement["policy_version"]
    return version
