"""Real replicas of matching on one database, and a pool large enough to share."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

import httpx
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from common import database
from common.caller import Caller, Grant
from common.contracts.vocabulary import Axis, Role
from common.tokens import issue
from local.platform import Platform
from local.ports import free_ports
from local.process import children_of
from local.service import Service
from matching.store import run_tables, tables
from matching.store.tables import MentorState, ReferralState
from tests.matching.cast import ASSOCIATION, MENTEE_FACETS, MENTOR_FACETS, NOW, policy

PROGRAMMES = [UUID(int=100 + number) for number in range(8)]
STRANDS = [(programme, axis) for programme in PROGRAMMES for axis in Axis]
OF_EACH = 40
RUN_SECONDS = 120.0
COORDINATED = {"association_id": str(ASSOCIATION)}


@dataclass(kw_only=True)
class Replicas:
    """Two replicas that know nothing of each other, and whoever asks them."""

    platform: Platform
    second: Service
    engine: AsyncEngine
    headers: dict[str, str]

    @property
    def first(self) -> Service:
        return self.platform.service("matching")

    @classmethod
    @asynccontextmanager
    async def of(cls, platform: Platform, second: Service) -> AsyncIterator[Self]:
        """Fill the pool, and start the first replica anew if it was killed."""
        engine = database.connect(platform.postgres.url("matching"))
        await fill(engine)
        first = platform.service("matching")
        if not first.is_running:
            first.start()
        yield cls(
            platform=platform,
            second=second,
            engine=engine,
            headers=signed_in(platform.secrets.token_signing_key),
        )
        for each in (first, second):
            each.thaw()
        await engine.dispose()

    @property
    def somebody(self) -> UUID:
        return UUID(int=10_000)

    async def ask(self, service: Service | None = None) -> str:
        """Ask a replica for a run over everybody."""
        key = {"Idempotency-Key": str(uuid4())}
        async with httpx.AsyncClient(timeout=30) as http:
            answer = await http.post(
                f"{(service or self.second).url}/runs", json=COORDINATED, headers=self.headers | key
            )
        assert answer.status_code == 201, answer.text
        run_id: str = answer.json()["id"]
        return run_id

    async def get(self, path: str) -> httpx.Response:
        async with httpx.AsyncClient(timeout=30) as http:
            return await http.get(f"{self.second.url}{path}", headers=self.headers)

    async def answered_in(self, path: str, times: int) -> list[float]:
        """Ask so many times, and tell how many seconds each answer took."""
        took = []
        for _ in range(times):
            began = time.perf_counter()
            answer = await self.get(path)
            took.append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.text
        return took

    async def gauge(self, name: str) -> float:
        told = (await self.get("/metrics")).text
        [line] = [each for each in told.splitlines() if each.startswith(f"{name} ")]
        return float(line.split()[1])

    def computers_of(self, service: Service) -> list[Path]:
        """Find the processes that a replica started."""
        return [Path(f"/proc/{each}") for each in children_of(service.pid or 0)]

    async def shards(self, run_id: str) -> list[Any]:
        async with self.engine.connect() as tx:
            query = select(run_tables.run_shards).where(
                run_tables.run_shards.c.run_id == UUID(run_id)
            )
            return list((await tx.execute(query)).mappings())

    async def done(self, run_id: str) -> Counter[str]:
        """Count the parts that are computed, by who did them."""
        return Counter(each["done_by"] for each in await self.shards(run_id) if each["done_at"])

    async def has_help(self, run_id: str) -> bool:
        return len(await self.done(run_id)) > 1

    async def run(self, run_id: str) -> Any:
        async with self.engine.connect() as tx:
            query = select(run_tables.runs).where(run_tables.runs.c.id == UUID(run_id))
            return (await tx.execute(query)).mappings().one()

    async def is_ready(self, run_id: str) -> bool:
        state = (await self.run(run_id))["state"]
        assert state in {"asked", "computing", "ready"}
        return bool(state == "ready")


def beside(platform: Platform) -> Service:
    """Make another replica of matching: told the same, but for where it listens."""
    one = platform.service("matching")
    [port] = free_ports(1)
    told = one.environment | {"HTTP_PORT": str(port)}
    log = Path(one.log).with_name("matching-2.log")
    return Service(name="matching", port=port, environment=told, log=log)


def signed_in(signing_key: Any) -> dict[str, str]:
    grants = frozenset({Grant(Role.COORDINATOR, ASSOCIATION)})
    caller = Caller(person_id=uuid4(), grants=grants)
    return {"Authorization": f"Bearer {issue(signing_key, caller, now=datetime.now(UTC))}"}


async def fill(engine: AsyncEngine) -> None:
    """Have heard of programmes whose strands share no mentor, and of people in each."""
    async with database.transaction(engine) as tx:
        if await tx.scalar(select(tables.associations.c.version)):
            return
        own = {"association_id": ASSOCIATION, "version": 1}
        await tx.execute(insert(tables.associations).values(pooled_with=[], **own))
        rules = policy().model_dump(mode="json")
        rows: list[dict[str, Any]] = [
            {"programme_id": each, "policy": rules, **own} for each in PROGRAMMES
        ]
        await tx.execute(insert(tables.policies), rows)
        await tx.execute(insert(tables.referrals), list(waiting()))
        found = list(mentors())
        await tx.execute(insert(tables.mentors), found)
        ready = [
            {
                "readiness_id": uuid4(),
                "version": 1,
                "mentor_id": each["mentor_id"],
                "programme_id": each["programme_ids"][0],
            }
            for each in found
        ]
        await tx.execute(insert(tables.readiness), ready)


def waiting() -> Iterator[dict[str, Any]]:
    for place, (programme, axis) in enumerate(STRANDS):
        for number in range(OF_EACH):
            facets = MENTEE_FACETS.model_copy(update={"axis": axis})
            yield {
                "referral_id": UUID(int=10_000 + place * 1_000 + number),
                "mentee_id": UUID(int=50_000 + place * 1_000 + number),
                "state": ReferralState.ACCEPTED,
                "state_version": 1,
                "facets_version": 1,
                "association_id": ASSOCIATION,
                "programme_id": programme,
                "facets": facets.model_dump(mode="json"),
                "waiting_since": NOW,
            }


def mentors() -> Iterator[dict[str, Any]]:
    for place, (programme, axis) in enumerate(STRANDS):
        for number in range(OF_EACH):
            hobbies = ("football", "chess", "music")[: number % 4]
            facets = MENTOR_FACETS.model_copy(update={"axes": (axis,), "hobbies": hobbies})
            yield {
                "mentor_id": UUID(int=90_000 + place * 1_000 + number),
                "state": MentorState.AVAILABLE,
                "state_version": 1,
                "state_since": NOW,
                "facets_version": 1,
                "association_id": ASSOCIATION,
                "programme_ids": [programme],
                "facets": facets.model_dump(mode="json"),
                "facets_digest": f"{axis}{hobbies}",
            }
