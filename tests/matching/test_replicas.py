"""Replicas of the real service share a run, and lose nothing when one of them is killed."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress

import pytest

from local.platform import Platform
from local.ports import Ports
from local.service import Service
from matching import replay
from matching.domain.computation import read, sha256
from matching.domain.shards import solve
from tests.matching.replicas import OF_EACH, RUN_SECONDS, STRANDS, Replicas, beside
from tests.servers import open_folder
from tests.waiting import eventually


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with (
        open_folder() as folder,
        Platform(folder, Ports.free(), names=["matching"]) as platform,
    ):
        yield platform


@pytest.fixture(scope="module")
def second(platform: Platform) -> Iterator[Service]:
    replica = beside(platform)
    replica.start()
    yield replica
    replica.stop()


@pytest.fixture
async def replicas(platform: Platform, second: Service) -> AsyncIterator[Replicas]:
    async with Replicas.of(platform, second) as replicas:
        yield replicas


async def until(holds: Callable[[], Awaitable[object]], seconds: float = RUN_SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while not await holds():
            await asyncio.sleep(0.005)


async def test_two_replicas_share_a_run_and_reach_what_one_alone_would(replicas, tmp_path):
    # Frozen in turn, so that neither is quick enough to leave nothing to the other.
    replicas.first.freeze()
    run_id = await replicas.ask(replicas.second)
    await until(lambda: replicas.done(run_id))
    replicas.second.freeze()
    alone = await replicas.done(run_id)
    replicas.first.thaw()
    with suppress(TimeoutError):
        await until(lambda: replicas.has_help(run_id), seconds=10)
    replicas.second.thaw()
    await until(lambda: replicas.is_ready(run_id))

    shards, run = await replicas.shards(run_id), await replicas.run(run_id)
    exported = (await replicas.get(f"/runs/{run_id}/receipt")).json()
    (tmp_path / "receipt.json").write_text(json.dumps(exported))

    assert 0 < alone.total() < len(shards) == len(STRANDS)
    assert len(await replicas.done(run_id)) == 2
    assert {each["result"] for each in shards} == {None}
    assert run["receipt"]["reached"]["served"] == len(STRANDS) * OF_EACH
    result = solve(read(run["inputs"])).model_dump_json()
    assert run["receipt"]["result_sha256"] == sha256(result)
    assert replay.main([str(tmp_path / "receipt.json")]) == 0


async def test_a_replica_killed_in_the_middle_of_a_run_loses_nothing(replicas):
    undisturbed = await replicas.ask()
    await until(lambda: replicas.is_ready(undisturbed))
    replicas.second.freeze()
    run_id = await replicas.ask(replicas.first)
    await until(lambda: replicas.done(run_id))

    replicas.first.kill()
    left = len(STRANDS) - (await replicas.done(run_id)).total()
    replicas.second.thaw()
    await until(lambda: replicas.is_ready(run_id))

    before, after = await replicas.run(undisturbed), await replicas.run(run_id)
    by_whom = await replicas.done(run_id)
    assert left > 0
    assert len(by_whom) == 2
    assert after["receipt"]["reached"] == before["receipt"]["reached"]
    result = solve(read(after["inputs"])).model_dump_json()
    assert after["receipt"]["result_sha256"] == sha256(result)


async def test_suggestions_are_answered_while_a_run_is_computed(replicas):
    path = f"/referrals/{replicas.somebody}/suggestions"
    [cold] = await replicas.answered_in(path, 1)
    run_id = await replicas.ask()
    meanwhile = []
    while not await replicas.is_ready(run_id):
        meanwhile += await replicas.answered_in(path, 1)

    assert cold
    assert meanwhile


async def test_a_scaler_can_read_how_much_is_left(replicas):
    run_id = await replicas.ask()
    most = 0.0

    async def done() -> bool:
        nonlocal most
        most = max(most, await replicas.gauge("binome_work_pieces"))
        ready: bool = await replicas.is_ready(run_id)
        return ready

    await until(done)

    assert most >= 1
    assert await replicas.gauge("binome_work_pieces") == 0
    assert await replicas.gauge("binome_work_age_seconds") == 0


async def test_the_process_that_computes_dies_with_its_replica(replicas):
    run_id = await replicas.ask()
    await until(lambda: replicas.is_ready(run_id))
    children = replicas.computers_of(replicas.first)

    replicas.first.kill()

    assert children
    await eventually(lambda: not any(each.exists() for each in children))
