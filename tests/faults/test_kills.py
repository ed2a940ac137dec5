"""Every service is killed at every place where it could hurt, while people are at work."""

import asyncio

from common.crash import POINTS
from tests.faults.drills import kills

# Every place, and who passes there often.
KILLS = (
    ("intake", "http.committed"),
    ("intake", "relay.published"),
    ("intake", "relay.selected"),
    ("matching", "events.committed"),
    ("matching", "http.committed"),
    ("matching", "schedule.handled"),
    ("followup", "events.handled"),
    ("followup", "http.handled"),
    ("training", "relay.marked"),
    ("training", "schedule.committed"),
    ("reporting", "events.handled"),
    ("portal", "relay.published"),
)


async def test_nothing_is_lost_and_nothing_doubled_when_services_die_at_every_named_place(trial):
    harm = await kills.everywhere(trial, KILLS)

    assert {place for _, place in KILLS} == POINTS
    assert harm.faults == len(KILLS)
    assert harm.others == []
    assert (await trial.verdict()).all == []
    assert trial.ledger.again["no answer"] > 0


async def test_a_service_that_is_asked_to_stop_finishes_what_is_in_hand(trial):
    async with trial.village.living():
        for service in ("intake", "matching", "followup"):
            await asyncio.sleep(0.5)
            await asyncio.to_thread(trial.platform.service(service).stop)
            assert trial.platform.service(service).exit_code == 0
            trial.restart(service)
            await trial.ready(service)

    assert (await trial.verdict()).all == []
