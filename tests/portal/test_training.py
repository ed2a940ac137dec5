"""Pages about training, exchange of practice and outings."""

import re
from typing import Annotated
from uuid import UUID

import pytest
from fastapi import FastAPI, Query
from fastapi.responses import JSONResponse

from tests.portal.cast import ASSOCIATION, EMAIL, NOW

SESSION = UUID(int=31)
STATUSES = ("applied", "screening", "available", "paused", "suspended", "refused", "left")


@pytest.fixture
def session():
    return {
        "id": str(SESSION),
        "association_id": str(ASSOCIATION),
        "association": "Binômes de Seine",
        "programme": None,
        "kind": "outing",
        "starts_at": NOW.isoformat(),
        "minutes": 180,
        "places": 20,
        "places_left": 20,
        "remote": False,
        "state": "scheduled",
        "sign_up_id": None,
        "sign_up_state": None,
    }


@pytest.fixture
def neighbours(session):
    training, intake = FastAPI(), FastAPI()

    @training.get("/sessions/{_}")
    async def see_session(_: UUID) -> JSONResponse:
        return JSONResponse(session)

    @training.get("/sessions/{_}/sign-ups")
    async def list_sign_ups(_: UUID) -> JSONResponse:
        return JSONResponse([])

    @intake.get("/mentors")
    async def mentors(status: Annotated[list[str], Query()]) -> JSONResponse:
        named = enumerate(STATUSES)
        return JSONResponse(
            [
                {"id": str(UUID(int=number)), "status": each, "given_name": each, "family_name": ""}
                for number, each in named
                if each in status
            ]
        )

    return {"training": training, "intake": intake}


@pytest.mark.parametrize(
    ("kind", "offered"),
    [
        ("outing", ["available", "paused"]),
        ("training", ["applied", "screening", "available", "paused", "suspended"]),
    ],
)
async def test_staff_are_offered_only_mentors_who_may_take_a_place(
    browser, register, enter, session, kind, offered
):
    session["kind"] = kind
    await register(EMAIL, "coordinator", ASSOCIATION)
    await enter(EMAIL)

    page = await browser.get(f"/sessions/{SESSION}")

    [choice] = re.findall(r'<select id="person_id".*?</select>', page.text, re.DOTALL)
    assert re.findall(r">\s*([a-z]+)\s*</option>", choice) == offered
