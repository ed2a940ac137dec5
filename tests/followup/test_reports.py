"""Reports of a danger: a second person finds and reads them, and nobody learns of them besides."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from followup.domain.errors import FourEyes, NotOfThisPair
from followup.store.reports import longest_unread
from tests.followup.cast import SECOND_COORDINATOR
from tests.followup.facts import (
    COORDINATOR,
    DAY,
    GUARDIAN,
    MENTEE,
    MENTOR,
    OTHER_ASSOCIATION,
    PAIR,
    T0,
    pair_formed,
)

PATH = f"/pairs/{PAIR}/safeguarding-reports"
OF_THE_MENTEE = {"text": "Il m'a demandé de garder un secret."}
OF_THE_COORDINATOR = {"text": "La famille ne répond plus."}


async def today_of(cast, who, limit=100):
    return (await cast.get(who, f"/today?limit={limit}")).json()


def kinds(items):
    return [item["kind"] for item in items]


async def test_a_report_is_read_by_a_second_person_alone(cast):
    await cast.cleared()
    written = await cast.post(MENTEE, PATH, OF_THE_MENTEE)

    by_first = await cast.get(COORDINATOR, PATH)
    by_second = await cast.get(SECOND_COORDINATOR, PATH)

    assert written.status_code == 201
    assert by_first.json()["type"] == FourEyes.__name__
    [report] = by_second.json()
    assert report["text"] == OF_THE_MENTEE["text"]
    for who in (MENTOR, MENTEE, GUARDIAN):
        assert (await cast.get(who, PATH)).status_code == 403


@pytest.mark.parametrize("who", [MENTOR, MENTEE, GUARDIAN])
async def test_nobody_of_the_pair_reads_a_report_as_a_coordinator(cast, who):
    await cast.cleared()
    await cast.post(MENTEE, PATH, OF_THE_MENTEE)
    cast.roles[who] = "coordinator"

    answer = await cast.get(who, PATH)

    assert answer.json()["type"] == NotOfThisPair.__name__
    assert "report_to_read" not in kinds(await today_of(cast, who))


async def test_only_the_second_person_is_led_to_the_reports(cast):
    await cast.cleared()
    people = (COORDINATOR, SECOND_COORDINATOR, MENTOR, MENTEE, GUARDIAN)

    led = [who for who in people if (await cast.get(who, f"/pairs/{PAIR}")).json()["reads_reports"]]

    assert led == [SECOND_COORDINATOR]


async def test_who_wrote_a_report_still_reads_those_of_others(cast):
    await cast.cleared()
    await cast.post(MENTEE, PATH, OF_THE_MENTEE)
    await cast.post(SECOND_COORDINATOR, PATH, OF_THE_COORDINATOR)

    read = await cast.get(SECOND_COORDINATOR, PATH)

    assert [report["text"] for report in read.json()] == [OF_THE_MENTEE["text"]]


async def test_one_s_own_report_waits_for_somebody_else(cast):
    await cast.cleared()
    await cast.post(SECOND_COORDINATOR, PATH, OF_THE_COORDINATOR)
    await cast.get(SECOND_COORDINATOR, PATH)
    third = UUID(int=7)
    cast.roles[third] = "coordinator"

    assert "report_to_read" in kinds(await today_of(cast, third))
    [report] = (await cast.get(third, PATH)).json()
    assert report["read_at"] is None


@pytest.mark.parametrize("written", [False, True])
async def test_who_may_not_read_learns_nothing_of_whether_there_is_a_report(cast, written):
    await cast.cleared()
    if written:
        await cast.post(MENTEE, PATH, OF_THE_MENTEE)

    by_maker = await cast.get(COORDINATOR, PATH)
    by_stranger = await cast.get(SECOND_COORDINATOR, PATH, association=OTHER_ASSOCIATION)

    assert by_maker.json()["type"] == FourEyes.__name__
    assert by_stranger.json()["type"] == NotOfThisPair.__name__


async def test_a_report_is_told_in_no_event_and_waits_for_the_second_person(cast, announced):
    await cast.cleared()
    before = len(await announced())

    await cast.post(MENTOR, PATH, {"text": "Je suis inquiète."})

    assert len(await announced()) == before
    assert "report_to_read" not in kinds(await today_of(cast, COORDINATOR))
    assert "report_to_read" in kinds(await today_of(cast, SECOND_COORDINATOR))


async def test_a_report_comes_first_however_long_other_things_wait(cast):
    await cast.cleared()
    cast.clock.at = T0 + 20 * DAY
    await cast.post(MENTOR, PATH, OF_THE_MENTEE)
    await cast.post(MENTEE, PATH, OF_THE_MENTEE)

    shown = await today_of(cast, SECOND_COORDINATOR, limit=1)

    assert kinds(shown) == ["report_to_read", "first_meeting_to_plan"]


async def test_what_a_pair_calls_important_comes_before_what_waits_longer(cast, announced):
    await cast.active(announced)
    cast.clock.at = T0 + 60 * DAY
    await cast.log_meeting(T0 + 5 * DAY)
    await cast.log_meeting(cast.clock.at, important=True)

    shown = await today_of(cast, COORDINATOR, limit=1)

    assert kinds(shown) == ["important"]


async def test_pairs_that_need_nothing_hide_none_that_does(cast):
    await cast.planned()
    other = pair_formed(pair_id=UUID(int=32), referral_id=UUID(int=33), occurred_at=T0 + DAY)
    await cast.told(other)

    shown = await today_of(cast, COORDINATOR, limit=1)

    assert [(item["kind"], item["pair_id"]) for item in shown] == [
        ("first_meeting_to_plan", str(UUID(int=32)))
    ]


async def test_an_operator_sees_for_how_long_a_report_has_had_no_reader(cast, engine):
    async def unread():
        async with engine.connect() as database:
            return await longest_unread(database)

    await cast.cleared()
    assert await unread() == 0
    cast.clock.at = datetime.now(UTC) - 3 * DAY
    await cast.post(MENTEE, PATH, OF_THE_MENTEE)

    assert 3 * DAY <= timedelta(seconds=await unread()) < 4 * DAY

    await cast.get(COORDINATOR, PATH)
    assert await unread() > 0
    await cast.get(SECOND_COORDINATOR, PATH)
    assert await unread() == 0
