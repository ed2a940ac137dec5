"""Is it alive, is it well, can it answer, how is it doing: four pages for machines."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from common import metrics, quarantine
from common.access import public
from common.outbox import events
from common.work import NO_WORK, Backlog

log = structlog.get_logger()

# Raise, or say False, when the thing that is needed is not there.
Check = Callable[[], Awaitable[object]]
CHECK_SECONDS = 3.0
BEAT_SECONDS = 0.5
DEAD_AFTER_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Depths:
    """What lies before a service: to be published, to be heard, to be looked at by a person."""

    outbox: int = 0
    outbox_age_seconds: float = 0.0
    pending: int = 0
    quarantine: int = 0
    work: Backlog = NO_WORK


class Heart:
    """Beats as long as the event loop turns."""

    def __init__(self) -> None:
        self.beaten_at = time.monotonic()

    @property
    def silence(self) -> float:
        """Say for how many seconds it has not beaten."""
        return time.monotonic() - self.beaten_at

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            metrics.LOOP_LAG_SECONDS.set(max(0.0, self.silence - BEAT_SECONDS))
            self.beaten_at = time.monotonic()


@dataclass(frozen=True, kw_only=True)
class Vitals:
    """What is asked of one service to know how it is; on `app.state.vitals`."""

    checks: Mapping[str, Check]
    depths: Callable[[], Awaitable[Depths]]
    heart: Heart = field(default_factory=Heart)


def database_answers(engine: AsyncEngine) -> Check:
    """Make the check that the database takes a query."""

    async def check() -> None:
        async with engine.connect() as connection:
            await connection.execute(text("select 1"))

    return check


def depths_of(
    engine: AsyncEngine,
    pending: Callable[[], Awaitable[int]],
    backlog: Callable[[], Awaitable[Backlog]],
) -> Callable[[], Awaitable[Depths]]:
    """Make the count of what lies before a service."""
    promised = select(
        func.count(), func.extract("epoch", func.now() - func.min(events.c.written_at))
    ).where(events.c.published_at.is_(None))

    async def count() -> Depths:
        # The broker first: what it hands over meanwhile is then counted twice, and never missed.
        waiting = await pending()
        async with engine.connect() as connection:
            depth, age = (await connection.execute(promised)).one()
            aside = await quarantine.depth(connection)
        return Depths(
            outbox=depth,
            outbox_age_seconds=float(age or 0),
            pending=waiting,
            quarantine=aside,
            work=await backlog(),
        )

    return count


async def passes(name: str, check: Check) -> bool:
    """Try one check, and wait no longer for it than who asks waits for us."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check() is not False
    except Exception:
        log.warning("check_failed", check=name, exc_info=True)
        return False


async def live(request: Request) -> Response:
    vitals: Vitals = request.app.state.vitals
    alive = vitals.heart.silence < DEAD_AFTER_SECONDS
    return JSONResponse({"alive": alive}, 200 if alive else 503)


async def ready(request: Request) -> Response:
    """Ask everything at once; each check says yes or no, and the log says why."""
    vitals: Vitals = request.app.state.vitals
    return await _asked(vitals.checks)


async def answering(request: Request) -> Response:
    """Ask what a command needs: events wait in the database for as long as NATS is away."""
    vitals: Vitals = request.app.state.vitals
    return await _asked({"database": vitals.checks["database"]})


async def _asked(checks: Mapping[str, Check]) -> Response:
    answers = await asyncio.gather(*(passes(*each) for each in checks.items()))
    body = {"ready": all(answers), "checks": dict(zip(checks, answers, strict=True))}
    return JSONResponse(body, 200 if all(answers) else 503)


async def measure(request: Request) -> Response:
    """Tell the metrics; what cannot be counted just now keeps its last value."""
    vitals: Vitals = request.app.state.vitals
    try:
        show(await vitals.depths())
    except Exception:
        log.warning("depths_unknown", exc_info=True)
    return Response(metrics.exposition(), media_type=CONTENT_TYPE_LATEST)


def show(depths: Depths) -> None:
    metrics.OUTBOX_DEPTH.set(depths.outbox)
    metrics.OUTBOX_AGE_SECONDS.set(depths.outbox_age_seconds)
    metrics.CONSUMER_PENDING.set(depths.pending)
    metrics.QUARANTINE_DEPTH.set(depths.quarantine)
    metrics.WORK_PIECES.set(depths.work.pieces)
    metrics.WORK_AGE_SECONDS.set(depths.work.age_seconds)


router = APIRouter(include_in_schema=False)
router.add_api_route("/livez", live, dependencies=[public("health.live")])
router.add_api_route("/readyz", ready, dependencies=[public("health.ready")])
router.add_api_route("/readyz/database", answering, dependencies=[public("health.answering")])
router.add_api_route("/metrics", measure, dependencies=[public("health.metrics")])
