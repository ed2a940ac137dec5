"""The forms of the portal say all that intake asks."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from intake.forms import IdentityForm, MentorForm, ReferralForm
from intake.vocabularies import as_json
from portal.commands import requests
from tests.portal.cast import ASSOCIATION
from tests.portal.conftest import hidden
from tests.portal.people import filled, tree_of

# What a page does not ask, because it knows it or asks the same in other words.
KNOWN = {
    "language": "the one in which the page is read",
    "reach_minutes": "asked in kilometres",
    "door": "known by who fills it in",
    "age_band": "known from the date of birth",
    "chooses": "the young person always does, here",
    "association_id": "chosen with the programme",
    "programme_ids": "chosen with the programme",
    "offer_id": "chosen in the catalogue",
    "guardian": "asked field by field",
}
# Where a mentor lives is not counted so.
UNASKED_OF_MENTORS = {"priority_district"}
GUARDIAN = {f"guardian.{name}" for name in IdentityForm.model_fields}
PROGRAMME = {
    "association_id": str(ASSOCIATION),
    "programme_id": str(ASSOCIATION),
    "association": "Volcans",
    "programme": "Réussir",
    "department": "63",
}

TOO_OFTEN = "La demande a été faite trop souvent ; réessayez plus tard."


@pytest.fixture
def neighbours() -> dict[str, Any]:
    intake = FastAPI()

    @intake.get("/vocabularies")
    async def vocabularies() -> Any:
        return as_json()

    @intake.get("/catalogue")
    async def catalogue() -> Any:
        return [PROGRAMME]

    @intake.post("/referrals/public")
    @intake.post("/mentors/public")
    async def too_often() -> JSONResponse:
        return JSONResponse({"title": TOO_OFTEN, "status": 429}, 429)

    return {"intake": intake}


def fields(page: str) -> dict[str, list[Any]]:
    asked: dict[str, list[Any]] = {}
    for each in tree_of(page).iter():
        if each.tag in ("input", "select", "textarea"):
            asked.setdefault(each.get("name"), []).append(each)
    return asked


@pytest.mark.parametrize(
    ("path", "questions"),
    [
        ("/ask", {*ReferralForm.model_fields, *GUARDIAN}),
        ("/volunteer", {*MentorForm.model_fields} - UNASKED_OF_MENTORS),
    ],
)
async def test_every_question_of_intake_is_on_its_page(browser, path, questions):
    asked = fields((await browser.get(path)).text)

    assert questions - asked.keys() <= KNOWN.keys()


@pytest.mark.parametrize("path", ["/ask", "/volunteer"])
async def test_who_picks_another_language_keeps_french(browser, path):
    asked = fields((await browser.get(path)).text)["languages"]

    ticked = [each.get("value") for each in asked if each.get("checked") is not None]
    assert {each.get("type") for each in asked} == {"checkbox"}
    assert ticked == ["fr"]
    assert "ar" in [each.get("value") for each in asked]


@pytest.mark.parametrize("path", ["/ask", "/volunteer"])
async def test_what_was_filled_in_stays_when_forms_come_too_often(browser, path):
    csrf = hidden(await browser.get(path), "csrf")
    told = {"given_name": "Inès", "motivation_text": "Trouver ma voie", "languages": ["ar"]}

    answer = await browser.post(path, data={"csrf": csrf} | told)

    asked = fields(answer.text)
    ticked = [each.get("value") for each in asked["languages"] if each.get("checked") is not None]
    assert answer.status_code == 429
    assert TOO_OFTEN in answer.text
    assert [each.get("value") for each in asked["given_name"]] == ["Inès"]
    assert [each.text for each in asked["motivation_text"]] == ["Trouver ma voie"]
    assert ticked == ["ar"]


def test_a_volunteer_says_whom_they_accompany_and_in_which_languages():
    told = requests.mentor(
        filled("languages=fr&languages=ar&settings=child_protection&levels=cp&mother_tongue=ar"),
        "fr",
    )

    assert told["languages"] == ["fr", "ar"]
    assert told["settings"] == ["child_protection"]
    assert (told["levels"], told["mother_tongue"]) == (["cp"], "ar")


def test_who_asks_for_a_mentor_says_all_eight_criteria_and_how_much_time():
    told = requests.referral(
        filled(
            "functions=accounting&motivation=learn&mother_tongue=ar&priority_district=no"
            "&experience_wanted=yes&minutes_a_month=120"
        ),
        "fr",
    )

    assert told["functions"] == ["accounting"]
    assert (told["motivation"], told["mother_tongue"]) == ("learn", "ar")
    assert (told["priority_district"], told["experience_wanted"]) == (False, True)
    assert told["minutes_a_month"] == 120
