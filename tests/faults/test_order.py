"""Every message comes three times and in no order, from the first time on: it ends the same."""

from tests.faults.drills import messages


async def test_heard_three_times_and_in_no_order_it_ends_the_same(trial):
    harm = await messages.thrice_and_in_no_order(trial)

    assert harm.faults > 0
    assert harm.others == []
    assert await trial.rebuilt() == {}
