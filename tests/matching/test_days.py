"""What a day decides begins and ends with the day where people live."""

from datetime import timedelta

from common.calendar import end_of
from tests.matching.cast import MENTOR, NOW
from tests.matching.facts import ACCEPTED, APPROVED, PUBLISHED, READY, REGISTERED


async def test_a_screening_is_over_when_its_last_day_is(stage):
    its_end = end_of(NOW.date())
    screened = APPROVED.model_copy(update={"screened_until": NOW.date()})
    await stage.hear(REGISTERED, PUBLISHED, screened, READY, ACCEPTED)

    stage.at(its_end - timedelta(minutes=1))
    last_hour = (await stage.suggestions()).json()
    stage.at(its_end)
    next_day = (await stage.suggestions()).json()

    assert [each["mentor_id"] for each in last_hour["suggestions"]] == [str(MENTOR)]
    assert (next_day["suitable"], next_day["blocked"]) == (0, {"screening": 1})
