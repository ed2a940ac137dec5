"""One order moves the clock of all services by the same, and only in local mode."""

import asyncio
import json
import subprocess
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from common import database
from common.access import check_actions
from common.caller import Caller, Grant
from common.clock import Clock, Schedule, Ticker
from common.contracts.vocabulary import Role
from common.health import Depths, Vitals
from common.http import create_http
from common.idempotency import idempotency_keys
from common.settings import Mode, Settings
from common.simulation import BUCKET, KEY, ClockBucket, clock_routes, span
from common.tokens import Tokens, issue, new_signing_key, public_jwks
from common.work import IDLE, Worker
from tests.common.conftest import connected
from tests.waiting import PATIENCE_SECONDS, beside, eventually

ROOT = Path(__file__).parents[2]
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)
SIGNING_KEY = new_signing_key("tests")


def ahead(clock):
    return clock.now() - datetime.now(UTC)


async def reached(clock, goal):
    await eventually(lambda: abs(ahead(clock) - goal) < SECOND)


@pytest.fixture
async def buckets(fresh_nats, declared):
    """The clock's bucket as two services see it."""
    async with AsyncExitStack() as stack:
        yield [
            ClockBucket(await stack.enter_async_context(connected(fresh_nats, name)))
            for name in ("intake", "followup")
        ]


@pytest.fixture
async def clocks(buckets):
    clocks = [Clock() for _ in buckets]
    both = zip(buckets, clocks, strict=True)
    async with beside(*(bucket.follow(clock) for bucket, clock in both)):
        yield clocks


async def test_all_services_move_together(buckets, clocks):
    await buckets[0].put(datetime.now(UTC) + WEEK)

    for clock in clocks:
        await reached(clock, WEEK)
    assert abs(clocks[0].now() - clocks[1].now()) < timedelta(milliseconds=50)


async def test_a_service_that_starts_later_is_as_far_ahead(buckets):
    await buckets[0].put(datetime.now(UTC) + WEEK)
    await asyncio.sleep(0.3)
    late = Clock()

    async with beside(buckets[1].follow(late)):
        await reached(late, WEEK)

    assert ahead(late) - await buckets[0].read() < timedelta(milliseconds=50)


async def test_what_is_in_the_bucket_and_makes_no_sense_moves_nothing(declared, buckets, clocks):
    store = await declared.key_value(BUCKET)
    await store.put(KEY, b"tomorrow")
    await asyncio.sleep(0.3)
    assert abs(ahead(clocks[0])) < SECOND

    await buckets[0].put(datetime.now(UTC) + WEEK)

    await reached(clocks[0], WEEK)


async def test_without_an_order_nobody_is_ahead(buckets):
    assert await buckets[0].read() == timedelta()


async def test_clocks_are_followed_again_when_nats_comes_back(fresh_nats, buckets, clocks):
    fresh_nats.stop()
    fresh_nats.start()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                await buckets[0].put(datetime.now(UTC) + WEEK)
                break
            except Exception:  # noqa: BLE001 - it is away, whatever it says
                await asyncio.sleep(0.2)

    await reached(clocks[1], WEEK)


def command(url, *words, mode="local"):
    return subprocess.run(
        [sys.executable, "-m", "common.clock", *words],
        env={"PYTHONPATH": f"{ROOT}/services:{ROOT}/libs", "MODE": mode, "NATS_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


async def test_the_command_moves_the_clock_and_shows_it(fresh_nats, declared, clocks):
    url = fresh_nats.url("operator")

    moved = await asyncio.to_thread(command, url, "advance", "7d")
    shown = await asyncio.to_thread(command, url, "show")

    assert moved.returncode == shown.returncode == 0, moved.stderr
    now = datetime.fromisoformat(json.loads(shown.stdout)["now"])
    assert abs(now - datetime.now(UTC) - WEEK) < 10 * SECOND
    await reached(clocks[0], WEEK)


@pytest.mark.parametrize(
    "words", [[], ["advance"], ["show", "7d"], ["back", "7d"], ["advance", "7"]]
)
def test_a_command_that_is_not_understood_says_how_to_call_it(words):
    done = command("nats://127.0.0.1:9", *words)

    assert done.returncode != 0


def test_in_production_the_command_refuses():
    done = command("nats://127.0.0.1:9", "advance", "7d", mode="production")

    assert done.returncode != 0
    assert "MODE=local alone" in done.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("90s", SECOND * 90),
        ("15m", SECOND * 900),
        ("6h", SECOND * 21600),
        ("7d", WEEK),
        ("1w", WEEK),
    ],
)
def test_spans_are_read(text, told):
    assert span(text) == told


def settings(mode):
    return Settings.model_construct(mode=mode)


def test_in_production_there_is_no_route_to_move_the_clock():
    with pytest.raises(RuntimeError, match="MODE=local"):
        clock_routes(settings(Mode.PRODUCTION))


@pytest.fixture
async def app(postgres, buckets, clocks):
    engine = database.connect(postgres.url("postgres", "postgres"))
    async with engine.begin() as tx:
        await tx.run_sync(idempotency_keys.create, checkfirst=True)
    app = create_http("clock")
    state = app.state
    state.engine, state.clock, state.clock_bucket = engine, clocks[0], buckets[0]
    state.tokens = Tokens(public_jwks(SIGNING_KEY))
    state.ticker = Ticker(engine, Schedule(), clocks[0])
    state.worker = Worker(engine, IDLE, clocks[0])
    state.depths = Depths()

    async def depths():
        return state.depths

    state.vitals = Vitals(checks={}, depths=depths)
    app.include_router(clock_routes(settings(Mode.LOCAL)))
    check_actions(app)
    yield app
    await engine.dispose()


@pytest.fixture
async def client(app):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://clock.test") as client:
        yield client


def as_role(role):
    caller = Caller(person_id=UUID(int=1), grants=frozenset({Grant(role)}))
    token = issue(SIGNING_KEY, caller, now=datetime.now(UTC))
    return {"authorization": f"Bearer {token}", "idempotency-key": str(uuid4())}


async def move(client, role, by):
    body = {"now": (datetime.now(UTC) + by).isoformat()}
    return await client.post("/clock", json=body, headers=as_role(role))


async def test_who_looks_after_the_collective_may_move_the_clock(client, clocks):
    answer = await move(client, Role.COLLECTIVE, WEEK)

    assert answer.status_code == 202
    for clock in clocks:
        await reached(clock, WEEK)


@pytest.mark.parametrize(
    ("role", "by", "status"),
    [
        (Role.MENTOR, WEEK, 403),
        (Role.ADMIN, -WEEK, 422),
        (Role.ADMIN, WEEK * 2000, 422),
    ],
)
async def test_others_may_not_and_never_backwards(client, clocks, role, by, status):
    answer = await move(client, role, by)

    assert answer.status_code == status
    assert abs(ahead(clocks[0])) < SECOND


async def test_a_service_is_settled_when_nothing_is_left_to_do(client, app):
    assert (await client.get("/clock")).json()["settled"] is False

    await app.state.ticker.run_due()

    assert (await client.get("/clock")).json()["settled"] is True


@pytest.mark.parametrize("depths", [Depths(pending=1), Depths(outbox=1)])
async def test_a_service_with_work_before_it_is_not_settled(client, app, depths):
    await app.state.ticker.run_due()
    app.state.depths = depths

    answer = (await client.get("/clock")).json()

    assert answer["settled"] is False
    assert (answer["pending"], answer["outbox"]) == (depths.pending, depths.outbox)
