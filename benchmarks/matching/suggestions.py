"""One referral out of many mentors, with reasons: memory beside PostgreSQL, alone and under a run.

The rival holds the same in one flat table: masks as bits, an index on latitude and one on whoever
accepts remote; one statement filters, weighs, sorts and returns the twenty best, which are
asserted to be ours. Ours is what a request does after it found the mentee: read what changed,
rank, read the twenty, judge them. G8 takes the same times while another process computes runs.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from benchmarks.ground import open_ground
from benchmarks.matching import crowd
from benchmarks.matching.flat import INDEX, best_by_sql, fill
from benchmarks.table import Aim, Line, percentile
from common.database import connect, transaction
from matching.domain.computation import Inputs, canonical
from matching.domain.people import Mentee, Mentor
from matching.store.pool_in_memory import PoolInMemory
from tests import servers
from tests.matching.cast import NOW, PROGRAMME, TERMS

MENTORS = 200_000
REFERRALS = 200
IN_A_RUN = 4_000
BEST = 20
ROUNDS = 3
SERVICE = "matching"


async def suggesting(mentors: int = MENTORS, rounds: int = ROUNDS) -> list[Line]:
    """Ask for the same referrals of memory, of PostgreSQL, and of memory while a run goes on."""
    people = [replace(each, engaged=0) for each in crowd.mentors(mentors)]
    asking = crowd.mentees(REFERRALS, seed=3)
    async with loaded(people) as engine:
        memory = PoolInMemory()
        started = time.perf_counter()
        await suggestions_of(engine, memory, asking[:1])
        loading = time.perf_counter() - started
        await check(engine, memory, asking)
        ours, theirs, busy = [], [], []
        for _ in range(rounds):
            ours.append(p99(await suggestions_of(engine, memory, asking)))
            theirs.append(p99(await by_sql(engine, asking)))
            with a_run_going_on():
                busy.append(p99(await suggestions_of(engine, memory, asking)))
    alone, rival, under_a_run = (statistics.median(each) for each in (ours, theirs, busy))
    return lines(alone, rival, under_a_run, f"{mentors:,}, loaded in {loading:.1f} s")


def lines(ours: float, theirs: float, busy: float, loaded_in: str) -> list[Line]:
    return [
        Line(
            number="G7",
            measure=f"the {BEST} best mentors with reasons, p99",
            figure=f"{ours * 1000:.1f} ms of {loaded_in}",
            value=ours * 1000,
            aim=Aim(goal=10, moonshot=1, unit="ms"),
        ),
        Line(
            number="G7",
            measure="against one statement in indexed PostgreSQL, without reasons",
            figure=f"{ours * 1000:.1f} ms against {theirs * 1000:.1f} ms",
            value=theirs / ours,
            aim=Aim(goal=8, moonshot=80),
        ),
        Line(
            number="G8",
            measure="the same while a run is computed, times as long",
            figure=f"{busy * 1000:.1f} ms against {ours * 1000:.1f} ms",
            value=busy / ours,
            aim=Aim(goal=2, moonshot=1.2, unit="×"),
        ),
    ]


def p99(taken: Sequence[float]) -> float:
    return percentile(taken, 99)


async def suggestions_of(
    engine: AsyncEngine, memory: PoolInMemory, asking: Sequence[Mentee]
) -> list[float]:
    taken = []
    for mentee in asking:
        async with transaction(engine) as tx:
            started = time.perf_counter()
            await memory.suggest(tx, mentee, TERMS, limit=BEST)
            taken.append(time.perf_counter() - started)
    return taken


async def by_sql(engine: AsyncEngine, asking: Sequence[Mentee]) -> list[float]:
    taken = []
    for mentee in asking:
        async with transaction(engine) as tx:
            started = time.perf_counter()
            await best_by_sql(tx, mentee, BEST)
            taken.append(time.perf_counter() - started)
    return taken


async def check(engine: AsyncEngine, memory: PoolInMemory, asking: Sequence[Mentee]) -> None:
    """Assert that both find mentors who are as good and as near."""
    for mentee in asking:
        async with transaction(engine) as tx:
            found = await memory.suggest(tx, mentee, TERMS, limit=BEST)
            rows = await best_by_sql(tx, mentee, BEST)
        ours = [(round(each.fit, 6), each.distance_km) for each in found.ranked]
        theirs = [(round(float(row.fit), 6), float(row.km)) for row in rows]
        assert [fit for fit, _ in ours] == [fit for fit, _ in theirs]
        # Sums added up in another order differ in their last bit: equals may change places.
        better = [{each for each in both if each[0] > ours[-1][0]} for both in (ours, theirs)]
        assert better[0] == better[1]


@asynccontextmanager
async def loaded(mentors: Sequence[Mentor]) -> AsyncIterator[AsyncEngine]:
    """Put mentors into matching's own tables, and into the rival's."""
    with open_ground() as ground:
        engine = connect(ground.postgres.url(SERVICE))
        await servers.empty_tables(engine, SERVICE)
        async with transaction(engine) as tx:
            await copy(tx, "mentors", [mentor_row(each) for each in mentors])
            await copy(tx, "readiness", [readiness_row(each) for each in mentors])
            await fill(tx, mentors)
        async with engine.connect() as tx:
            alone = await tx.execution_options(isolation_level="AUTOCOMMIT")
            for statement in (*INDEX, "vacuum analyze"):
                await alone.execute(text(statement))
        yield engine
        await engine.dispose()


async def copy(tx: AsyncConnection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    connection: Any = (await tx.get_raw_connection()).driver_connection
    records = [tuple(row.values()) for row in rows]
    await connection.copy_records_to_table(table, records=records, columns=list(rows[0]))


def mentor_row(mentor: Mentor) -> dict[str, Any]:
    return {
        "mentor_id": mentor.mentor_id,
        "state": "available",
        "state_version": 1,
        "state_since": NOW,
        "facets_version": 1,
        "association_id": mentor.association_id,
        "programme_ids": list(mentor.programmes),
        "facets": mentor.facets.model_dump_json(),
        "facets_digest": str(mentor.mentor_id),
        "screened_until": mentor.screened_until,
    }


def readiness_row(mentor: Mentor) -> dict[str, Any]:
    return {
        "readiness_id": mentor.mentor_id,
        "version": 1,
        "mentor_id": mentor.mentor_id,
        "programme_id": PROGRAMME,
    }


@contextmanager
def a_run_going_on() -> Iterator[None]:
    """Let another process compute run after run, as the service does, for the length of a block."""
    inputs = Inputs(
        at=NOW,
        seed=0,
        mentees=tuple(crowd.mentees(IN_A_RUN)),
        mentors=tuple(crowd.mentors(IN_A_RUN)),
        terms=(TERMS,),
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.matching.endless"],
        stdin=subprocess.PIPE,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    with process:
        if process.stdin:
            process.stdin.write(canonical(inputs).encode())
            process.stdin.close()
        try:
            yield
            assert process.poll() is None, "nothing was computed meanwhile"
        finally:
            process.kill()
