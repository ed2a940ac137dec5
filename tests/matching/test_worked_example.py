"""The worked example of docs/matching.md: three who wait, three mentors, every number checked."""

from dataclasses import replace
from itertools import combinations, permutations
from pathlib import Path

import pytest

from common.contracts.policy import Criterion, Objective
from matching.domain.assignment import POINTS
from matching.domain.changes import Case, Change, Kind
from matching.domain.computation import Inputs, canonical, compute
from matching.domain.counterfactuals import lifts
from matching.domain.geography import distance_km
from matching.domain.judgement import judge
from matching.domain.protection import is_protected
from matching.domain.receipts import receipt_of
from matching.domain.second_choice import behind
from matching.provenance import provenance
from tests.cast.people import PARIS
from tests.matching.cast import BREST, NOW
from tests.matching.worked import MENTORS, THURSDAY, VERSAILLES, WAITING, WEDNESDAY, terms

PAGE = (Path(__file__).parents[2] / "docs/matching.md").read_text(encoding="utf-8")
BEST = {"Aya": "Paula", "Ben": "Rita", "Chloé": "Omar"}
BONUS = 40_000
MENTEE_PRICES = {"Aya": 41_000, "Ben": 87_500, "Chloé": 39_000}
MENTOR_PRICES = {"Omar": 9_000, "Paula": 1_000, "Rita": 0}


def verdict(one, other):
    return judge(WAITING[one], MENTORS[other], terms())


def inputs(mentors=None, **rules):
    return Inputs(
        at=NOW,
        seed=0,
        mentees=tuple(WAITING.values()),
        mentors=tuple((mentors or MENTORS).values()),
        terms=(terms(**rules),),
    )


def pairs_of(result):
    mentees = {each.referral_id: name for name, each in WAITING.items()}
    mentors = {each.mentor_id: name for name, each in MENTORS.items()}
    return {
        mentees[line.referral_id]: mentors[line.mentor_id]
        for line in result.lines
        if line.mentor_id
    }


def couples():
    return [(one, other) for one in WAITING for other in MENTORS]


def feasible():
    return [each for each in couples() if verdict(*each).feasible]


def points(one, other):
    return round(verdict(one, other).fit * POINTS)


def says(*cells):
    """Find a line of a table of the page by its first cells."""
    return f"| {' | '.join(str(each) for each in cells)} |" in PAGE


@pytest.mark.parametrize(("one", "other"), couples())
def test_the_page_says_of_each_two_whether_and_why_not(one, other):
    told = verdict(one, other)

    if told.feasible:
        how = "at a distance" if told.remote else "in person"
        assert says(one, other, how, f"{told.fit:.2f}")
    else:
        assert says(one, other, ", ".join(f"`{name}`" for name in told.blocking), "–")


@pytest.mark.parametrize(("one", "other"), feasible())
def test_the_page_breaks_each_fit_down(one, other):
    told = verdict(one, other)

    parts = [
        f"{part.value:g} × {part.weight:g}{' (missing)' if part.missing else ''}"
        for part in told.contributions
    ]
    assert says(one, other, *parts, f"{told.fit:.2f}")


def test_the_distances_of_the_page_are_measured():
    assert f"{distance_km(PARIS, VERSAILLES):.1f} km" in PAGE
    assert f"{distance_km(PARIS, BREST):.0f} km" in PAGE


def test_the_run_makes_the_pairs_of_the_page():
    result = compute(inputs())

    assert pairs_of(result) == BEST
    assert (result.reached.served, result.reached.points) == (3, 17_500)
    assert (result.first_come.served, result.first_come.points) == (2, 18_500)
    assert "**3** served, total fit **1.75**" in PAGE
    assert "**2** served, total fit **1.85**" in PAGE


def test_fit_first_leaves_one_without():
    result = compute(inputs(objective=Objective.FIT_FIRST))

    assert pairs_of(result) == {"Aya": "Omar", "Ben": "Paula"}
    assert result.reached.points == 18_500


def test_ben_is_protected_and_served_in_every_way():
    protected = [name for name, each in WAITING.items() if is_protected(each, terms(), NOW)]

    assert protected == ["Ben"]
    assert "Ben" in BEST


def gain(one, other):
    """Count what a couple gains in the proof: its points, and a bonus, or two for the protected."""
    return points(one, other) + BONUS * (2 if one == "Ben" else 1)


def test_the_prices_of_the_page_prove_that_nothing_is_better():
    for one, other in feasible():
        price = MENTEE_PRICES[one] + MENTOR_PRICES[other]
        assert price >= gain(one, other)
        assert (price == gain(one, other)) or BEST[one] != other
        assert says(
            one, other, f"{gain(one, other):,}", f"{price:,}", f"{price - gain(one, other):,}"
        )
    total = sum(MENTEE_PRICES.values()) + sum(MENTOR_PRICES.values())
    assert total == sum(gain(*pair) for pair in BEST.items())
    assert f"{total:,}" in PAGE
    for name, price in {**MENTEE_PRICES, **MENTOR_PRICES}.items():
        assert says(name, f"{price:,}")


def test_no_other_way_of_pairing_them_is_as_good():
    every = [
        tuple(zip(some, others, strict=True))
        for size in range(4)
        for some in combinations(WAITING, size)
        for others in permutations(MENTORS, size)
    ]
    possible = [each for each in every if set(each) <= set(feasible())]

    worth = {each: (len(each), sum(points(*pair) for pair in each)) for each in possible}

    assert max(worth, key=worth.__getitem__) == tuple(BEST.items())
    assert sorted(worth.values())[-2] < (3, 17_500)


@pytest.mark.parametrize(("name", "more"), [("Omar", 9_000), ("Paula", 1_000), ("Rita", 0)])
def test_a_price_is_what_one_more_place_would_bring(name, more):
    roomier = replace(MENTORS[name], facets=MENTORS[name].facets.model_copy(update={"capacity": 2}))

    result = compute(inputs({**MENTORS, name: roomier}))

    assert result.reached.points - 17_500 == more == MENTOR_PRICES[name]


def test_the_page_says_what_would_change_a_refusal():
    def ways(one, other):
        case = Case(WAITING[one], MENTORS[other], terms())
        [lift] = lifts(case, verdict(one, other))
        return lift.ways

    assert ways("Chloé", "Paula") == (
        (Change(kind=Kind.MENTOR_IS_FREE, any_of=(WEDNESDAY,)),),
        (Change(kind=Kind.MENTEE_IS_FREE, any_of=(THURSDAY,)),),
    )
    assert ways("Ben", "Omar")[:2] == (
        (Change(kind=Kind.MENTOR_ACCEPTS, any_of=("remote",)),),
        (Change(kind=Kind.MENTEE_COMES_FARTHER, number=8),),
    )
    assert "8 km farther" in PAGE


def test_the_page_says_what_the_second_choice_costs():
    told = behind(verdict("Aya", "Omar"), verdict("Aya", "Paula"))

    assert told.less == pytest.approx(0.8)
    assert told.by_criterion == {
        Criterion.SECTOR: pytest.approx(0.5),
        Criterion.HOBBY: pytest.approx(0.3),
    }
    assert "0.80 less" in PAGE


def test_every_name_of_a_receipt_is_explained():
    asked = inputs()
    receipt = receipt_of(asked, canonical(asked), compute(asked), provenance())

    assert [name for name in type(receipt).model_fields if f"`{name}`" not in PAGE] == []
