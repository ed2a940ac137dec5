"""Story 1: a school refers a pupil of fourteen."""

from datetime import timedelta

import pytest

from demo.actors import Refused
from tests.e2e.pages import Browser
from tests.e2e.pairs import Pair, adhere, agree, propose
from tests.e2e.proofs import holds

MONTH = timedelta(days=32)


async def test_a_pupil_whom_a_school_refers_is_followed_as_often_as_everyone_signed(town, tmp_path):
    mentor = await town.mentor(await town.programme("un_jeune_un_mentor"))
    case = await town.refer()
    await town.accept(case)
    async with Browser.on_a_phone(town.doors.urls["portal"]) as phone:
        await phone.follow_mail(case.guardian_email, "/mine/authorisations")
        await phone.sign_in(case.guardian_email)
        await phone.submit("/do/authorisation.decide", given="yes")
        await adhere(case)
        await town.doors.settle()
        pair = await Pair.proposed(town, case, mentor)
        await pair.meet_first()
        for capacity in ("mentor", "mentee", "organisation"):
            await pair.sign_as(capacity)
        await phone.open(f"/agreements/{pair.agreement_id}")
        await phone.submit("/do/agreement.code", capacity="guardian")
        await town.doors.settle()
        code = await pair.mailbox.code(case.guardian_email)
        await phone.submit("/do/agreement.sign", code=code, consent="yes")
    await town.doors.settle()

    assert await pair.status() == "active"
    assert await town.status(case) == "in_progress"
    proof = await pair.proof()
    assert proof["signatories"] == ["mentor", "mentee", "guardian", "organisation"]
    assert holds(proof, tmp_path)
    assert (await pair.read())["terms"]["meetings"] == {"count": 1, "per": "month", "minutes": 90}
    await pair.meet(90)
    await pair.check_in()
    await town.doors.advance(MONTH)
    assert "missed_period" not in await alerts_of(pair)
    await town.doors.advance(MONTH)
    assert (await alerts_of(pair))["missed_period"] == "nudge"
    assert await town.figure("pairs_started", "started") == "few"
    assert in_order(
        await town.journey(case),
        "referral_submitted",
        "referral_offered",
        "referral_accepted",
        "authorisation_given",
        "proposal_made",
        "proposal_accepted",
        "first_meeting_planned",
        "first_meeting_held",
        "agreement_prepared",
        "agreement_signed",
        "meeting_logged",
        "alert_raised",
    )


async def test_no_meeting_is_planned_with_a_minor_before_the_guardian_authorises(town):
    programme = await town.programme("un_jeune_un_mentor")
    mentor = await town.mentor(programme)
    case = await town.refer()
    await town.accept(case)
    pair = await Pair.proposed(town, case, mentor)

    with pytest.raises(Refused) as refused:
        await pair.plan_first_meeting()

    assert refused.value.status == 409
    assert (await pair.read())["status"] == "formed"
    assert set((await pair.read())["missing"]) == {"guardian_authorised", "mentee_agrees"}
    await agree(town, case)
    assert await pair.status() == "cleared"
    await pair.plan_first_meeting()
    assert await pair.status() == "first_meeting_planned"


async def test_a_mentor_sees_a_profile_without_a_name_and_the_name_after_the_yes(town):
    programme = await town.programme("un_jeune_un_mentor")
    mentor = await town.mentor(programme)
    case = await town.refer()
    await town.accept(case)
    await agree(town, case)
    proposal_id = await propose(town, case, mentor)

    before = await mentor.get("matching", f"/proposals/{proposal_id}")
    with pytest.raises(Refused) as refused:
        await mentor.get("intake", f"/people/{case.mentee.person_id}")
    await mentor.post("matching", f"/proposals/{proposal_id}/acceptance")
    await town.doors.settle()

    assert before["mentee_id"] is None
    assert before["profile"]["level"] == "3e"
    assert refused.value.status == 403
    card = await mentor.get("intake", f"/people/{case.mentee.person_id}")
    assert card["email"] == case.mentee_email


async def test_the_school_hears_where_the_referral_stands_and_never_the_story(town):
    programme = await town.programme("un_jeune_un_mentor")
    mentor = await town.mentor(programme)
    case = await town.refer()
    pair = await Pair.active(town, case, mentor)
    await pair.meet(word="Il doute de lui", important=True)
    await town.doors.settle()

    referral = await town.school.get("intake", f"/referrals/{case.id}")
    journey = await town.school.get("reporting", f"/journeys/{case.id}")

    assert referral["status"] == "in_progress"
    assert "given_name" not in referral
    assert journey["status"] == "in_progress"
    assert all(set(step) == {"at", "status"} for step in journey["steps"])
    with pytest.raises(Refused):
        await town.school.get("followup", f"/pairs/{pair.id}")


async def alerts_of(pair: Pair) -> dict[str, str]:
    return {alert["kind"]: alert["level"] for alert in await pair.alerts()}


def in_order(steps: list[str], *wanted: str) -> bool:
    remaining = iter(steps)
    return all(each in remaining for each in wanted)
