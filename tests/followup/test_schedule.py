"""The clock in: what falls due is looked at in batches, and never closes a pair by itself."""

from datetime import date
from uuid import uuid4

from sqlalchemy import select, text

from common.contracts.followup.alerts import AlertKind, AlertLevel, AlertRaised
from common.contracts.followup.pairs import PairClosing, PairPaused
from common.database import transaction
from followup.schedule import look_at_due_pairs
from followup.store import tables
from tests.followup.cast import SECOND_COORDINATOR
from tests.followup.facts import COORDINATOR, DAY, MENTOR, PAIR, T0, mentor_approved, pair_formed

NEVER = """
    update pairs set terms = jsonb_set(terms, '{check_ins,then_every_months}', '99999')
    where id = :pair
"""


async def tick(cast, engine, look=look_at_due_pairs):
    """Let the clock look, as it does, until nothing is due."""
    looked = 0
    for _ in range(20):
        async with transaction(engine) as tx:
            done = await look(tx, cast.clock.at)
        looked += done
        if not done:
            return looked
    raise AssertionError


async def raised(announced, kind):
    return [
        each for each in await announced() if isinstance(each, AlertRaised) and each.kind is kind
    ]


async def test_two_missed_months_nudge_then_task_and_a_third_climbs_the_ladder(
    cast, announced, engine
):
    await cast.active(announced)
    levels = []
    for day in (40, 70, 100, 130, 160):
        cast.clock.at = T0 + day * DAY
        await tick(cast, engine)
        found = await raised(announced, AlertKind.MISSED_PERIOD)
        levels.append(found[-1].level if found else None)

    assert levels == [
        AlertLevel.NUDGE,
        AlertLevel.TASK,
        AlertLevel.LADDER,
        AlertLevel.LADDER,
        AlertLevel.LADDER,
    ]
    alerts = (await cast.get(COORDINATOR, "/alerts")).json()
    [missed] = [alert for alert in alerts if alert["kind"] == "missed_period"]
    assert missed["proposed"] == "close"
    assert await cast.status() == "active"
    assert not [each for each in await announced() if isinstance(each, PairClosing | PairPaused)]


async def test_a_second_look_at_the_same_time_finds_nothing(cast, announced, engine):
    await cast.active(announced)
    cast.clock.at = T0 + 100 * DAY
    first = await tick(cast, engine)
    before = len(await announced())

    assert first == 1
    assert await tick(cast, engine) == 0
    assert len(await announced()) == before


async def test_a_leap_of_months_ends_as_many_small_steps_do(cast, announced, engine):
    await cast.active(announced)
    cast.clock.at = T0 + 100 * DAY
    await tick(cast, engine)

    alerts = (await cast.get(COORDINATOR, "/alerts")).json()
    assert {alert["kind"]: alert["level"] for alert in alerts}["missed_period"] == "ladder"


async def test_a_meeting_that_is_logged_puts_the_alerts_away(cast, announced, engine):
    await cast.active(announced)
    cast.clock.at = T0 + 40 * DAY
    await tick(cast, engine)
    before = {alert["kind"] for alert in (await cast.get(COORDINATOR, "/alerts")).json()}

    await cast.log_meeting(T0 + 30 * DAY)

    after = {alert["kind"] for alert in (await cast.get(COORDINATOR, "/alerts")).json()}
    assert "missed_period" in before
    assert "missed_period" not in after


async def test_a_screening_that_runs_out_rests_the_pair_of_a_minor(cast, announced, engine):
    await cast.active(announced)
    await cast.told(mentor_approved(version=9, screened_until=date(2026, 12, 31)))
    cast.clock.at = T0 + 100 * DAY
    await tick(cast, engine)
    notice = await raised(announced, AlertKind.SCREENING_ENDS)
    cast.clock.at = T0 + 125 * DAY

    await tick(cast, engine)

    assert [each.level for each in notice] == [AlertLevel.TASK]
    assert await cast.status() == "paused"
    today = (await cast.get(SECOND_COORDINATOR, "/today")).json()
    assert {"kind": "gates_missing", "detail": ["mentor_screened"]}.items() <= next(
        item for item in today if item["kind"] == "gates_missing"
    ).items()


async def test_the_outcome_is_asked_six_months_after_the_end(cast, announced, engine):
    await cast.active(announced)
    await cast.close()
    await cast.post(COORDINATOR, f"/pairs/{PAIR}/outcomes", {"stage": "exit", "kind": "job"})
    cast.clock.at = T0 + 190 * DAY

    await tick(cast, engine)

    found = await raised(announced, AlertKind.OUTCOME_DUE)
    assert len(found) == 2
    alerts = (await cast.get(COORDINATOR, "/alerts")).json()
    assert [alert["kind"] for alert in alerts] == ["outcome_due"]


async def test_a_mentor_sees_a_nudge_and_no_task(cast, announced, engine):
    await cast.active(announced)
    cast.clock.at = T0 + 40 * DAY
    await tick(cast, engine)

    mine = {item["kind"] for item in (await cast.get(MENTOR, "/today")).json()}
    theirs = {item["kind"] for item in (await cast.get(COORDINATOR, "/today")).json()}

    assert mine == {"missed_period"}
    assert {"missed_period", "check_in_due"} <= theirs


async def test_a_check_in_that_is_due_says_with_whom(cast, announced, engine):
    await cast.active(announced)
    cast.clock.at = T0 + 40 * DAY
    await tick(cast, engine)

    for page in ("/alerts", "/today"):
        items = (await cast.get(COORDINATOR, page)).json()
        shown = [(item["kind"], item["side"]) for item in items]
        assert {side for kind, side in shown if kind == "check_in_due"} == {"mentor", "mentee"}
        assert {side for kind, side in shown if kind != "check_in_due"} == {None}


async def test_what_is_due_is_found_by_an_index(engine, cast):
    await cast.cleared()

    async with engine.connect() as connection:
        [due] = await connection.scalars(select(tables.pairs.c.next_due))

    assert due == T0 + 14 * DAY


async def test_a_pair_that_cannot_be_looked_at_keeps_no_other_from_it(cast, announced, engine):
    await cast.active(announced)
    other = uuid4()
    await cast.told(pair_formed(pair_id=other, referral_id=uuid4(), mentee_id=uuid4()))
    # No door lets such a rule in; whatever it is that fails, it fails alone.
    async with engine.begin() as tx:
        await tx.execute(text(NEVER), {"pair": PAIR})

    cast.clock.at = T0 + 100 * DAY
    await tick(cast, engine)

    late = [each for each in await announced() if isinstance(each, AlertRaised)]
    assert {each.pair_id for each in late if each.due_at > T0 + 5 * DAY} == {other}
    async with engine.connect() as database:
        due = select(tables.pairs.c.next_due).where(tables.pairs.c.id == PAIR)
        assert await database.scalar(due) > cast.clock.at
