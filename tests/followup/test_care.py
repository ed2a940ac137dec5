"""What a pair tells: meetings, contacts, goals, check-ins; and what is refused."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from common.contracts.followup.alerts import AlertKind, AlertRaised
from common.contracts.followup.care import MeetingLogged
from common.contracts.followup.first_meeting import FirstMeetingMissed
from followup.store import tables
from tests.followup.facts import COORDINATOR, DAY, MENTEE, MENTOR, PAIR, T0

NOW = T0 + 4 * DAY


async def test_a_meeting_told_by_both_is_one_meeting(cast, announced):
    await cast.active(announced)
    held = NOW - timedelta(hours=2)

    first = await cast.log_meeting(held)
    body = {"held_at": held.isoformat(), "minutes": 50, "modality": "association"}
    second = await cast.post(MENTEE, f"/pairs/{PAIR}/meetings", body)

    assert first.json() == second.json()
    assert len([each for each in await announced() if isinstance(each, MeetingLogged)]) == 1


async def tell_both(cast, mentors, mentees):
    """Let the mentor, then the mentee, tell of one meeting; return what is shown of it."""
    held = (NOW - timedelta(hours=2)).isoformat()
    for who, more in ((MENTOR, mentors), (MENTEE, mentees)):
        body = {"held_at": held, "minutes": 50, "modality": "association"} | more
        assert (await cast.post(who, f"/pairs/{PAIR}/meetings", body)).status_code == 201
    [shown] = (await cast.get(MENTOR, f"/pairs/{PAIR}/meetings")).json()
    return shown


async def important_alerts(cast):
    alerts = (await cast.get(COORDINATOR, "/alerts")).json()
    return [alert for alert in alerts if alert["kind"] == "important"]


async def test_who_tells_a_meeting_second_is_heard_as_well(cast, announced):
    await cast.active(announced)
    goal = (await cast.post(MENTEE, f"/pairs/{PAIR}/goals", {"text": "Refaire mon CV"})).json()
    later = (NOW + 7 * DAY).isoformat()

    shown = await tell_both(
        cast,
        {"word": "Tout va bien"},
        {"word": "J'ai peur", "important": True, "goals": [goal["id"]], "next_at": later},
    )

    assert (shown["word"], shown["more_words"]) == ("Tout va bien", ["J'ai peur"])
    assert (shown["important"], shown["goals"]) == (True, [goal["id"]])
    assert len(await important_alerts(cast)) == 1
    pair = (await cast.get(MENTOR, f"/pairs/{PAIR}")).json()
    assert datetime.fromisoformat(pair["next_meeting_at"]) == NOW + 7 * DAY


async def test_what_both_call_important_is_one_alert_until_somebody_dealt_with_it(cast, announced):
    await cast.active(announced)
    await tell_both(cast, {"important": True}, {"important": True})
    [alert] = await important_alerts(cast)
    await cast.post(COORDINATOR, f"/alerts/{alert['id']}/handling")

    await tell_both(cast, {}, {"important": True})

    assert len(await important_alerts(cast)) == 1


async def test_a_second_telling_takes_nothing_back(cast, announced):
    await cast.active(announced)
    told = {"word": "Un mot", "important": True, "next_at": (NOW + DAY).isoformat()}

    shown = await tell_both(cast, told, {})

    assert (shown["word"], shown["more_words"], shown["important"]) == ("Un mot", [], True)
    pair = (await cast.get(MENTOR, f"/pairs/{PAIR}")).json()
    assert datetime.fromisoformat(pair["next_meeting_at"]) == NOW + DAY


async def test_a_word_is_kept_sealed_and_read_by_the_pair(cast, announced, engine):
    await cast.active(announced)
    await cast.log_meeting(NOW, word="A parlé de son père")

    async with engine.connect() as connection:
        [word] = await connection.scalars(select(tables.meetings.c.word))
    shown = (await cast.get(MENTEE, f"/pairs/{PAIR}/meetings")).json()

    assert "père" not in word
    assert [each["word"] for each in shown] == ["A parlé de son père"]
    assert all("père" not in event.model_dump_json() for event in await announced())


async def test_an_important_meeting_reaches_the_coordinator_at_once(cast, announced):
    await cast.active(announced)

    await cast.log_meeting(NOW, important=True)

    alerts = (await cast.get(COORDINATOR, "/alerts")).json()
    assert [alert["kind"] for alert in alerts] == ["important"]


@pytest.mark.parametrize(
    "next_at", [NOW + 731 * DAY, "9999-12-20T17:00Z", "9999-12-31T23:30-10:00"]
)
async def test_the_next_meeting_is_planned_within_two_years(cast, announced, next_at):
    await cast.active(announced)

    refused = await cast.log_meeting(NOW, next_at=str(next_at))

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "next_at"
    assert (await cast.get(MENTOR, f"/pairs/{PAIR}/meetings")).json() == []


@pytest.mark.parametrize("at", [T0 + 731 * DAY, "9999-12-31T23:30:00Z", "9999-12-31T23:30-10:00"])
async def test_a_first_meeting_is_planned_within_two_years(cast, at):
    await cast.cleared()
    wish = {"at": str(at), "modality": "association"}

    refused = await cast.post(COORDINATOR, f"/pairs/{PAIR}/first-meeting", wish)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "at"


async def test_a_low_mood_is_looked_at(cast, announced):
    await cast.active(announced)
    body = {"side": "mentee", "mood": 1, "note": "Veut arrêter"}

    await cast.post(COORDINATOR, f"/pairs/{PAIR}/check-ins", body)

    worried = [each for each in await announced() if isinstance(each, AlertRaised)]
    assert [each.kind for each in worried] == [AlertKind.CHECK_IN_WORRY]
    [shown] = (await cast.get(COORDINATOR, f"/pairs/{PAIR}/check-ins")).json()
    assert shown["note"] == "Veut arrêter"
    [alert] = (await cast.get(COORDINATOR, "/alerts")).json()
    assert alert["side"] == "mentee"


async def test_an_alert_is_handled_by_a_coordinator_once(cast, announced):
    await cast.active(announced)
    await cast.log_meeting(NOW, important=True)
    [alert] = (await cast.get(COORDINATOR, "/alerts")).json()
    path = f"/alerts/{alert['id']}/handling"

    by_mentor = await cast.post(MENTOR, path)
    first = await cast.post(COORDINATOR, path)
    second = await cast.post(COORDINATOR, path)

    assert [by_mentor.status_code, first.status_code, second.status_code] == [403, 204, 409]
    assert (await cast.get(COORDINATOR, "/alerts")).json() == []


async def test_a_goal_is_set_met_and_reached_once(cast, announced):
    await cast.active(announced)
    goal = (await cast.post(MENTEE, f"/pairs/{PAIR}/goals", {"text": "Refaire mon CV"})).json()
    await cast.log_meeting(NOW, goals=[goal["id"]])
    path = f"/goals/{goal['id']}/achievement"

    first = await cast.post(MENTOR, path)
    again = await cast.post(MENTOR, path)

    assert [first.status_code, again.status_code] == [204, 409]
    [shown] = (await cast.get(MENTOR, f"/pairs/{PAIR}/goals")).json()
    assert shown["text"] == "Refaire mon CV"
    assert shown["achieved_at"]


async def test_a_contact_told_twice_is_one(cast, announced):
    await cast.active(announced)
    body = {"at": NOW.isoformat(), "kind": "call"}

    answers = [await cast.post(MENTOR, f"/pairs/{PAIR}/contacts", body) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert len((await cast.get(MENTOR, f"/pairs/{PAIR}/contacts")).json()) == 1


async def test_somebody_who_did_not_come_is_said_and_it_is_planned_again(cast, announced):
    await cast.planned()
    cast.clock.at = T0 + 4 * DAY
    path = f"/pairs/{PAIR}/first-meeting"

    missed = await cast.post(COORDINATOR, f"{path}/attendance", {"held": False, "absent": "mentor"})
    status = await cast.status()
    again = {"at": (T0 + 6 * DAY).isoformat(), "modality": "remote"}
    planned = await cast.post(COORDINATOR, path, again)

    assert missed.status_code == 200
    assert status == "no_show"
    assert planned.status_code == 204
    assert [each.absent for each in await announced() if isinstance(each, FirstMeetingMissed)] == [
        "mentor"
    ]
    assert await cast.status() == "first_meeting_planned"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"held_at": (NOW + DAY).isoformat()}, "held_at"),
        ({"held_at": (T0 - DAY).isoformat()}, "held_at"),
        ({"held_at": "2026-13-45T00:00:00Z"}, "held_at"),
        ({"held_at": "2026-09-02T10:00:00"}, "held_at"),
        ({"held_at": NOW.isoformat(), "minutes": 0}, "minutes"),
        ({"held_at": NOW.isoformat(), "minutes": True}, "minutes"),
        ({"held_at": NOW.isoformat(), "modality": "moon"}, "modality"),
        ({"held_at": NOW.isoformat(), "word": "a\0b"}, "word"),
        ({"held_at": NOW.isoformat(), "word": "x" * 2001}, "word"),
        ({"held_at": NOW.isoformat(), "next_at": T0.isoformat()}, "next_at"),
        ({"held_at": NOW.isoformat(), "secret": "x"}, "…"),
    ],
)
async def test_a_meeting_that_cannot_be_is_refused_and_nothing_is_kept(
    cast, announced, engine, body, field
):
    await cast.active(announced)
    whole = {"minutes": 60, "modality": "association"} | body

    refused = await cast.post(MENTOR, f"/pairs/{PAIR}/meetings", whole)

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    async with engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(tables.meetings)) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"at": (T0 - DAY).isoformat(), "modality": "remote"}, 422),
        ({"at": (T0 + DAY).isoformat(), "modality": "home"}, 422),
        ({"at": (T0 + DAY).isoformat()}, 422),
    ],
)
async def test_a_first_meeting_that_cannot_be_is_refused(cast, body, status):
    await cast.cleared()

    refused = await cast.post(COORDINATOR, f"/pairs/{PAIR}/first-meeting", body)

    assert refused.status_code == status
    assert await cast.status() == "cleared"


async def test_a_goal_of_another_pair_is_unknown(cast, announced):
    await cast.active(announced)

    refused = await cast.log_meeting(NOW, goals=[str(uuid4())])

    assert refused.status_code == 404


async def test_what_does_not_exist_is_said_so(cast):
    await cast.cleared()
    nowhere = uuid4()

    assert (await cast.get(COORDINATOR, f"/pairs/{nowhere}")).status_code == 404
    assert (await cast.get(COORDINATOR, f"/agreements/{nowhere}")).status_code == 404
    assert (await cast.post(COORDINATOR, f"/alerts/{nowhere}/handling")).status_code == 404
    assert (await cast.post(COORDINATOR, f"/goals/{nowhere}/achievement")).status_code == 404


async def test_a_pair_pauses_and_goes_on(cast, announced):
    await cast.active(announced)

    paused = await cast.post(COORDINATOR, f"/pairs/{PAIR}/pause")
    between = await cast.status()
    resumed = await cast.post(COORDINATOR, f"/pairs/{PAIR}/resumption")
    too_late = await cast.post(COORDINATOR, f"/pairs/{PAIR}/resumption")

    assert [paused.status_code, resumed.status_code, too_late.status_code] == [204, 204, 409]
    assert between == "paused"
    assert await cast.status() == "active"
