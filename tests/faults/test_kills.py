"""Every service is killed at every place where it could hurt, while people are at work."""

import asyncio
import signal

from common.crash import POINTS

# Who passes there often; `schedule.handled` is passed in vain as well, so later than at once.
KILLS = [
    ("intake", "http.handled:2"),
    ("matching", "http.committed:2"),
    ("intake", "http.committed:3"),
    ("followup", "http.handled"),
    ("followup", "events.handled"),
    ("matching", "events.committed"),
    ("reporting", "events.handled:2"),
    ("portal", "events.committed:2"),
    ("intake", "relay.selected:2"),
    ("matching", "relay.published"),
    ("intake", "relay.published:2"),
    ("training", "relay.marked"),
    ("portal", "relay.published"),
    ("reporting", "relay.selected"),
    ("matching", "schedule.handled:15"),
    ("training", "schedule.committed"),
]


async def test_nothing_is_lost_and_nothing_doubled_when_services_die_at_every_named_place(trial):
    died = {}

    async with trial.village.living():
        for service, place in KILLS:
            trial.platform.service(service).kill()
            trial.restart(service, crash_at=place)
            await trial.death_of(service, within=15)
            died[place] = trial.platform.service(service).exit_code
            trial.restart(service)
            await trial.ready(service)

    assert set(died.values()) == {-signal.SIGKILL}
    assert {place.partition(":")[0] for place in died} == POINTS
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
