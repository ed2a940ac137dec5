"""Months that pass in seconds: one simulated clock for all services, in local mode alone.

The bucket holds where the clock was put and when, both as instants: so every service, and one
that starts later, is the same time ahead, and all tick together to the microsecond.
"""

import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Request
from nats.aio.client import Client
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue
from pydantic import AwareDatetime, BaseModel, NatsDsn
from pydantic_settings import BaseSettings

from common.broker import connect
from common.clock import Clock, Ticker
from common.contracts.vocabulary import Role
from common.errors import Invalid
from common.health import Depths, Vitals
from common.http import Model, Tx, may, public, routes
from common.settings import Mode, Settings, load
from common.work import Worker

log = structlog.get_logger()

BUCKET, KEY = "clock", "now"
LOOK_AGAIN_SECONDS = 1.0
PATIENCE_SECONDS = 5.0
SILENT_SECONDS = 30.0
SILENCE = object()
FURTHEST = timedelta(days=366 * 20)
SPAN = re.compile(r"(\d{1,5})([smhdw])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class NotForward(Invalid):
    """The clock goes forward only, and by twenty years at most."""

    fr = "L'horloge n'avance que vers le futur, et de vingt ans au plus."


class Moved(BaseModel):
    """Where the clock was put, and at which real time: what the bucket holds."""

    now: AwareDatetime
    at: AwareDatetime

    @property
    def ahead(self) -> timedelta:
        return self.now - self.at


class ClockBucket:
    """The one place that says how far ahead the platform is."""

    def __init__(self, connection: Client) -> None:
        self._jetstream = connection.jetstream()

    async def _open(self) -> KeyValue:
        return await self._jetstream.key_value(BUCKET)

    async def read(self) -> timedelta:
        """Say how far ahead of real time the platform is."""
        try:
            return ahead(await (await self._open()).get(KEY))
        except KeyNotFoundError:
            return timedelta()

    async def put(self, now: datetime) -> None:
        moved = Moved(now=now, at=datetime.now(UTC))
        await (await self._open()).put(KEY, moved.model_dump_json().encode())

    async def follow(self, clock: Clock) -> None:
        """Move the clock of this service whenever the bucket says so, as long as it lives."""
        async with asyncio.TaskGroup() as both:
            both.create_task(for_ever(partial(self._listen, clock)))
            both.create_task(for_ever(partial(self._look, clock)))

    async def _look(self, clock: Clock) -> None:
        """Read what the bucket says: a watcher that lost its server hears nothing and is silent."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            clock.move(await self.read())

    async def _listen(self, clock: Clock) -> None:
        """Hear of a move at once, from a watcher that is renewed when it has long been silent."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            watcher = await (await self._open()).watch(KEY)
        try:
            while (entry := await next_of(watcher)) is not SILENCE:
                if isinstance(entry, KeyValue.Entry):
                    clock.move(ahead(entry))
        finally:
            # Nothing that goes wrong here may take the place of a cancellation.
            with suppress(Exception):
                await watcher.stop()  # type: ignore[no-untyped-call] # nats-py leaves it bare


async def for_ever(look: Callable[[], Awaitable[None]]) -> None:
    """Do it again and again; what goes wrong is told, and tried again."""
    while True:
        try:
            await look()
        except Exception:
            log.warning("clock_not_followed", exc_info=True)
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def next_of(watcher: KeyValue.KeyWatcher) -> object:
    next_update: Callable[..., Awaitable[object]] = watcher.updates
    try:
        # Not by the watcher's own time-out: before Python 3.12 it may swallow a cancellation.
        async with asyncio.timeout(SILENT_SECONDS):
            return await next_update(timeout=None)
    except TimeoutError:
        return SILENCE


def ahead(entry: KeyValue.Entry) -> timedelta:
    return Moved.model_validate_json(entry.value or b"").ahead


def refuse_simulation(settings: Settings) -> None:
    """Outside local mode nobody may move the clock; who asks for it by accident is told."""
    if settings.mode is not Mode.LOCAL:
        raise RuntimeError("the clock may be moved with MODE=local alone")


class ClockState(BaseModel):
    """What time it is here, and whether all that was due by now is done.

    Whoever asks several services asks twice: where all are settled both times, and none heard or
    said anything in between, nothing was on its way from one to another. (F. Mattern, "Algorithms
    for distributed termination detection", 1987: the four-counter method.) Replicas of a service
    count together, as another of them may be asked the second time.
    """

    now: AwareDatetime
    settled: bool
    changes: int
    pending: int
    outbox: int


class ClockMove(Model):
    """When it shall be."""

    now: AwareDatetime


def clock_routes(settings: Settings) -> APIRouter:
    """Make the two routes by which a demo and the tests move time."""
    refuse_simulation(settings)
    router = routes()
    router.add_api_route("/clock", tell_clock, dependencies=[public("clock.read")])
    router.add_api_route(
        "/clock",
        move_clock,
        methods=["POST"],
        status_code=202,
        dependencies=[may("clock.move", Role.COLLECTIVE, Role.ADMIN)],
    )
    return router


async def tell_clock(request: Request) -> ClockState:
    """Tell the time, and whether this service is at rest."""
    clock: Clock = request.app.state.clock
    ticker: Ticker = request.app.state.ticker
    vitals: Vitals = request.app.state.vitals
    # First the schedule, then what it may have stirred: the other way round would miss it.
    worker: Worker = request.app.state.worker
    settled = ticker.settled and worker.settled
    depths: Depths = await vitals.depths()
    at_rest = settled and depths.pending == 0 and depths.outbox == 0
    return ClockState(
        now=clock.now(),
        changes=depths.passed,
        settled=at_rest and ticker.settled and worker.settled,
        pending=depths.pending,
        outbox=depths.outbox,
    )


async def move_clock(move: ClockMove, request: Request, tx: Tx) -> None:  # noqa: ARG001 - its key
    """Move the platform's clock forward; every service follows within moments."""
    clock: Clock = request.app.state.clock
    if not clock.now() < move.now < clock.now() + FURTHEST:
        raise NotForward("now")
    bucket: ClockBucket = request.app.state.clock_bucket
    await bucket.put(move.now)


class ClockSettings(BaseSettings):
    """What the command needs to know."""

    mode: Mode
    nats_url: NatsDsn


def span(text: str) -> timedelta:
    found = SPAN.fullmatch(text)
    if found is None:
        raise SystemExit("say how far: 90s, 15m, 6h, 7d or 4w")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


async def command(words: list[str], url: str) -> datetime:
    """Show the platform's time, or move it, and return it."""
    connection = await connect(url, urlsplit(url).username or "operator")
    try:
        bucket = ClockBucket(connection)
        now = datetime.now(UTC) + await bucket.read()
        if words[0] == "advance":
            now += span(words[1])
            await bucket.put(now)
    finally:
        await connection.close()
    return now


def main() -> None:
    """Run `show` or `advance <span>`."""
    words = sys.argv[1:]
    if words[:1] not in (["show"], ["advance"]) or len(words) != {"show": 1}.get(words[0], 2):
        raise SystemExit("usage: python -m common.clock show | advance 7d")
    settings = load(ClockSettings)
    if settings.mode is not Mode.LOCAL:
        raise SystemExit("The clock may be moved with MODE=local alone.")
    now = asyncio.run(command(words, str(settings.nats_url)))
    sys.stdout.write(json.dumps({"now": now.isoformat()}) + "\n")
