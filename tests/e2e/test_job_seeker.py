"""Story 2: a job seeker at MentorU."""

from datetime import timedelta

from tests.e2e.pages import Browser
from tests.e2e.pairs import Pair, propose
from tests.e2e.people import born, number
from tests.e2e.proofs import holds

MENTOR_EMAIL = f"karim{next(number)}@dupont-btp.example"
SHARED = {
    "sectors": ["construction"],
    "functions": ["accounting"],
    "hobbies": ["cycling"],
    "mother_tongue": "ar",
    "languages": ["fr", "ar"],
    "expectations": ["network"],
    "modalities": ["company"],
}
CRITERIA = {"sector", "function", "expectations", "motivation", "hobby", "age", "mother_tongue"}
# Two meetings in each month of the pair, be it a February.
OFTEN_ENOUGH = timedelta(days=13)


async def test_a_job_seeker_is_matched_by_eight_criteria_meets_twice_a_month_and_finds_a_job(
    town, tmp_path
):
    programme = await town.programme("mentoru")
    profile = SHARED | {"settings": ["adult"], "motivation": "transmit"}
    mentor = await town.mentor(programme, **profile, email=MENTOR_EMAIL)
    case = await town.refer(
        **SHARED,
        birth_date=born((await town.doors.now()).date(), age=38),
        axis="employment",
        level="jobseeker",
        needs=["job_search"],
        motivation="find_work",
        guardian=None,
    )
    await town.accept(case)
    found = await town.coordinator.get("matching", f"/referrals/{case.id}/suggestions")
    [suggestion] = found["suggestions"]

    proposal_id = await propose(town, case, mentor)
    async with Browser.on_a_phone(town.doors.urls["portal"]) as phone:
        await phone.follow_mail(MENTOR_EMAIL, "/mine/proposals/")
        assert (await mentor.get("matching", f"/proposals/{proposal_id}"))["status"] == "open"
        await phone.sign_in(MENTOR_EMAIL)
        await phone.submit("/do/proposal.accept")
    await town.doors.settle()
    pair = Pair(town, case, mentor, proposal_id)
    await pair.meet_first(modality="company", place="Chez Dupont BTP")
    await pair.sign()

    shown = {each["criterion"]: each for each in suggestion["contributions"]}
    assert set(shown) == CRITERIA
    assert not any(each["missing"] for each in shown.values())
    assert shown["sector"]["evidence"] == ["construction"]
    assert suggestion["distance_km"] == 0
    assert abs(sum(each["contribution"] for each in shown.values()) - suggestion["fit"]) < 1e-9
    proof = await pair.proof()
    assert proof["signatories"] == ["mentor", "mentee"]
    assert holds(proof, tmp_path)

    for _ in range(4):
        await town.doors.advance(OFTEN_ENOUGH)
        await pair.meet(modality="company")
    await town.doors.advance(timedelta(days=11))
    alerts = [alert["kind"] for alert in await pair.alerts()]
    assert alerts == ["check_in_due", "check_in_due"]
    await pair.check_in()
    assert await pair.alerts() == []

    await pair.close("objective_reached", by="mentee")
    await pair.do("outcomes", stage="exit", kind="job")
    await town.doors.settle()

    assert await pair.status() == "closed"
    assert await town.status(case) == "completed"
    [outcome] = await town.coordinator.get("followup", f"/pairs/{pair.id}/outcomes")
    assert (outcome["stage"], outcome["kind"]) == ("exit", "job")
    journey = await town.journey(case)
    assert journey.count("meeting_logged") == 4
    assert "outcome_recorded" in journey
    assert await town.figure("pairs_started", "started") == "few"
    assert await town.figure("pairs_active", "active") == 0


async def test_a_pair_that_meets_once_where_it_signed_for_twice_a_month_is_nudged(town):
    programme = await town.programme("mentoru")
    mentor = await town.mentor(programme, settings=["adult"], modalities=["company"])
    case = await town.refer(
        birth_date=born((await town.doors.now()).date(), age=38),
        axis="employment",
        level="jobseeker",
        modalities=["company"],
        guardian=None,
    )
    await town.accept(case)
    pair = await Pair.proposed(town, case, mentor)
    await pair.meet_first(modality="company")
    await pair.sign()

    # The first meeting is the only one of the month.
    await town.doors.advance(timedelta(days=33))

    alerts = {alert["kind"]: alert["level"] for alert in await pair.alerts()}
    assert alerts["missed_period"] == "nudge"
