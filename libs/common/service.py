"""Assemble a service from its doors: the only place where parts meet."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from threading import Thread
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from common import database
from common.access import check_actions
from common.broker import Connection, assert_durable, connect, publish_batch
from common.clock import Clock, Schedule, Ticker
from common.crash import arm
from common.events import Edge, EventRouter
from common.health import Check, Vitals, database_answers, depths_of
from common.http import create_http
from common.idempotency import forget_old_keys
from common.inbox import forget_old_messages
from common.key_bucket import KeyBucket
from common.keys import publish_keys, with_keys
from common.listening import Listening
from common.logs import write_json
from common.measures import looks_of, no_figures
from common.migrate import assert_served
from common.outbox import forget_old_events
from common.relay import Relay
from common.rights import assert_own_rights, assert_plain_role
from common.server import USERS
from common.settings import Mode, Settings
from common.simulation import ClockBucket, clock_routes
from common.tokens import Tokens
from common.tracing import TRACING
from common.work import IDLE, Worker

log = structlog.get_logger()

PATIENCE_SECONDS = 3.0

HOUSEKEEPING = Schedule()
for forget in (forget_old_keys, forget_old_events, forget_old_messages):
    HOUSEKEEPING.every(hours=1)(forget)


def create_service(
    name: str,
    settings: Settings,
    *,
    api: Iterable[APIRouter],
    events: EventRouter,
    schedule: Schedule | None = None,
) -> FastAPI:
    """Build one service: HTTP in, events in, the clock in, and a relay for events out.

    One that has long work, figures of its own to count, or something to load before it is first
    asked sets `app.state.work`, `.figures` or `.ahead`.
    """
    app = create_http(name, lifespan=partial(_alive, name=name, events=events))
    app.state.settings = settings
    app.state.engine = database.connect(str(settings.database_url))
    app.state.clock = Clock()
    app.state.schedule = schedule or Schedule()
    app.state.work = IDLE
    app.state.figures = no_figures
    app.state.ahead = None
    app.state.tokens = Tokens(settings.token_keys)
    if settings.mode is Mode.LOCAL:
        app.include_router(clock_routes(settings))
    # Side by side: a router in a router is searched once for each level.
    for router in api:
        app.include_router(router)
    check_actions(app)
    return app


@asynccontextmanager
async def _alive(app: FastAPI, *, name: str, events: EventRouter) -> AsyncIterator[None]:
    """Open the doors of a service, and close them in the other order."""
    settings: Settings = app.state.settings
    write_json(settings.log_level, name)
    arm(settings)
    TRACING.report(name, str(settings.otlp_endpoint) if settings.otlp_endpoint else None)
    await assert_durable(str(settings.nats_monitoring_url))
    await assert_served(app.state.engine, name)
    await assert_plain_role(app.state.engine)
    async with AsyncExitStack() as leaving:
        leaving.callback(TRACING.close)
        leaving.push_async_callback(_patiently, app.state.engine.dispose)
        connection = await connect(str(settings.nats_url), name)
        leaving.push_async_callback(_patiently, connection.close)
        await assert_own_rights(connection, name, local=settings.mode is Mode.LOCAL)
        running = [_lasting(work) for work in _doors(app, name, events, connection)]
        leaving.push_async_callback(_end, running)
        _load_beside(app.state.ahead)
        log.info("service_started", service=name, port=settings.http_port)
        yield
        log.info("service_stopping", service=name)


def _doors(
    app: FastAPI, name: str, events: EventRouter, connection: Connection
) -> Iterator[Coroutine[Any, Any, None]]:
    """Make what works beside the requests, for as long as the service lives."""
    state = app.state
    relay = _with_keys(app, name, connection)
    state.connection = connection
    state.ticker = Ticker(state.engine, state.schedule, state.clock)
    state.listening = Listening(connection, name, Edge(events, state.engine, state.clock.stir))
    state.worker = Worker(state.engine, state.work, state.clock)
    state.vitals = _vitals(app, connection, state.listening)
    yield from (relay.run(), state.listening.run(), state.ticker.run(), state.vitals.heart.beat())
    if state.work is not IDLE:
        yield state.worker.run()
    # What is kept for a while is kept in real time, whatever the simulated clock says.
    yield Ticker(state.engine, HOUSEKEEPING, Clock()).run()
    if state.settings.mode is Mode.LOCAL:
        state.clock_bucket = ClockBucket(connection)
        yield state.clock_bucket.follow(state.clock)


def _vitals(app: FastAPI, connection: Connection, listening: Listening) -> Vitals:
    """Say by what one knows that the service is well."""

    async def nats_answers() -> bool:
        return connection.is_connected

    checks: dict[str, Check] = {
        "database": database_answers(app.state.engine),
        "nats": nats_answers,
        "consumer": listening.exists,
        "durable": partial(assert_durable, str(app.state.settings.nats_monitoring_url)),
    }
    state = app.state
    looks = looks_of(state.engine, listening, state.worker, state.figures)
    return Vitals(checks=checks, depths=depths_of(state.engine, listening.waiting), looks=looks)


def _with_keys(app: FastAPI, name: str, connection: Connection) -> Relay:
    """Give the service the keys of people as far as it may have them, and its relay."""
    engine: AsyncEngine = app.state.engine
    prepare = None
    if USERS[name].keys != "none":
        secret = app.state.settings.key_encryption_key.get_secret_value()
        app.state.engine = with_keys(engine, connection, name, secret)
    if USERS[name].keys == "write":
        # A key is in the bucket before anybody hears of the person.
        prepare = partial(publish_keys, engine, KeyBucket(connection))
    return Relay(app.state.engine, partial(publish_batch, connection), prepare)


def _load_beside(ahead: Callable[[], None] | None) -> None:
    """Load what is needed later: who asks meanwhile is answered, and no stop waits for it.

    If it fails, Python says so on stderr, and whoever needs it first meets the same fault.
    """
    if ahead:
        Thread(target=ahead, daemon=True).start()


def _lasting(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Run work that should never end; if it does, end the service, to be started anew."""
    task = asyncio.create_task(work)
    task.add_done_callback(_ended)
    return task


def _ended(task: asyncio.Task[None]) -> None:
    if task.cancelled():
        return
    log.critical("service_broken", exc_info=task.exception())
    os.kill(os.getpid(), signal.SIGTERM)


async def _end(running: list[asyncio.Task[None]]) -> None:
    for task in running:
        task.cancel()
    await asyncio.wait(running, timeout=PATIENCE_SECONDS)


async def _patiently(close: Callable[[], Awaitable[None]]) -> None:
    """Say goodbye, but not for ever: the other side may be gone already."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await close()
    except (TimeoutError, OSError):
        log.warning("goodbye_unheard")
