"""Two policies side by side: one picture, who gains and who loses, and nothing to be applied."""

from uuid import UUID

import pytest

from common.contracts.vocabulary import Role
from matching.domain.comparisons import Chosen, Fate, compared
from matching.domain.computation import Figures
from tests.matching.cast import ASSOCIATION, OTHER_MENTOR, PROGRAMME, STRANGERS
from tests.matching.facts import ACCEPTED, APPROVED, PUBLISHED, READY, REGISTERED, approved

ENGLISH = approved(OTHER_MENTOR, languages=("en",))
POOL = (REGISTERED, PUBLISHED, *ENGLISH, ACCEPTED)
EVERY_CONSTRAINT_BUT_LANGUAGE = ["geography", "slot", "age", "axis_and_level", "experience"]


async def compare(stage, **sides):
    body = {"association_id": str(ASSOCIATION), **sides}
    return await stage.client.post("/runs/comparisons", json=body, headers=stage.coordinator())


async def look_at(stage, comparison_id):
    path = f"/runs/comparisons/{comparison_id}"
    return (await stage.client.get(path, headers=stage.coordinator())).json()


async def test_two_policies_are_compared_on_one_picture(stage):
    await stage.hear(*POOL)
    asked = (await compare(stage, other={"hard": EVERY_CONSTRAINT_BUT_LANGUAGE})).json()
    before = await look_at(stage, asked["id"])

    await stage.tick()
    view = await look_at(stage, asked["id"])

    assert before["result"] is None
    assert (view["one"]["id"], view["other"]["id"]) == (asked["one"], asked["other"])
    assert view["result"]["served"] == 1
    assert view["result"]["fates"]["gains_mentor"] == 1
    [moved] = view["result"]["moved"]
    assert moved["referral_id"] == str(ACCEPTED.referral_id)
    assert moved["one"]["mentor_id"] is None
    assert moved["other"]["mentor_id"] == str(OTHER_MENTOR)
    assert view["other"]["variant"] == {"hard": EVERY_CONSTRAINT_BUT_LANGUAGE}
    assert view["one"]["variant"] is None


async def test_both_sides_see_the_same_people_at_the_same_moment(stage):
    await stage.hear(*POOL)
    asked = (await compare(stage)).json()

    await stage.tick()
    view = await look_at(stage, asked["id"])

    assert view["one"]["receipt"] == view["other"]["receipt"]
    assert view["result"]["moved"] == []
    assert view["result"]["unchanged"] == 1


async def test_a_side_of_a_comparison_is_never_applied(stage):
    await stage.hear(*POOL)
    asked = (await compare(stage)).json()
    await stage.tick()

    answers = [
        await stage.client.post(
            f"/runs/{asked[side]}/application", json={}, headers=stage.coordinator()
        )
        for side in ("one", "other")
    ]

    assert [each.status_code for each in answers] == [409, 409]
    assert await stage.proposals() == []


async def test_an_earlier_version_of_the_policy_may_be_the_other_side(stage):
    stricter = PUBLISHED.model_copy(update={"version": 2})
    await stage.hear(*POOL, stricter)
    versions = {"policy_versions": {str(PROGRAMME): 1}}
    asked = (await compare(stage, other=versions)).json()

    await stage.tick()
    view = await look_at(stage, asked["id"])

    assert view["one"]["receipt"]["policy_versions"] == {str(PROGRAMME): 2}
    assert view["other"]["receipt"]["policy_versions"] == {str(PROGRAMME): 1}


async def test_a_version_that_nobody_published_is_refused(stage):
    await stage.hear(*POOL)

    answer = await compare(stage, other={"policy_versions": {str(PROGRAMME): 9}})

    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("variant", "field", "french"),
    [
        ({"weights": {"sector": 0.5}}, "weights", "Les poids doivent faire 1 en tout."),
        ({"weights": {"sector": 2, "hobby": -1}}, "weights", "Il faut au"),
        ({"weights": {"fame": 1}}, "weights", "Il faut une de ces valeurs"),
        ({"hard": ["fame"]}, "hard", "Il faut une de ces valeurs"),
        ({"objective": "mine"}, "objective", "Il faut une de ces valeurs"),
        ({"protect_after_days": 0}, "protect_after_days", "Il faut au moins 1"),
    ],
)
async def test_what_is_beyond_the_bounds_of_a_policy_is_refused_in_words(
    stage, variant, field, french
):
    await stage.hear(*POOL)

    answer = await compare(stage, other=variant)

    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert field in error["field"]
    assert error["message"].startswith(french)


async def test_a_weight_that_is_no_number_is_refused(stage):
    answer = await stage.client.post(
        "/runs/comparisons",
        content=f'{{"association_id":"{ASSOCIATION}","other":{{"weights":{{"sector":NaN}}}}}}',
        headers=stage.coordinator() | {"content-type": "application/json"},
    )

    assert answer.status_code in {400, 422}


async def test_a_comparison_is_for_its_own_association_alone(stage):
    await stage.hear(*POOL, APPROVED, READY)
    asked = (await compare(stage)).json()
    stranger = stage.sign_in(Role.COORDINATOR, STRANGERS)

    seen = await stage.client.get(f"/runs/comparisons/{asked['id']}", headers=stranger)
    body = {"association_id": str(ASSOCIATION)}
    made = await stage.client.post("/runs/comparisons", json=body, headers=stranger)

    assert (seen.status_code, made.status_code) == (403, 403)


def chosen(mentor, fit):
    return Chosen(mentor_id=mentor and UUID(int=mentor), fit=fit)


@pytest.mark.parametrize(
    ("one", "other", "fate"),
    [
        ((None, None), (1, 0.5), Fate.GAINS_MENTOR),
        ((1, 0.5), (None, None), Fate.LOSES_MENTOR),
        ((1, 0.5), (2, 0.6), Fate.FITS_BETTER),
        ((1, 0.5), (1, 0.4), Fate.FITS_LESS),
        ((1, 0.5), (2, 0.5), Fate.MOVES),
        ((1, 0.5), (1, 0.5), None),
        ((None, None), (None, None), None),
    ],
)
def test_each_change_for_a_person_has_one_name(one, other, fate):
    lines = {UUID(int=9): (chosen(*one), chosen(*other))}
    nothing = Figures(served=0, protected_served=0, points=0)

    found = compared(nothing, nothing, lines)

    assert [each.fate for each in found.moved] == ([fate] if fate else [])
    assert found.unchanged == (fate is None)
