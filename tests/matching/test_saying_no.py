"""A refused proposal says which rules stand in the way, in the reader's language."""

import pytest

from common.contracts.policy import Constraint
from matching.domain.refusals import CannotBeMatched
from tests.matching.cast import OTHER_MENTOR, POOLED
from tests.matching.facts import ACCEPTED, PUBLISHED, REGISTERED, approved


async def refused(stage, language, **changes):
    mentor, ready = approved(OTHER_MENTOR, languages=("en",), slots=(1,))
    await stage.hear(REGISTERED, PUBLISHED, ACCEPTED, mentor.model_copy(update=changes), ready)
    answer = await stage.client.post(
        f"/referrals/{ACCEPTED.referral_id}/proposals",
        json={"mentor_id": str(OTHER_MENTOR)},
        headers=stage.coordinator() | {"Accept-Language": language},
    )
    assert answer.status_code == 409
    return answer.json()["detail"]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fr", "Ils n'ont aucun créneau commun ; ils n'ont aucune langue commune."),
        ("en", "They have no common slot; they have no common language."),
    ],
)
async def test_a_refused_proposal_names_every_rule_in_the_way(stage, language, told):
    assert await refused(stage, language) == told


async def test_of_another_associations_mentor_no_other_rule_is_named(stage):
    told = await refused(stage, "fr", association_id=POOLED)

    assert told == "Le mentor est d'une autre association."


@pytest.mark.parametrize("rule", Constraint)
def test_every_rule_has_its_words(rule):
    details = CannotBeMatched((rule,)).details

    assert all(details[language].endswith(".") for language in ("fr", "en"))
