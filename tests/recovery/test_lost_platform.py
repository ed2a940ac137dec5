"""Everything is lost and put back from backups: what was kept is true, who was erased stays so."""

from common.broker import connect
from common.keys import KeyBucket
from common.server import OPERATOR
from common.vault import ERASED
from tests.faults.audit import rows


async def test_a_platform_that_was_lost_is_put_back_whole_and_goes_on(safe, trial):
    await trial.village.journey()
    await trial.village.erasure()
    await trial.rest()
    await safe.keep()

    await safe.lose_everything()
    await safe.put_back()

    assert (await trial.verdict()).all == []
    assert await trial.rebuilt() == {}
    await trial.village.journey()
    assert (await trial.verdict()).all == []


async def test_who_was_erased_after_the_backup_is_erased_again_everywhere(safe, trial):
    case = await trial.village.refer()
    await trial.rest()
    await safe.keep("before")
    await trial.village.forget(case)
    await trial.rest()
    await safe.keep("after")

    await safe.lose_everything()
    await safe.put_back(data="before", keys="after")

    # What every service said of the first erasure was lost, and is said of the second.
    assert (await trial.verdict()).all == []
    assert await kept_of(trial.platform, case["mentee_id"]) == (ERASED, ERASED, True)


async def test_the_stream_remembers_an_erasure_that_no_backup_knows(safe, trial):
    case = await trial.village.refer()
    await trial.rest()
    await safe.keep("before")
    await trial.village.forget(case)
    await trial.rest()

    trial.platform.stop()
    told = await safe.put_back(data="before", keys="before", over=True)
    await trial.all_ready()
    await trial.rest()

    assert await kept_of(trial.platform, case["mentee_id"]) == (ERASED, ERASED, True)
    assert any("1 person_erased" in line for line in told if line.startswith("intake: announced"))


async def kept_of(platform, person_id):
    """Give the key of a person at home and in the bucket, and whether intake has forgotten them."""
    query = f"select wrapped, erased from person_keys join people on id = person_id where id = '{person_id}'"
    [(home, forgotten)] = await rows(platform, "intake", query)
    connection = await connect(platform.surroundings.nats_url(OPERATOR), OPERATOR)
    [key] = (await KeyBucket(connection).read([person_id])).values()
    await connection.close()
    return home, key, forgotten
