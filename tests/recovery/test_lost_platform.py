"""Everything is lost and put back from backups: what was kept is true, who was erased stays so."""

from common.broker import connect
from common.key_bucket import KeyBucket
from common.server import OPERATOR
from common.vault import ERASED
from tests.canary import SONG
from tests.faults.audit import rows
from tests.recovery.safe import hashes, signs_in

# What everybody in the village has in common, sealed; and its own name, which is no secret.
SIGNS = (SONG.encode(), b"@mail.example")
IN_CLEAR = b"Village"


async def test_each_service_is_put_back_to_the_same_rows(safe, trial):
    await trial.village.journey()
    await trial.rest()
    trial.platform.stop()
    trial.platform.postgres.start()
    await safe.keep()

    for service in trial.platform.services:
        before = await hashes(trial.platform, service)
        await safe.put_back_only(service)
        assert await hashes(trial.platform, service) == before
        assert len(before) > 5

    trial.platform.postgres.stop()
    trial.platform.start()


async def test_a_backup_names_nobody_and_holds_no_key(safe, trial):
    await trial.rest()
    await safe.keep()
    wrapped = [
        key for (key,) in await rows(trial.platform, "intake", "select wrapped from person_keys")
    ]

    data, keys = safe.places()
    in_hex = [key.hex().encode() for key in wrapped if key]
    assert signs_in(data, [*SIGNS, *in_hex, IN_CLEAR]) == {IN_CLEAR}
    assert signs_in(keys, SIGNS) == set()
    assert signs_in(keys, in_hex) == {*in_hex}


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


async def test_the_stream_remembers_what_no_backup_knows(safe, trial):
    erased, accepted = await trial.village.refer(), await trial.village.refer()
    await trial.rest()
    await safe.keep("before")
    await trial.village.forget(erased)
    path = f"/referrals/{accepted['id']}"
    await trial.village.do(trial.village.coordinator, "intake", f"{path}/acceptance")
    await trial.rest()
    assert await state_in_matching(trial.platform, accepted["id"]) == "accepted"

    trial.platform.stop()
    told = await safe.put_back(data="before", keys="before", over=True)
    await trial.all_ready()
    await trial.rest()

    [lost] = [line for line in told if line.startswith("intake: announced and not known")]
    assert "1 person_erased" in lost
    assert "1 referral_accepted" in lost
    assert await kept_of(trial.platform, erased["mentee_id"]) == (ERASED, ERASED, True)
    # Intake does not know that it accepted; what it says next, all the others believe.
    assert await state_in_matching(trial.platform, accepted["id"]) == "accepted"
    await trial.village.do(trial.village.school, "intake", f"{path}/withdrawal")
    await trial.rest()
    assert await state_in_matching(trial.platform, accepted["id"]) != "accepted"


async def state_in_matching(platform, referral_id):
    query = f"select state from referrals where referral_id = '{referral_id}'"
    [(state,)] = await rows(platform, "matching", query)
    return state


async def kept_of(platform, person_id):
    """Give the key of a person at home and in the bucket, and whether intake has forgotten them."""
    query = f"select wrapped, erased from person_keys join people on id = person_id where id = '{person_id}'"  # noqa: E501
    [(home, forgotten)] = await rows(platform, "intake", query)
    connection = await connect(platform.surroundings.nats_url(OPERATOR), OPERATOR)
    [key] = (await KeyBucket(connection).read([person_id])).values()
    await connection.close()
    return home, key, forgotten
