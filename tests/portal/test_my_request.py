"""A request is withdrawn by a click until there is a pair; then the page says who closes it."""

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from tests.portal.cast import EMAIL, REFERRAL

PAGE = f"/mine/referrals/{REFERRAL}"


@pytest.fixture
def request_is():
    """How far the request is, as intake says it."""
    return {"id": str(REFERRAL), "submitted_at": "2026-09-07T10:00:00Z"}


@pytest.fixture
def neighbours(request_is):
    intake = FastAPI()

    @intake.get("/referrals/{referral_id}")
    async def referral(referral_id: str) -> JSONResponse:
        return JSONResponse(request_is)

    @intake.get("/{path:path}")
    async def nothing(path: str) -> JSONResponse:
        return JSONResponse({}, 200 if path == "vocabularies" else 404)

    return {"intake": intake, "reporting": intake}


@pytest.mark.parametrize(
    ("status", "withdrawable"),
    [("waiting_list", True), ("in_matching", True), ("matched", False), ("in_progress", False)],
)
async def test_a_request_is_withdrawn_until_there_is_a_pair_which_a_coordinator_closes(
    browser, register, enter, request_is, status, withdrawable
):
    request_is["status"] = status
    await register(EMAIL, "mentee")
    await enter(EMAIL)

    page = (await browser.get(PAGE)).text

    assert ("Retirer la demande" in page) is withdrawable
    assert ("adressez-vous à la coordination" in page) is not withdrawable
