"""NATS dies, sleeps, loses its disk and fills it, while people are at work."""

from tests.faults.drills import broker


async def test_people_go_on_while_nats_is_dead_and_all_is_heard_when_it_is_back(trial):
    await broker.dead(trial)

    assert (await trial.verdict()).all == []


async def test_nothing_is_lost_or_doubled_when_nats_sleeps_for_five_seconds(trial):
    await broker.asleep(trial)

    assert (await trial.verdict()).all == []


async def test_one_command_puts_back_all_that_a_lost_disk_held(trial):
    harm = await broker.wiped(trial)

    assert any("intake" in line and "published again" in line for line in harm.told)
    assert (await trial.verdict()).all == []
    assert await trial.rebuilt() == {}


async def test_commands_are_answered_while_the_store_is_full_and_all_is_said_when_it_has_room(
    trial,
):
    harm = await broker.full(trial)

    assert harm.others == []
    assert (await trial.verdict()).all == []
