"""After NATS lost its disk: `python -m local.recover` puts back everything that it held.

The streams are declared, then come the keys of people, then the events, service by service,
from the tables in which each keeps what it said. The platform goes on meanwhile; to do it twice
changes nothing. In production the same commands are run in the same order: `docs/running.md`.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from urllib.request import urlopen

from common.backup import HOME_OF_KEYS
from common.broker import connect
from common.server import OPERATOR
from common.simulation import ClockBucket
from local.arguments import main_of, read
from local.platform import Platform

# What asking them takes; a clock is never put back, so it is put a little further.
BEHIND = timedelta(seconds=2)


def recover() -> None:
    told = read(__doc__)
    for line in recovered(Platform.found_in(told.home), told.services):
        sys.stdout.write(f"ok   {line}\n")


def recovered(platform: Platform, services: list[str] | None = None) -> list[str]:
    """Put back what NATS lost; tell what was done, line by line."""
    platform.declare()
    done = ["streams, buckets and consumers are declared"]
    done += as_operator(platform, HOME_OF_KEYS, "common.keys", "refill")
    for service in services or platform.services:
        done += as_operator(platform, service, "common.refill", service)
    return done + put_clock(platform)


def as_operator(platform: Platform, service: str, *command: str) -> list[str]:
    """Run a command on the database of a service, with the operator's rights on NATS."""
    environment = platform.environment_of(service) | {
        "NATS_URL": platform.surroundings.nats_url(OPERATOR)
    }
    return platform.run(*command, environment=environment).splitlines()


def put_clock(platform: Platform) -> list[str]:
    """Put the simulated clock where the services that still run know it to be."""
    asked = [time_at(platform.url(name)) for name in platform.services]
    told = [now for now in asked if now]
    url = platform.surroundings.nats_url(OPERATOR)
    moved = asyncio.run(put_forward(url, max(told))) if told else False
    return ["the clock is put again to where the services were"] if moved else []


async def put_forward(url: str, told: datetime) -> bool:
    connection = await connect(url, OPERATOR)
    try:
        bucket = ClockBucket(connection)
        behind = told - datetime.now(UTC) - await bucket.read()
        if behind > BEHIND:
            await bucket.put(told + BEHIND)
        return behind > BEHIND
    finally:
        await connection.close()


def time_at(url: str) -> datetime | None:
    try:
        with urlopen(f"{url}/clock", timeout=5) as answer:  # noqa: S310 -- our own address
            return datetime.fromisoformat(json.load(answer)["now"])
    except (OSError, HTTPException):
        return None


if __name__ == "__main__":
    main_of(recover)
