"""The people of the demo: plausible, fitting their programmes, and the same for one seed."""

from collections import Counter
from datetime import date

import pytest

from demo.cast import Cast
from demo.chance import Chance
from demo.houses import HOUSES
from demo.places import communes, everywhere

STARTS_ON = date(2026, 8, 31)


def cast_of(seed: int, mentors: int = 400, young: int = 600) -> Cast:
    return Cast(chance=Chance(seed), starts_on=STARTS_ON, mentor_count=mentors, young_count=young)


@pytest.fixture(scope="module")
def cast() -> Cast:
    return cast_of(2026)


def test_the_same_seed_casts_the_same_people(cast):
    again = cast_of(2026)

    assert again.young == cast.young
    assert again.mentors == cast.mentors


def test_another_seed_casts_others(cast):
    assert [each.name for each in cast_of(7).young] != [each.name for each in cast.young]


def test_a_smaller_cast_is_the_beginning_of_the_large_one(cast):
    assert cast_of(2026, young=30).young == cast.young[:30]


def test_every_minor_has_a_guardian_and_nobody_else_has(cast):
    assert all(bool(each.form["guardian"]) == each.minor for each in cast.young)


def test_no_two_people_share_a_name_or_an_address(cast):
    for people in (cast.young, cast.mentors):
        assert len({each.name for each in people}) == len(people)
        assert len({each.email for each in people}) == len(people)


def test_ages_fit_the_programme(cast):
    for each in cast.young:
        first, last = each.house.mentee_ages
        assert first <= each.age <= last


def test_a_minor_does_not_come_alone_and_a_grown_up_not_with_a_parent(cast):
    doors = {(each.door, each.minor) for each in cast.young}

    assert ("self", True) not in doors
    assert ("family", False) not in doors


def test_each_association_gets_its_share(cast):
    brought = Counter(each.house.key for each in cast.young)

    for house in HOUSES:
        assert abs(brought[house.key] - 600 * house.share) <= 2


def test_people_live_where_people_live():
    draw = everywhere()
    source = Chance(1).about("homes")
    homes = Counter(draw.home(source).code for _ in range(2000))

    largest = homes.most_common(1)[0][0]
    assert communes()[largest].population > 400_000
    assert sum(communes()[code].rural for code in homes) > 100
