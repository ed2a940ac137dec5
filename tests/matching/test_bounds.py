"""What lies beyond bounds is refused where it enters, and the refusal names it."""

import json
from math import inf, nan

import pytest
from pydantic import ValidationError

from common.contracts.policy import Criterion, MatchingPolicy, Policy
from common.contracts.vocabulary import MenteeFacets, MentorFacets, Place
from matching.domain.computation import Inputs, canonical, read
from tests.cast.people import PARIS
from tests.matching import cast
from tests.matching.cast import A_MENTEE, A_MENTOR, MENTEE_FACETS, MENTOR_FACETS, NOW, TERMS

NUMBERS = [nan, inf, -inf]


def refused(model, document):
    """Say where the first thing lies that a model does not accept."""
    with pytest.raises(ValidationError) as no:
        model.model_validate(document)
    return ".".join(str(step) for step in no.value.errors()[0]["loc"])


@pytest.mark.parametrize("number", [*NUMBERS, 91, -91])
def test_a_latitude_that_no_place_has_is_refused(number):
    assert refused(Place, {**PARIS.model_dump(), "latitude": number}) == "latitude"


@pytest.mark.parametrize("number", [*NUMBERS, 181, -181])
def test_a_longitude_that_no_place_has_is_refused(number):
    assert refused(Place, {**PARIS.model_dump(), "longitude": number}) == "longitude"


@pytest.mark.parametrize("commune", ["", "Paris", "7505", "750561", "75C56"])
def test_a_commune_without_a_code_is_refused(commune):
    assert refused(Place, {**PARIS.model_dump(), "commune": commune}) == "commune"


@pytest.mark.parametrize("number", [*NUMBERS, -1, 501, 0.5])
@pytest.mark.parametrize("facets", [MENTEE_FACETS, MENTOR_FACETS])
def test_a_reach_beyond_bounds_is_refused(facets, number):
    document = {**facets.model_dump(), "reach_km": number}

    assert refused(type(facets), document) == "reach_km"


@pytest.mark.parametrize("number", [*NUMBERS, -1, 11, 1.5])
def test_a_capacity_below_nothing_or_beyond_bounds_is_refused(number):
    assert refused(MentorFacets, {**MENTOR_FACETS.model_dump(), "capacity": number}) == "capacity"


@pytest.mark.parametrize("hour", [-1, 168])
def test_an_hour_that_no_week_has_is_refused(hour):
    assert refused(MenteeFacets, {**MENTEE_FACETS.model_dump(), "slots": [hour]}) == "slots.0"


@pytest.mark.parametrize("weight", [*NUMBERS, -0.1, 1.1])
def test_a_weight_that_is_no_share_is_refused(weight):
    document = cast.matching_policy().model_dump()

    document["weights"][Criterion.HOBBY] = weight

    assert refused(MatchingPolicy, document) == "weights.hobby"


@pytest.mark.parametrize("hobby", [0, 0.1, 0.1501, 1])
def test_weights_that_do_not_sum_to_one_are_refused_as_such(hobby):
    document = cast.matching_policy().model_dump()
    document["weights"][Criterion.HOBBY] = hobby

    with pytest.raises(ValidationError, match="weights must sum to 1"):
        MatchingPolicy.model_validate(document)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"weights": {"fame": 1}}, "weights.fame.[key]"),
        ({"weights": {}}, ""),
        ({"hard": ["fame"]}, "hard.0"),
        ({"objective": "fame"}, "objective"),
        ({"protect_after_days": 0}, "protect_after_days"),
        ({"age_bands_older": -1}, "age_bands_older"),
    ],
)
def test_a_policy_of_matching_that_cannot_be_is_refused_by_name(change, where):
    assert refused(MatchingPolicy, {**cast.matching_policy().model_dump(), **change}) == where


@pytest.mark.parametrize("number", [0, -1, nan, inf])
def test_a_programme_that_lets_a_mentor_take_nobody_is_refused(number):
    document = {**cast.policy().model_dump(), "mentor_capacity_max": number}

    assert refused(Policy, document) == "mentor_capacity_max"


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (("mentors", 0, "facets", "capacity"), -1),
        (("mentors", 0, "facets", "place", "latitude"), nan),
        (("mentors", 0, "engaged"), 1.5),
        (("mentees", 0, "facets", "place", "longitude"), inf),
        (("mentees", 0, "facets", "reach_km"), -1),
        (("mentees", 0, "waiting_since"), "yesterday"),
        (("terms", 0, "policy", "matching", "weights", "hobby"), 0.9),
        (("seed",), "chance"),
    ],
)
def test_inputs_of_a_run_are_read_as_strictly_as_events(part, change):
    inputs = Inputs(at=NOW, seed=0, mentees=(A_MENTEE,), mentors=(A_MENTOR,), terms=(TERMS,))
    document = json.loads(canonical(inputs))
    inner = document
    for step in part[:-1]:
        inner = inner[step]
    inner[part[-1]] = change

    with pytest.raises(ValidationError):
        read(json.dumps(document))
