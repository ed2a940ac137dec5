"""Who waits for a mentor, and when it is time to look for one again."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.matching.cast import NOW, OTHER_MENTOR
from tests.matching.facts import ACCEPTED, APPROVED, PUBLISHED, READY, REGISTERED, approved, closed

POOL = (REGISTERED, PUBLISHED, APPROVED, READY, ACCEPTED)


@pytest.mark.parametrize("before_term", [True, False])
@pytest.mark.parametrize("again", [True, False])
async def test_who_may_have_another_mentor_waits_whenever_their_pair_ended(
    stage, before_term, again
):
    await stage.hear(*POOL, *approved(OTHER_MENTOR))
    pair_id = await stage.proposed()
    await stage.accept(pair_id)

    over = {"before_term": before_term, "rematch_mentee": again}
    await stage.hear(closed(UUID(pair_id), at=NOW + timedelta(days=40), **over))
    page = await stage.suggestions()

    assert page.status_code == (200 if again else 409)
