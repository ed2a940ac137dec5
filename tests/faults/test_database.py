"""PostgreSQL is stopped, and its plug is pulled, while people are at work."""

import asyncio

import pytest


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_who_asks_is_told_to_come_back_and_nothing_is_lost_or_put_aside(trial, how):
    postgres = trial.platform.postgres
    refused = trial.ledger.again["503"]

    async with trial.village.living():
        await asyncio.sleep(1)
        await asyncio.to_thread(getattr(postgres, how))
        await asyncio.sleep(1.5)
        await asyncio.to_thread(postgres.start)

    assert trial.ledger.again["503"] > refused
    assert (await trial.verdict()).all == []
