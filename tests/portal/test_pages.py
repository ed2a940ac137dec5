"""The edge of the pages: headers, forms, rights, and services that say no or are away."""

import re

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from common.access import check_actions
from portal.api.orders import COMMANDS
from portal.api.pairs import newest_first
from portal.domain.links import inside
from tests.portal.cast import ASSOCIATION, EMAIL
from tests.portal.conftest import hidden

PAGES = ["/", "/sign-in", "/sign-in/code", "/ask", "/thanks", "/outbox"]


@pytest.fixture
def neighbours():
    """Another service, as any of them answers: a command is noted, a wrong one refused."""
    service = FastAPI()
    commands: dict[str, int] = {}
    service.state.commands = commands

    @service.get("/{path:path}")
    async def read(path: str) -> JSONResponse:
        if path == "vocabularies":
            return JSONResponse({})
        return JSONResponse({"title": "Cela n'existe pas.", "status": 404}, 404)

    @service.post("/{path:path}")
    async def command(path: str, request: Request) -> JSONResponse:
        key = request.headers["idempotency-key"]
        commands[key] = commands.get(key, 0) + 1
        service.state.asked_by = request.headers["x-forwarded-for"]
        if path.endswith("decline"):
            errors = [{"field": "reason", "message": "Ce choix n'est pas possible."}]
            body = {"title": "Certains champs ne peuvent pas être acceptés.", "errors": errors}
            return JSONResponse(body, 422)
        return JSONResponse({"id": str(ASSOCIATION)}, 201)

    return {"intake": service, "matching": service}


async def test_the_door_that_counts_forms_is_told_who_knocks(browser, portal, neighbours):
    portal.state.settings = portal.state.settings.model_copy(update={"proxies": 1})
    form = {"csrf": hidden(await browser.get("/ask"), "csrf"), "key": "12345678-a"}

    for seen in ("198.51.100.7", "198.51.100.8"):
        # What a visitor says of themself comes first, and counts for nothing.
        passed_on = {"x-forwarded-for": f"203.0.113.1, {seen}"}
        await browser.post("/ask", data=form, headers=passed_on)

        assert neighbours["intake"].state.asked_by == seen


@pytest.mark.parametrize("path", PAGES)
async def test_every_answer_carries_the_headers_of_a_careful_house(browser, path):
    headers = (await browser.get(path)).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"


async def test_the_style_sheet_is_fetched_once(browser):
    page = (await browser.get("/")).text
    [address] = re.findall(r'href="(/assets/[^"]+)"', page)

    sheet = await browser.get(address)

    assert sheet.headers["content-type"].startswith("text/css")
    assert "immutable" in sheet.headers["cache-control"]
    assert (await browser.get("/assets/other.css")).status_code == 404


async def test_the_public_keys_are_published_without_a_private_part(browser):
    keys = (await browser.get("/.well-known/jwks.json")).json()["keys"]

    assert keys
    assert all("d" not in key for key in keys)


def test_every_route_names_its_action(portal):
    check_actions(portal)


@pytest.mark.parametrize("path", ["/today", "/pairs", "/mine", "/figures", "/associations"])
async def test_a_page_of_somebody_asks_to_sign_in_and_leads_back(browser, path):
    page = await browser.get(path)

    assert page.url.path == "/sign-in"
    assert hidden(page, "next") == path


async def test_a_service_that_is_away_gives_an_honest_page(browser, register, enter):
    await register(EMAIL, "coordinator", ASSOCIATION)
    await enter(EMAIL)

    page = await browser.get("/pairs")

    assert page.status_code == 503
    assert "ne répond pas" in page.text


async def test_a_page_that_is_not_there_says_so_in_words(browser):
    page = await browser.get("/nowhere", headers={"accept": "text/html"})

    assert page.status_code == 404
    assert "Cette adresse n&#39;existe pas." in page.text


async def test_a_no_of_a_service_is_a_page_that_leads_back(browser, register, enter):
    await register(EMAIL, "coordinator", ASSOCIATION)
    await enter(EMAIL)
    page = await browser.get("/")

    refused = await browser.post(
        "/do/referral.decline",
        data={
            "csrf": hidden(page, "csrf"),
            "key": "12345678-a",
            "subject": str(ASSOCIATION),
            "back": "/referrals",
        },
    )

    assert refused.status_code == 422
    assert "Ce choix n&#39;est pas possible." in refused.text
    assert 'href="/referrals"' in refused.text


async def test_one_rendered_form_is_one_command_however_often_it_is_clicked(
    browser, register, enter, neighbours
):
    await register(EMAIL, "coordinator", ASSOCIATION)
    await enter(EMAIL)
    page = await browser.get("/")
    form = {"csrf": hidden(page, "csrf"), "key": "12345678-a", "subject": str(ASSOCIATION)}

    for _ in range(2):
        await browser.post("/do/referral.accept", data=form)

    # One key: the service itself does it once, and answers twice.
    assert neighbours["intake"].state.commands == {"12345678-a": 2}


@pytest.mark.parametrize("mark", ["", "0" * 32])
async def test_a_command_from_elsewhere_never_reaches_a_service(
    browser, register, enter, neighbours, mark
):
    await register(EMAIL, "coordinator", ASSOCIATION)
    await enter(EMAIL)

    refused = await browser.post(
        "/do/referral.accept", data={"csrf": mark, "subject": str(ASSOCIATION)}
    )

    assert refused.status_code == 403
    assert neighbours["intake"].state.commands == {}


async def test_opening_the_address_of_a_command_does_nothing(browser):
    answers = [await browser.get(f"/do/{name}") for name in sorted(COMMANDS)]

    assert {each.status_code for each in answers} == {405}


@pytest.mark.parametrize("subject", ["../../clock", "x", "1; drop"])
async def test_nothing_but_an_id_gets_into_the_address_of_a_service(
    browser, register, enter, neighbours, subject
):
    await register(EMAIL, "coordinator", ASSOCIATION)
    await enter(EMAIL)
    page = await browser.get("/")

    refused = await browser.post(
        "/do/referral.accept", data={"csrf": hidden(page, "csrf"), "subject": subject}
    )

    assert refused.status_code == 422
    assert neighbours["intake"].state.commands == {}


async def test_a_program_may_come_with_a_token_instead(browser, sign_in):
    answer = await browser.get("/figures", headers=sign_in("funder"))

    assert answer.status_code == 503


async def test_the_language_is_chosen_and_stays(browser):
    await browser.get("/language/en", params={"next": "/ask"})

    assert 'lang="en"' in (await browser.get("/")).text


@pytest.mark.parametrize(
    "address", ["//evil", "/\\evil", "https://evil", "evil", "", None, "/a\nb", "/" + "a" * 600]
)
def test_only_our_own_paths_are_led_to(address):
    assert inside(address) == "/"


@pytest.mark.parametrize("address", ["/", "/pairs/1?after=2", "/figures/a.csv?from=2026-01-01"])
def test_our_own_paths_are_led_to(address):
    assert inside(address) == address


async def test_the_outbox_is_closed_where_mails_leave(browser, portal):
    production = portal.state.settings.model_copy(update={"mode": "production"})
    portal.state.settings = portal.state.tokens.settings = production

    assert (await browser.get("/outbox")).status_code == 404


def test_a_call_stands_between_the_meetings_around_it():
    meetings = [{"held_at": "2026-09-01T10:00:00Z"}, {"held_at": "2026-11-01T10:00:00+01:00"}]
    contacts = [{"at": "2026-10-01T10:00:00Z"}]

    told = newest_first(meetings, contacts)

    assert told == [meetings[1], contacts[0], meetings[0]]
