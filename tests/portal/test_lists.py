"""Pages know whom they show, however many others there are, and lead to those they do not show."""

from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import FastAPI, Query

from portal.commands.pairs import chosen
from tests.portal.cast import ASSOCIATION, EMAIL, NOW
from tests.portal.people import filled, tree_of

MANY = 260
AT = NOW.isoformat()


def numbered(number: int) -> str:
    return str(UUID(int=number))


IDS = [numbered(each) for each in range(1, MANY + 1)]
INVITATION = numbered(MANY + 1)
Ids = Annotated[list[str] | None, Query(alias="id")]


def intake_of_many() -> FastAPI:
    intake = FastAPI()

    @intake.get("/mentors")
    @intake.get("/referrals")
    async def people(
        ids: Ids = None, order: str = "", after: str = "", limit: int = 50
    ) -> list[dict[str, Any]]:
        listed = IDS[::-1] if order == "newest" else IDS
        listed = listed[listed.index(after) + 1 :] if after else listed
        found = [each for each in listed if ids is None or each in ids]
        return [person(each) for each in found[:limit]]

    @intake.get("/associations")
    async def associations() -> list[dict[str, Any]]:
        return [{"id": each, "name": f"Association {each}", "pooled_with": []} for each in IDS]

    @intake.get("/associations/{_}/staff")
    @intake.get("/programmes")
    @intake.get("/templates")
    @intake.get("/catalogue")
    @intake.get("/authorisations")
    async def nothing(_: str = "") -> list[Any]:
        return []

    return intake


def matching_of_many() -> FastAPI:
    matching = FastAPI()

    @matching.get("/proposals")
    async def proposals(mentor_id: str = "") -> list[dict[str, Any]]:
        made = [proposal(each, each) for each in IDS]
        return [proposal(INVITATION, mentor_id)] if mentor_id else made[-50:]

    @matching.get("/runs/{run_id}")
    async def run(run_id: str) -> dict[str, Any]:
        return RUN | {"id": run_id, "lines": [line(each) for each in IDS]}

    @matching.get("/pool")
    async def pool() -> dict[str, Any]:
        return {"figures": [], "referrals": []}

    return matching


def followup_of_many() -> FastAPI:
    followup = FastAPI()

    @followup.get("/today")
    async def today() -> list[dict[str, Any]]:
        return [{"kind": "gates_missing", "pair_id": IDS[-1], "due_at": AT, "detail": []}]

    @followup.get("/pairs")
    async def pairs(ids: Ids = None) -> list[dict[str, Any]]:
        pair = {"mentor": {"name": "Paul"}, "mentee": {"name": "Inès"}, "status": "active"}
        return [pair | {"id": each} for each in IDS if each in (ids or IDS[:50])]

    return followup


def training_of_none() -> FastAPI:
    training = FastAPI()

    @training.get("/sessions")
    async def sessions() -> list[Any]:
        return []

    return training


@pytest.fixture
def neighbours() -> dict[str, Any]:
    """Services of an association with more of everything than fits on a page."""
    return {
        "intake": intake_of_many(),
        "matching": matching_of_many(),
        "followup": followup_of_many(),
        "training": training_of_none(),
    }


def person(its: str) -> dict[str, Any]:
    named = {"given_name": "Léa", "family_name": f"Numéro {int(UUID(its))}"}
    return {"id": its, "status": "submitted", "facets": None, **named} | {
        "submitted_at": AT,
        "applied_at": AT,
        "answer_due_at": None,
    }


def proposal(its: str, mentor_id: str) -> dict[str, Any]:
    return {"id": its, "mentor_id": mentor_id, "referral_id": its, "status": "open"} | {
        "made_at": AT,
        "expires_at": AT,
        "proposed_by": "coordinator",
        "profile": None,
    }


def line(its: str) -> dict[str, Any]:
    return {"referral_id": its, "mentor_id": its, "remote": False, "fit": 0.5} | {
        "state": "planned",
        "blocked": None,
        "stale_because": None,
    }


RUN = {
    "state": "ready",
    "asked_at": AT,
    "refusal": None,
    "comparison_id": None,
    "receipt": None,
    "fairness": None,
}


@pytest.fixture
async def coordinator(register, enter):
    await register(EMAIL, "coordinator", ASSOCIATION)
    await enter(EMAIL)


def boxes(page: str, name: str) -> list[str]:
    inputs = tree_of(page).iter("input")
    return [each.get("value") for each in inputs if each.get("name") == name]


@pytest.mark.usefixtures("coordinator")
async def test_the_newest_of_many_mentors_are_named_where_they_are_proposed(browser):
    page = (await browser.get("/proposals")).text

    assert page.count(f"Léa Numéro {MANY} → Léa Numéro {MANY}") == 1
    assert "…" not in page.partition("<main")[2]


@pytest.mark.usefixtures("coordinator")
async def test_today_names_the_pair_of_an_alert_however_many_pairs_there_are(browser):
    page = (await browser.get("/today")).text

    assert "Paul &amp; Inès" in page


@pytest.mark.usefixtures("coordinator")
async def test_today_says_that_there_are_more_than_it_counts_and_leads_to_them(browser):
    page = (await browser.get("/today")).text

    assert "50+" in page
    assert 'href="/referrals?status=offered"' in page
    assert 'href="/mentors?status=applied"' in page


async def test_one_asks_for_the_invitations_to_oneself_alone(browser, register, enter):
    await register(EMAIL, "mentor", ASSOCIATION)
    await enter(EMAIL)

    page = (await browser.get("/mine")).text

    assert f"/mine/proposals/{INVITATION}" in page


async def test_who_brings_many_sees_the_newest_first_and_comes_to_all(browser, register, enter):
    await register(EMAIL, "prescriber", ASSOCIATION)
    await enter(EMAIL)
    seen: list[str] = []
    address: str | None = "/mine/referrals"

    while address:
        tree = tree_of((await browser.get(address)).text)
        links = [each.get("href", "") for each in tree.iter("a")]
        seen += [each.rpartition("/")[2] for each in links if each.startswith("/mine/referrals/")]
        address = next((each for each in links if "?after=" in each), None)

    assert seen == IDS[::-1]


@pytest.mark.usefixtures("coordinator")
async def test_every_line_of_a_run_is_on_one_of_its_pages_and_chosen_there(browser):
    pages = [
        (await browser.get(f"/runs/{ASSOCIATION}?first={each}")).text for each in (0, 100, 200)
    ]

    assert [each for page in pages for each in boxes(page, "referral_ids")] == IDS
    assert f"?first={100}" in pages[0]
    assert all(f"Proposer les {MANY} mentors" in page for page in pages)


def test_unticking_every_line_of_a_run_chooses_none_and_not_all():
    assert chosen(filled("referral_ids=a&referral_ids=b")) == {"referral_ids": ["a", "b"]}
    assert chosen(filled("key=1")) == {"referral_ids": []}
    assert chosen(filled("whole=yes")) == {}


@pytest.mark.usefixtures("coordinator")
async def test_saving_the_pool_of_an_association_drops_no_other(browser):
    page = (await browser.get(f"/associations/{IDS[0]}")).text

    assert boxes(page, "pooled_with") == IDS[1:]
