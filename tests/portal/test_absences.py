"""A service that does not answer takes away its own part of a page, and no more."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from portal.neighbours import NAMES, Neighbours
from tests.portal.cast import ASSOCIATION, EMAIL, NOW
from tests.portal.conftest import away

ABSENT = "Une partie de cette page n’est pas disponible pour l’instant."
MENTOR: dict[str, Any] = {
    "id": str(uuid4()),
    "status": "available",
    "applied_at": NOW.isoformat(),
    "programme_ids": [],
    "checks": [],
    "missing_checks": [],
    "facets": None,
}


@pytest.fixture
def neighbours() -> dict[str, Any]:
    """Matching, training and reporting are away."""
    there = FastAPI()

    @there.get("/vocabularies")
    @there.get("/people/{_}")
    async def card(_: str = "") -> dict[str, Any]:
        return {}

    @there.get("/mentors/{_}")
    async def mentor(_: str) -> dict[str, Any]:
        return MENTOR

    @there.get("/{_:path}")
    async def nothing(_: str) -> list[Any]:
        return []

    return {"intake": there, "followup": there}


@pytest.fixture
def opened(browser, register, enter):
    async def opened(role: str, path: str) -> str:
        await register(EMAIL, role, ASSOCIATION)
        await enter(EMAIL)
        answer = await browser.get(path)
        assert answer.status_code == 200
        return str(answer.text)

    return opened


@pytest.mark.parametrize("role", ["guardian", "mentee"])
async def test_a_family_is_not_kept_out_by_a_service_that_has_nothing_for_them(opened, role):
    page = await opened(role, "/mine")

    assert ABSENT not in page
    assert "Rien ne vous attend" in page


@pytest.mark.parametrize(("role", "path"), [("mentor", "/mine"), ("coordinator", "/today")])
async def test_a_page_says_that_a_part_is_missing_and_not_that_there_is_nothing(opened, role, path):
    page = await opened(role, path)

    assert ABSENT in page
    assert "Rien ne vous attend" not in page


async def test_a_mentor_is_shown_without_their_training_while_it_is_away(opened):
    page = await opened("coordinator", f"/mentors/{MENTOR['id']}")

    assert ABSENT in page


@pytest.mark.parametrize("path", ["/today", "/mine"])
async def test_a_page_of_which_no_part_is_there_says_so(browser, register, enter, portal, path):
    await register(EMAIL, "coordinator", ASSOCIATION)
    await enter(EMAIL)
    nobody = httpx.AsyncClient(transport=httpx.MockTransport(away), base_url="http://x.test")
    portal.state.neighbours = Neighbours(dict.fromkeys(NAMES, nobody))

    async with nobody:
        answer = await browser.get(path)

    assert answer.status_code == 503
    assert "ne répond pas" in answer.text
