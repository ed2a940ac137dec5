"""Play September, and tell what it cost: how fast, how late, how much memory and how much disk."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import httpx

from benchmarks.september import month, told
from benchmarks.september.hops import passages
from benchmarks.september.month import Script
from benchmarks.september.pace import Stopwatch
from benchmarks.september.season import Season, Stored
from benchmarks.september.watch import Watch, events_stream
from benchmarks.table import Line
from demo.actors import Platform as Doors
from demo.world import AT_ONCE
from local.platform import Platform
from local.ports import SERVICES, Ports
from tests.faults.audit import audit, rows
from tests.faults.ledger import Ledger
from tests.servers import open_folder
from tests.waiting import beside

USUAL = Script()
PICTURE = Path("september.svg")
TIMEOUT_SECONDS = 120
TRIES = 10
# What was done at an hour of the season is due after whole days, again at that hour.
QUIET_HOUR = timedelta(hours=4)
# All who fill in the public form do so from one address here.
ENOUGH_FORMS = "1000000"
SIZE = "select pg_database_size(current_database())"
SESSIONS = "select count(*) from pg_stat_activity where datname = current_database()"


async def september(script: Script = USUAL, picture: Path = PICTURE) -> list[Line]:
    """Play it on a platform of its own, draw it, and make sure that the work was right."""
    load_code()
    with open_folder() as folder:
        platform = Platform(folder, Ports.free())
        platform.service("intake").environment["PUBLIC_FORMS_A_MINUTE"] = ENOUGH_FORMS
        with platform:
            since = datetime.now(UTC)
            season = await played(platform, script)
            passed = await passages(platform, since)
            keep(picture, told.drawn(season, passed))
            await check(platform, month.ledger_of(season.world))
    return told.lines(season, passed)


async def check(platform: Platform, ledger: Ledger) -> None:
    """Audit what is there while nothing is announced: the clock goes on, and things become due."""
    async with doors_of(platform) as doors:
        await doors.advance(QUIET_HOUR, patience=month.PATIENCE_SECONDS)
        for _ in range(TRIES):
            await doors.settle(patience=month.PATIENCE_SECONDS)
            before = await stored(platform)
            found = await audit(platform, ledger)
            if (await stored(platform)).stream_messages == before.stream_messages:
                break
    assert not found.all, found.all[:20]


def load_code() -> None:
    """Load now what the audit asks for: the code may be another one when a long season ends."""
    for name in SERVICES:
        import_module(f"{name}.consumers")


def keep(picture: Path, drawn: str) -> None:
    picture.write_text(drawn, encoding="utf-8")
    sys.stderr.write(f"september: drawn in {picture}\n")


async def played(platform: Platform, script: Script) -> Season:
    watch = Watch(platform)
    async with doors_of(platform) as doors, beside(watch.run()):
        world = await month.prepare(doors, script)
        before = await stored(platform)
        async for moment in month.live(world):
            sys.stderr.write(f"september: week {moment.week + 1}, {dict(world.deeds)}\n")
        assert isinstance(doors.http, Stopwatch)
        return Season(
            script=script,
            world=world,
            answers=doors.http.answers,
            samples=watch.samples,
            before=before,
            after=await stored(platform),
            sessions=await counted(platform, SESSIONS),
        )


@asynccontextmanager
async def doors_of(platform: Platform) -> AsyncIterator[Doors]:
    urls = {name: platform.url(name) for name in SERVICES}
    async with Stopwatch(urls, at_once=AT_ONCE, timeout=TIMEOUT_SECONDS) as http:
        yield Doors(http, urls, platform.secrets.token_signing_key)


async def stored(platform: Platform) -> Stored:
    async with httpx.AsyncClient(base_url=platform.nats.monitoring_url) as http:
        stream = await events_stream(http)
    return Stored(
        databases=await counted(platform, SIZE),
        stream_bytes=stream["state"]["bytes"],
        stream_messages=stream["state"]["messages"],
    )


async def counted(platform: Platform, query: str) -> dict[str, int]:
    answers = await asyncio.gather(*(rows(platform, name, query) for name in SERVICES))
    return {name: int(told[0][0]) for name, told in zip(SERVICES, answers, strict=True)}
