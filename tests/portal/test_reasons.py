"""Why, why not and why nobody, as matching says it, in the words of a page."""

from dataclasses import replace
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from common.contracts.policy import Constraint
from common.contracts.vocabulary import Modality
from matching import run_views, views
from matching.domain.changes import Case, Kind
from matching.domain.computation import Inputs, canonical, compute
from matching.domain.counterfactuals import Never
from matching.domain.emptied import emptied
from matching.domain.judgement import judge
from matching.domain.pool import judge_all, pool_of
from matching.domain.receipts import receipt_of
from matching.domain.runs import RunState
from matching.domain.suggestions import suggest
from matching.provenance import provenance
from portal.neighbours import refusal
from portal.words import LANGUAGES, Words
from tests.matching.cast import (
    A_MENTEE,
    A_MENTOR,
    BREST,
    MENTOR,
    NOW,
    OTHER_MENTOR,
    REFERRAL,
    TERMS,
)
from tests.portal.cast import ASSOCIATION, EMAIL
from tests.portal.people import tree_of

SECOND = replace(
    A_MENTOR,
    mentor_id=OTHER_MENTOR,
    facets=A_MENTOR.facets.model_copy(update={"hobbies": ("chess",)}),
)
FAR_AND_FULL = replace(
    A_MENTOR,
    engaged=1,
    facets=A_MENTOR.facets.model_copy(update={"place": BREST, "modalities": (Modality.REMOTE,)}),
)
UNSCREENED = replace(A_MENTOR, facets=A_MENTOR.facets.model_copy(update={"settings": ()}))
ELSEWHEN = replace(A_MENTOR, facets=A_MENTOR.facets.model_copy(update={"slots": (49,)}))
WHY = f"/referrals/{REFERRAL}/why?mentor_id={MENTOR}"
SUGGESTIONS = f"/referrals/{REFERRAL}/suggestions"


def explained(mentor, pool=()):
    best = suggest(A_MENTEE, pool_of(pool), TERMS, limit=1).ranked
    verdict = judge(A_MENTEE, mentor, TERMS)
    told = views.reasons(Case(A_MENTEE, mentor, TERMS), verdict, best[0] if best else None)
    return told.model_dump(mode="json")


def suggested(*mentors):
    pool = pool_of(mentors)
    found = suggest(A_MENTEE, pool, TERMS, limit=20)
    nobody = None if found.suitable else emptied(judge_all(A_MENTEE, pool, TERMS).blocked)
    return views.suggestion_page(A_MENTEE, found, nobody).model_dump(mode="json")


@pytest.fixture
def answers():
    """What matching answers, by the end of the path that is asked for."""
    return {}


@pytest.fixture
def neighbours(answers):
    matching, intake = FastAPI(), FastAPI()

    @matching.get("/{path:path}")
    async def matching_says(path: str) -> JSONResponse:
        return JSONResponse(answers[path.rpartition("/")[2]])

    @intake.get("/{path:path}")
    async def intake_says(path: str) -> JSONResponse:
        if path == "mentors":
            known = {MENTOR: "Paul", OTHER_MENTOR: "Lila"}
            people = [
                {"id": str(id_), "given_name": name, "family_name": ""}
                for id_, name in known.items()
            ]
            return JSONResponse(people)
        if path == "referrals":
            return JSONResponse([])
        return JSONResponse({} if path == "vocabularies" else {"id": str(UUID(int=1))})

    return {"intake": intake, "matching": matching}


@pytest.fixture
async def read(browser, register, enter):
    await register(EMAIL, "coordinator", ASSOCIATION)
    await enter(EMAIL)

    async def read(path):
        page = await browser.get(path)
        assert page.status_code == 200, page.text
        tree_of(page.text)
        return page.text.replace("&#39;", "'")

    return read


async def test_a_refusal_says_for_each_rule_who_would_decide_what(answers, read):
    answers[str(MENTOR)] = explained(FAR_AND_FULL)

    page = await read(WHY)

    assert "Ce binôme n’est pas possible en l’état." in page
    assert "si le ou la jeune acceptait de se voir à distance" in page
    assert "si le mentor avait 1 place de plus" in page
    assert (
        "Le binôme serait possible si le ou la jeune acceptait de se voir à distance"
        " et si le mentor avait 1 place de plus." in page
    )


async def test_a_slot_is_named_by_its_day_and_hour(answers, read):
    answers[str(MENTOR)] = explained(ELSEWHEN)

    page = await read(WHY)

    assert "si le mentor était libre mercredi 16 h ou mercredi 17 h" in page
    assert "si le ou la jeune était libre mercredi 1 h" in page


async def test_a_rule_that_must_stay_says_so(answers, read):
    answers[str(MENTOR)] = explained(UNSCREENED)

    page = await read(WHY)

    assert "les vérifications se font d’abord" in page
    assert "Le binôme serait possible" not in page


async def test_a_second_choice_says_what_it_costs(answers, read):
    answers[str(MENTOR)] = explained(SECOND, [A_MENTOR, SECOND])

    page = await read(WHY)

    assert "15,0 points de moins que Paul" in page
    assert "Loisirs" in page


async def test_a_referral_that_nobody_suits_says_which_rule_left_nobody(answers, read):
    answers["suggestions"] = suggested(ELSEWHEN)

    page = await read(SUGGESTIONS)

    assert "La règle qui a écarté les derniers\u00a0: Créneau commun." in page
    assert "1 mentor deviendrait possible" in page
    assert "Pourquoi pas ce mentor\u202f?" in page


async def test_where_checks_close_the_pool_nothing_is_offered(answers, read):
    answers["suggestions"] = suggested(UNSCREENED)

    page = await read(SUGGESTIONS)

    assert "Rien de ce qui peut se décider n’ouvrirait le vivier" in page


async def test_a_run_that_leaves_somebody_with_nobody_says_why(answers, read):
    inputs = Inputs(at=NOW, seed=0, mentees=(A_MENTEE,), mentors=(ELSEWHEN,), terms=(TERMS,))
    result = compute(inputs)
    told = run_views.RunView(
        id=UUID(int=9),
        state=RunState.READY,
        association_id=ASSOCIATION,
        programme_id=None,
        pooled=True,
        seed=0,
        asked_at=NOW,
        computed_at=NOW,
        refusal=None,
        receipt=receipt_of(inputs, canonical(inputs), result, provenance()),
        comparison_id=None,
        side=None,
        variant=None,
        progress=run_views.Progress(parts=1, done=1),
        fairness=None,
        costs=None,
        costs_asked_at=None,
        costs_refusal=None,
        lines=[],
    )
    answers[str(told.id)] = told.model_dump(mode="json")

    page = await read(f"/runs/{told.id}")

    assert "Ceux à qui aucun mentor ne convient" in page
    assert "1 jeune aurait quelqu’un" in page


def test_a_no_with_its_reasons_is_told_with_them():
    problem = {"title": "Une règle empêche ce binôme.", "detail": "Le mentor n'a plus de place."}

    told = refusal(httpx.Response(409, json=problem)).title

    assert told == "Une règle empêche ce binôme. Le mentor n'a plus de place."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_change_every_no_and_every_rule_has_its_words(language):
    words = Words(language)

    assert all(words.has(f"change.{each}") for each in Kind)
    assert all(words.has(f"never.{each}") for each in Never)
    assert all(words.has(f"codes.rule.{each}") for each in Constraint)
    assert all(words.has(f"codes.meet_at.{each}") for each in Modality)
