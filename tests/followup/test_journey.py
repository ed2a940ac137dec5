"""A pair from the mentor's yes to its end, through the doors of the service."""

from datetime import timedelta

from common.contracts.followup.agreements import AgreementSigned
from common.contracts.followup.care import MeetingLogged
from common.contracts.followup.pairs import PairCleared, PairClosed
from tests.followup.facts import DAY, PAIR, T0


async def test_a_pair_meets_signs_goes_on_and_ends(cast, announced):
    await cast.active(announced)
    assert await cast.status() == "active"

    cast.clock.at = T0 + 10 * DAY
    logged = await cast.log_meeting(T0 + 9 * DAY, word="CV relu")
    cast.clock.at = T0 + 200 * DAY
    await cast.close()

    assert logged.status_code == 201
    assert await cast.status() == "closed"
    said = await announced()
    kinds = [type(event) for event in said]
    assert kinds.index(PairCleared) < kinds.index(AgreementSigned) < kinds.index(MeetingLogged)
    [closed] = [event for event in said if isinstance(event, PairClosed)]
    assert closed.lasted_days == 196
    assert not closed.before_term


async def test_the_versions_of_a_pair_count_without_a_gap(cast, announced):
    await cast.active(announced)
    await cast.log_meeting(T0 + 4 * DAY - timedelta(hours=1))
    await cast.close()

    versions = [event.version for event in await announced() if event.key == "pair_id"]
    assert versions == list(range(1, len(versions) + 1))
    assert {event.pair_id for event in await announced()} == {PAIR}
