"""Assemble a service from its doors: the only place where parts meet."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from common import database, health, metrics
from common.access import check_actions
from common.broker import Connection, assert_durable, connect, publish_batch
from common.clock import Clock, Schedule, Ticker, clock_routes
from common.crash import arm
from common.events import Edge, EventRouter
from common.keys import KeyBucket, publish_keys, vault_at_home, vault_elsewhere
from common.limits import Limits
from common.listening import Listening
from common.logs import write_json
from common.migrate import assert_at_head
from common.problems import render_problems
from common.relay import Relay
from common.seal import KeyRing
from common.server import USERS
from common.settings import Mode, Settings
from common.tokens import Tokens
from common.tracing import TRACING
from common.vault import with_vault

log = structlog.get_logger()


def create_service(
    name: str,
    settings: Settings,
    *,
    api: APIRouter,
    events: EventRouter,
    schedule: Schedule | None = None,
) -> FastAPI:
    """Build one service: HTTP in, events in, the clock in, and a relay for events out."""
    app = FastAPI(title=name, lifespan=partial(_alive, name=name, events=events))
    app.state.settings = settings
    app.state.engine = database.connect(str(settings.database_url))
    app.state.clock = Clock()
    app.state.schedule = schedule or Schedule()
    app.state.tokens = Tokens(settings.token_keys)
    app.include_router(health.router)
    if settings.mode is Mode.LOCAL:
        app.include_router(clock_routes)
    app.include_router(api)
    app.add_middleware(Limits)
    render_problems(app)
    check_actions(app)
    return app


@asynccontextmanager
async def _alive(app: FastAPI, *, name: str, events: EventRouter) -> AsyncIterator[None]:
    """Open the doors of a service, and close them in the other order."""
    settings: Settings = app.state.settings
    write_json(settings.log_level)
    arm(settings)
    TRACING.report(name, str(settings.otlp_endpoint) if settings.otlp_endpoint else None)
    await assert_durable(str(settings.nats_monitoring_url))
    await assert_at_head(app.state.engine, name)
    async with AsyncExitStack() as leaving:
        leaving.callback(TRACING.close)
        leaving.push_async_callback(app.state.engine.dispose)
        connection = await connect(str(settings.nats_url), name)
        leaving.push_async_callback(connection.close)
        relay = _with_keys(app, name, connection)
        listening = Listening(connection, name, Edge(events, app.state.engine))
        ticker = Ticker(app.state.engine, app.state.schedule, app.state.clock)
        app.state.connection, app.state.listening, app.state.ticker = connection, listening, ticker
        running = [_lasting(work) for work in (relay.run(), listening.run(), ticker.run(connection))]
        leaving.push_async_callback(_end, running)
        log.info("service_started", service=name, port=settings.http_port)
        yield
        log.info("service_stopping", service=name)


def _with_keys(app: FastAPI, name: str, connection: Connection) -> Relay:
    """Give the service the keys of people as far as it may have them, and its relay."""
    engine: AsyncEngine = app.state.engine
    rights = USERS[name].keys
    prepare = None
    if rights != "none":
        ring = KeyRing.parse(app.state.settings.key_encryption_key.get_secret_value())
        bucket = KeyBucket(connection)
        at_home = rights == "write"
        vault = vault_at_home(ring) if at_home else vault_elsewhere(ring, bucket)
        app.state.engine = with_vault(engine, vault)
        # A key is in the bucket before anybody hears of the person.
        prepare = partial(publish_keys, engine, bucket) if at_home else None
    return Relay(app.state.engine, partial(publish_batch, connection), prepare)


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
    await asyncio.gather(*running, return_exceptions=True)
