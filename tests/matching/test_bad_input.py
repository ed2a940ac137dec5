"""What cannot be understood is refused by its field, and leaves nothing."""

import pytest

from tests.matching.cast import ASSOCIATION, MENTOR, REFERRAL
from tests.matching.facts import ACCEPTED, APPROVED, PUBLISHED, READY, REGISTERED

POOL = (REGISTERED, PUBLISHED, APPROVED, READY, ACCEPTED)
BAD = [
    ("/referrals/{referral}/proposals", {}),
    ("/referrals/{referral}/proposals", {"mentor_id": "Zoé"}),
    ("/referrals/{referral}/proposals", {"mentor_id": str(MENTOR), "fit": 1}),
    ("/referrals/{referral}/proposals", {"mentor_id": f"{MENTOR}\0"}),
    ("/referrals/not-an-id/proposals", {"mentor_id": str(MENTOR)}),
    ("/runs", {"association_id": str(ASSOCIATION), "seed": -1}),
    ("/runs", {"association_id": str(ASSOCIATION), "seed": 1.5}),
    ("/runs", {"association_id": str(ASSOCIATION), "seed": 2**60}),
    ("/runs", {"association_id": str(ASSOCIATION), "pooled": "yes"}),
    ("/runs", {"association_id": None}),
]


@pytest.mark.parametrize(("path", "body"), BAD)
async def test_what_cannot_be_understood_is_refused_and_leaves_nothing(stage, path, body):
    await stage.hear(*POOL)

    answer = await stage.client.post(
        path.format(referral=REFERRAL), json=body, headers=stage.coordinator()
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"]
    assert "Zoé" not in answer.text
    assert await stage.said() == []


@pytest.mark.parametrize("body", [{}, {"reason": "because"}, {"reason": None}, {"reason": 3}])
async def test_a_no_without_a_known_reason_is_refused(stage, body):
    await stage.hear(*POOL)
    proposal_id = await stage.proposed()

    answer = await stage.client.post(
        f"/proposals/{proposal_id}/decline", json=body, headers=stage.mentor()
    )

    assert answer.status_code == 422
    assert (await stage.proposals())[0]["status"] == "open"


@pytest.mark.parametrize("query", ["limit=0", "limit=9999", "limit=x", "after=x"])
async def test_a_page_that_cannot_be_is_refused(stage, query):
    answer = await stage.client.get(f"/proposals?{query}", headers=stage.coordinator())

    assert answer.status_code == 422
