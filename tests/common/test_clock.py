"""Due work is done in batches at its time, by one replica, and at once when the clock is moved."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, delete, func, insert, select

from common.clock import Clock, Schedule, Ticker, Turn
from tests.servers import fresh_tables
from tests.waiting import beside, eventually

HOUR = timedelta(hours=1)
metadata = MetaData()
due = Table("due_work", metadata, Column("id", Integer, primary_key=True))


@pytest.fixture
async def engine(postgres):
    async with fresh_tables(postgres, metadata) as engine:
        yield engine


async def put(engine, many):
    async with engine.begin() as tx:
        await tx.execute(insert(due), [{"id": number} for number in range(many)])


async def left(engine):
    async with engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(due))


class Work:
    """A job that takes two rows at a time, and keeps what it was told and asked."""

    def __init__(self, *, fail_until=0):
        self.times = []
        self.fail_until = fail_until

    async def take_two(self, tx, now):
        self.times.append(now)
        batch = select(due.c.id).order_by(due.c.id).limit(2)
        gone = await tx.execute(delete(due).where(due.c.id.in_(batch)))
        if len(self.times) <= self.fail_until:
            raise RuntimeError("not yet")
        return gone.rowcount


def scheduled(*jobs, **every):
    schedule = Schedule()
    for job in jobs:
        schedule.every(**(every or {"hours": 1}))(job)
    return schedule


async def test_a_job_runs_in_batches_until_nothing_is_due(engine):
    await put(engine, 5)
    work, clock = Work(), Clock()

    await Ticker(engine, scheduled(work.take_two), clock).run_due()

    assert len(work.times) == 4
    assert await left(engine) == 0


async def test_a_job_waits_for_its_period(engine):
    work, clock = Work(), Clock()
    ticker = Ticker(engine, scheduled(work.take_two), clock)

    await ticker.run_due()
    await ticker.run_due()

    assert len(work.times) == 1


async def test_a_moved_clock_runs_every_job_at_the_new_time(engine):
    work, clock = Work(), Clock()
    ticker = Ticker(engine, scheduled(work.take_two), clock)
    await ticker.run_due()

    clock.move(90 * 24 * HOUR)
    assert not ticker.settled
    await ticker.run_due()

    assert ticker.settled
    assert work.times[1] - work.times[0] >= 90 * 24 * HOUR


async def test_a_ticker_wakes_as_soon_as_the_clock_is_moved(engine):
    work, clock = Work(), Clock()
    ticker = Ticker(engine, scheduled(work.take_two), clock)

    async with beside(ticker.run()):
        await eventually(lambda: ticker.settled)
        clock.move(HOUR)
        await eventually(lambda: len(work.times) > 1 and ticker.settled)

    assert work.times[1] - work.times[0] >= HOUR


async def test_a_prompt_job_looks_at_once_at_what_was_heard_and_the_others_wait(engine):
    prompt, patient = Work(), Work()
    schedule = scheduled(prompt.take_two, seconds=2)
    schedule.every(hours=1)(patient.take_two)
    clock = Clock()
    ticker = Ticker(engine, schedule, clock)
    await ticker.run_due()
    before = len(prompt.times), len(patient.times)

    clock.stir()
    at_rest = ticker.settled
    await ticker.run_due()

    assert not at_rest
    assert ticker.settled
    assert (len(prompt.times), len(patient.times)) == (before[0] + 1, before[1])


async def is_any_due(database, _):
    return await database.scalar(select(due.c.id).limit(1)) is not None


def looked_at_first(work):
    schedule = Schedule()
    schedule.promptly(is_any_due)(work.take_two)
    return schedule


async def test_a_job_that_is_looked_at_first_runs_for_as_long_as_the_look_finds_something(engine):
    await put(engine, 3)
    work, clock = Work(), Clock()
    ticker = Ticker(engine, looked_at_first(work), clock)

    await ticker.run_due()
    clock.stir()
    await ticker.run_due()

    assert len(work.times) == 2
    assert await left(engine) == 0
    assert ticker.settled


async def test_a_look_that_fails_is_tried_again_like_its_job(engine):
    async def broken(_database, _now):
        raise RuntimeError

    work, schedule = Work(), Schedule()
    schedule.promptly(broken)(work.take_two)
    ticker = Ticker(engine, schedule, Clock())

    await ticker.run_due()

    assert work.times == []
    assert not ticker.settled


async def test_a_failing_job_stores_nothing_and_the_others_go_on(engine):
    await put(engine, 2)
    failing, other = Work(fail_until=1), []

    async def count(tx, _):
        other.append(await tx.scalar(select(func.count()).select_from(due)))
        return 0

    ticker = Ticker(engine, scheduled(failing.take_two, count), Clock())
    await ticker.run_due()

    assert other == [2]
    assert not ticker.settled


async def test_a_failed_job_is_tried_again_soon(engine):
    await put(engine, 2)
    work = Work(fail_until=1)
    ticker = Ticker(engine, scheduled(work.take_two), Clock())

    async with beside(ticker.run()):
        await eventually(lambda: ticker.settled)

    assert await left(engine) == 0


def test_failures_are_put_off_ever_longer_but_never_beyond_a_minute():
    [job] = scheduled(Work().take_two).jobs
    turn, waits = Turn(job), []
    for _ in range(12):
        before = turn.due_at
        turn.put_off(failed=True)
        waits.append(turn.due_at - before)

    assert turn.failures == 12
    assert waits[2] > 2
    assert max(waits) <= 61


async def test_two_replicas_are_never_at_the_same_job(engine):
    await put(engine, 10)
    at_work, together = [], []

    async def slowly(tx, _):
        at_work.append(1)
        together.append(len(at_work))
        await asyncio.sleep(0.02)
        gone = await tx.execute(
            delete(due).where(due.c.id.in_(select(due.c.id).order_by(due.c.id).limit(5)))
        )
        at_work.pop()
        return gone.rowcount

    tickers = [Ticker(engine, scheduled(slowly), Clock()) for _ in range(3)]
    await asyncio.gather(*(ticker.run_due() for ticker in tickers))

    assert set(together) == {1}
    assert await left(engine) == 0


async def test_a_job_that_finds_work_without_end_is_stopped(engine, monkeypatch):
    monkeypatch.setattr("common.clock.MOST_BATCHES", 5)

    async def endless(_tx, _now):
        return 1

    ticker = Ticker(engine, scheduled(endless), Clock())
    await ticker.run_due()

    assert not ticker.settled


def test_a_job_without_a_period_is_a_mistake():
    with pytest.raises(ValueError, match="period"):
        Schedule().every()


def test_a_clock_tells_real_time_until_it_is_moved():
    clock = Clock()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)

    clock.move(HOUR)

    assert abs(clock.now() - datetime.now(UTC) - HOUR) < timedelta(seconds=1)


@pytest.mark.parametrize("ahead", [HOUR, timedelta(), -HOUR])
def test_a_clock_is_never_put_back(ahead):
    clock = Clock()
    clock.move(HOUR)

    clock.move(ahead)

    assert clock.moves == 1
    assert clock.now() - datetime.now(UTC) > HOUR / 2
