"""PostgreSQL is stopped, killed, put to sleep and made read-only, while people are at work."""

import pytest

from tests.faults.drills import storage


@pytest.mark.parametrize("drill", [storage.stopped, storage.dead, storage.read_only])
async def test_who_asks_is_told_to_come_back_and_nothing_is_lost_or_put_aside(trial, drill):
    refused = trial.ledger.again["503"]

    await drill(trial)

    assert trial.ledger.again["503"] > refused
    assert (await trial.verdict()).all == []


async def test_who_asks_a_database_that_sleeps_waits_and_nothing_is_lost(trial):
    await storage.asleep(trial)

    assert (await trial.verdict()).all == []
