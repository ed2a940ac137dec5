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

from common import metrics, outbox
from common.access import public
from common.direct import Direct
from common.listening import Waiting
from common.measures import Look

log = structlog.get_logger()

_every = outbox.events.alias()
# How much is promised and not yet said, and how far everything that was promised goes.
SAID = select(
    func.count(), select(func.coalesce(func.max(_every.c.position), 0)).scalar_subquery()
).where(outbox.events.c.published_at.is_(None))

# Raise, or say False, when the thing that is needed is not there.
Check = Callable[[], Awaitable[object]]
CHECK_SECONDS = 3.0
BEAT_SECONDS = 0.5
DEAD_AFTER_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Depths:
    """What lies before a service: to be published, and to be heard."""

    outbox: int = 0
    pending: int = 0
    # Grows with all that was heard and said, by whichever replica.
    passed: int = 0


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
    looks: Mapping[str, Look] = field(default_factory=dict)
    heart: Heart = field(default_factory=Heart)


def database_answers(engine: AsyncEngine) -> Check:
    """Make the check that the database takes a query."""

    async def check() -> None:
        async with Direct(engine) as connection:
            await connection.execute(text("select 1"))

    return check


def depths_of(
    engine: AsyncEngine, waiting: Callable[[], Awaitable[Waiting]]
) -> Callable[[], Awaitable[Depths]]:
    """Make the count of what lies before a service."""

    async def count() -> Depths:
        # The broker first: what it hands over meanwhile is then counted twice, and never missed.
        before = await waiting()
        async with Direct(engine) as connection:
            promised, said = (await connection.execute(SAID)).one()
        return Depths(outbox=promised, pending=before.messages, passed=before.floor + said)

    return count


async def passes(name: str, check: Check | Look) -> bool:
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
    return told(await checked(request.app.state.vitals))


async def checked(vitals: Vitals) -> dict[str, bool]:
    """Ask everything at once; each check says yes or no, and the log says why."""
    return await asked(vitals.checks)


async def answering(request: Request) -> Response:
    """Ask what a command needs: events wait in the database for as long as NATS is away."""
    vitals: Vitals = request.app.state.vitals
    return told(await asked({"database": vitals.checks["database"]}))


def told(checks: Mapping[str, bool]) -> Response:
    well = all(checks.values())
    return JSONResponse({"ready": well, "checks": dict(checks)}, 200 if well else 503)


async def asked(checks: Mapping[str, Check]) -> dict[str, bool]:
    answers = await asyncio.gather(*(passes(*each) for each in checks.items()))
    return dict(zip(checks, answers, strict=True))


async def measure(request: Request) -> Response:
    """Tell the metrics; what cannot be counted just now keeps its last value."""
    vitals: Vitals = request.app.state.vitals
    looks = (passes(*each) for each in vitals.looks.items())
    checks, _ = await asyncio.gather(checked(vitals), asyncio.gather(*looks))
    for name, well in checks.items():
        metrics.CHECK_PASSES.labels(name).set(well)
    return Response(metrics.exposition(), media_type=CONTENT_TYPE_LATEST)


router = APIRouter(include_in_schema=False)
router.add_api_route("/livez", live, dependencies=[public("health.live")])
router.add_api_route("/readyz", ready, dependencies=[public("health.ready")])
router.add_api_route("/readyz/database", answering, dependencies=[public("health.answering")])
router.add_api_route("/metrics", measure, dependencies=[public("health.metrics")])
