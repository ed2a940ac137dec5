"""NATS dies, sleeps, and loses its disk, while people are at work."""

import asyncio

from local.recover import recovered


async def test_people_go_on_while_nats_is_dead_and_all_is_heard_when_it_is_back(trial):
    nats = trial.platform.nats

    async with trial.village.living():
        await asyncio.sleep(1)
        await asyncio.to_thread(nats.kill)
        await trial.village.session()
        await asyncio.sleep(1)
        await asyncio.to_thread(nats.start)

    assert (await trial.verdict()).all == []


async def test_nothing_is_lost_or_doubled_when_nats_sleeps_for_five_seconds(trial):
    async with trial.village.living():
        await asyncio.sleep(0.5)
        trial.platform.nats.freeze()
        await asyncio.sleep(5)
        trial.platform.nats.thaw()

    assert (await trial.verdict()).all == []


async def test_one_command_puts_back_all_that_a_lost_disk_held(trial):
    nats = trial.platform.nats

    async with trial.village.living():
        await asyncio.sleep(0.5)
        await asyncio.to_thread(nats.kill)
        nats.wipe()
        await asyncio.to_thread(nats.start)
        done = await asyncio.to_thread(recovered, trial.platform)

    assert any("intake" in line and "published again" in line for line in done)
    assert (await trial.verdict()).all == []
    assert await trial.rebuilt() == {}
