"""Figures: each computed from journeys that can be counted by hand."""

from datetime import date

import pytest

from common.contracts.vocabulary import AgeBand, Gender, Public, Setting
from reporting import handlers
from reporting.domain.catalogue import CATALOGUE
from reporting.domain.definitions import Split
from tests.cast.people import PARIS
from tests.reporting.cast import (
    ANOTHER_ASSOCIATION,
    ASSOCIATION,
    FACETS,
    PROGRAMME,
    Journey,
    erased,
)
from tests.reporting.questions import AUTUMN, ask


async def test_referrals_are_counted_by_what_happened_to_them(tell, tx):
    await tell(
        *(Journey(number=n).submitted(n / 10) for n in range(6)),
        *(Journey(number=10 + n).submitted().offered().declined().offered(3) for n in range(7)),
        *(Journey(number=20 + n).submitted().offered().expired() for n in range(5)),
    )

    assert await ask(tx, "referrals") == {
        ("received", None): 18,
        ("routed", None): 19,
        ("declined", None): 7,
        ("expired", None): 5,
    }


async def test_declines_are_told_apart_by_their_reason(tell, tx):
    await tell(
        *(Journey(number=n).submitted().offered().declined(reason="age") for n in range(5)),
        *(Journey(number=9 + n).submitted().offered().declined(reason="public") for n in range(6)),
    )

    assert await ask(tx, "referrals", split=Split.REASON) == {
        ("declined", "age"): 5,
        ("declined", "public"): 6,
        ("declined", None): 11,
    }


async def test_a_referral_received_counts_for_the_first_association_asked(tell, tx):
    await tell(*(Journey(number=n).submitted().offered() for n in range(5)))

    split = await ask(tx, "referrals", split=Split.ASSOCIATION)
    programmes = await ask(tx, "referrals", split=Split.PROGRAMME)

    assert split["received", str(ASSOCIATION)] == 5
    assert programmes["routed", str(PROGRAMME)] == 5


async def test_an_answer_is_timed_from_the_submission_to_the_first_one(tell, tx):
    await tell(
        *(Journey(number=n).submitted().offered().declined(n + 1).accepted(50) for n in range(10)),
    )

    [(n, values)] = (await ask(tx, "time_to_answer")).values()

    assert (n, values) == (10, {"median": 5.5, "p90": 9.1})


async def test_a_match_is_timed_under_two_definitions_side_by_side(tell, tx):
    await tell(*(Journey(number=n).running() for n in range(5)))

    formed = await ask(tx, "time_to_match v1")
    met = await ask(tx, "time_to_match v2")

    assert formed["time_to_match", None] == (5, {"median": 10.0, "p90": 10.0})
    assert met["time_to_match", None] == (5, {"median": 20.0, "p90": 20.0})


async def test_pairs_start_strictly_when_signed_and_widely_when_met(tell, tx):
    await tell(
        *(Journey(number=n).running() for n in range(5)),
        *(
            Journey(number=10 + n).submitted().offered().accepted().matched().met()
            for n in range(4)
        ),
    )

    assert await ask(tx, "pairs_started v1") == {("started", None): 5}
    assert await ask(tx, "pairs_started v2") == {("started", None): 9}


async def test_the_usual_figure_is_that_of_the_recommended_version(tell, tx):
    await tell(*(Journey(number=n).running() for n in range(5)))

    assert await ask(tx, "pairs_started") == await ask(tx, "pairs_started v1")


async def test_a_pair_is_active_until_it_is_closed_and_again_when_it_is_reopened(tell, tx):
    await tell(
        *(Journey(number=n).running() for n in range(5)),
        *(Journey(number=10 + n).running().closed(60) for n in range(6)),
        *(Journey(number=20 + n).running().closed(60).reopened(70) for n in range(7)),
    )

    assert (await ask(tx, "pairs_active", days=AUTUMN))["active", None] == 12


async def test_a_young_person_with_two_pairs_in_two_associations_counts_once(tell, tx):
    await tell(
        *(Journey(number=n, mentee=n).running() for n in range(6)),
        *(
            Journey(number=10 + n, mentee=n, association_id=ANOTHER_ASSOCIATION).running()
            for n in range(6)
        ),
    )

    found = await ask(tx, "pairs_active", split=Split.ASSOCIATION)

    assert found["active", None] == 12
    assert found["young_people", None] == 6
    assert found["young_people", str(ASSOCIATION)] == 6
    assert found["young_people", str(ANOTHER_ASSOCIATION)] == 6


async def test_who_left_before_the_period_or_came_after_it_is_not_of_it(tell, tx):
    await tell(
        *(Journey(number=n).running().closed(40) for n in range(5)),
        *(Journey(number=10 + n).running().closed(40).reopened(130) for n in range(6)),
        *(Journey(number=20 + n).submitted().matched().met().signed(200) for n in range(7)),
    )
    winter = (date(2027, 1, 1), date(2027, 2, 28))

    assert (await ask(tx, "pairs_active", days=winter))["young_people", None] == 6


async def test_young_people_are_told_apart_by_what_their_referral_said(tell, tx):
    girl = FACETS
    boy = FACETS.model_copy(
        update={"gender": Gender.MALE, "age_band": AgeBand.FROM_18, "level": "bts"}
    )
    await tell(
        *(Journey(number=n, facets=girl).running() for n in range(5)),
        *(Journey(number=10 + n, facets=boy, remote=True).running() for n in range(6)),
    )

    assert await ask(tx, "age_bands") == {
        ("young_people", "11-14"): 5,
        ("young_people", "18-20"): 6,
        ("young_people", None): 11,
    }
    assert (await ask(tx, "gender_and_level"))["young_people", "female"] == 5
    assert (await ask(tx, "gender_and_level", split=Split.LEVEL))["young_people", "bts"] == 6
    assert (await ask(tx, "axis_and_modality"))["young_people", "education"] == 11
    modality = await ask(tx, "axis_and_modality", split=Split.MODALITY)
    assert modality["young_people", "remote"] == 6


async def test_three_of_an_age_are_not_found_by_taking_settings_from_age_bands(tell, tx):
    crowds = {
        (AgeBand.FROM_11, Setting.MINOR): 20,
        (AgeBand.FROM_15, Setting.MINOR): 3,
        (AgeBand.FROM_18, Setting.ADULT): 8,
        (AgeBand.FROM_21, Setting.ADULT): 12,
    }
    everybody = [
        FACETS.model_copy(update={"age_band": band, "setting": setting})
        for (band, setting), n in crowds.items()
        for _ in range(n)
    ]
    await tell(*(Journey(number=n, facets=each).running() for n, each in enumerate(everybody)))

    assert await ask(tx, "age_bands") == {
        ("young_people", "11-14"): None,
        ("young_people", "15-17"): None,
        ("young_people", "18-20"): 8,
        ("young_people", "21-25"): 12,
        ("young_people", None): 43,
    }
    settings = await ask(tx, "pairs_active", split=Split.SETTING)
    assert settings["young_people", "minor"] == 23
    assert settings["young_people", "adult"] == 20


async def test_unknown_is_not_the_same_as_no(tell, tx):
    in_district = PARIS.model_copy(update={"priority_district": True})
    not_in = PARIS.model_copy(update={"priority_district": False, "department": "974"})
    places = [PARIS] * 5 + [in_district] * 6 + [not_in] * 7
    await tell(
        *(
            Journey(number=n, facets=FACETS.model_copy(update={"place": place})).running()
            for n, place in enumerate(places)
        ),
    )

    assert await ask(tx, "territory", split=Split.PRIORITY_DISTRICT) == {
        ("young_people", "unknown"): 5,
        ("young_people", "yes"): 6,
        ("young_people", "no"): 7,
        ("young_people", None): 18,
    }
    overseas = await ask(tx, "territory", split=Split.OVERSEAS)
    assert overseas["young_people", "overseas"] == 7
    assert (await ask(tx, "territory"))["young_people", "75"] == 11
    assert (await ask(tx, "territory", split=Split.RURAL))["young_people", "not_rural"] == 18


async def test_who_names_several_publics_counts_in_each_and_once_in_all(tell, tx):
    both = FACETS.model_copy(update={"publics": (Public.BURSARY, Public.CARER)})
    none = FACETS.model_copy(update={"publics": ()})
    await tell(
        *(Journey(number=n, facets=both).running() for n in range(5)),
        *(Journey(number=10 + n, facets=none).running() for n in range(6)),
    )

    assert await ask(tx, "priority_publics") == {
        ("young_people", "bursary"): 5,
        ("young_people", "carer"): 5,
        ("young_people", None): 11,
    }


async def test_durations_count_the_pairs_that_still_run(tell, tx):
    await tell(
        *(Journey(number=n).running().closed(30 + 100) for n in range(5)),
        *(Journey(number=10 + n).running() for n in range(5)),
    )

    strict = (await ask(tx, "duration v1"))["lasting", None]
    wide = (await ask(tx, "duration v2"))["lasting", None]

    assert strict == (10, {"median": 100.0, "share_6_months": 0.5, "share_12_months": None})
    assert wide[1]["median"] == 110.0


async def test_a_small_figure_is_not_shown_and_takes_another_with_it(tell, tx):
    boy = FACETS.model_copy(update={"gender": Gender.MALE})
    other = FACETS.model_copy(update={"gender": Gender.OTHER})
    genders = [FACETS] * 9 + [boy] * 3 + [other] * 8
    await tell(*(Journey(number=n, facets=facets).running() for n, facets in enumerate(genders)))

    assert await ask(tx, "gender_and_level") == {
        ("young_people", "female"): 9,
        ("young_people", "male"): None,
        ("young_people", "other"): None,
        ("young_people", None): 20,
    }


async def test_what_happens_later_changes_no_figure_of_the_past(tell, tx):
    journeys = [Journey(number=n).running() for n in range(6)]
    await tell(*journeys)
    names = [f"{each.code} v{each.version}" for each in CATALOGUE]
    before = [await ask(tx, name, days=AUTUMN) for name in names]

    boy = FACETS.model_copy(update={"gender": Gender.MALE})
    for journey in journeys:
        journey.facets = boy
        journey.accepted(200)
        journey.closed(201).reopened(202).closed(203)
    await tell(*journeys, *(Journey(number=50 + n).submitted(150) for n in range(6)))

    after = [await ask(tx, name, days=AUTUMN) for name in names]
    assert after == before


async def test_an_erasure_changes_no_figure(tell, tx):
    journeys = [Journey(number=n, mentee=n % 6).running() for n in range(12)]
    await tell(*journeys)
    names = [f"{each.code} v{each.version}" for each in CATALOGUE]
    before = [await ask(tx, name) for name in names]

    await handlers.forget_person(tx, erased(journeys[0].mentee_id))

    assert [await ask(tx, name) for name in names] == before


async def test_an_association_is_counted_alone(tell, tx):
    await tell(
        *(Journey(number=n).running() for n in range(5)),
        *(Journey(number=10 + n, association_id=ANOTHER_ASSOCIATION).running() for n in range(9)),
    )

    assert await ask(tx, "pairs_started", only=frozenset({ASSOCIATION})) == {("started", None): 5}


async def test_without_a_single_event_every_indicator_still_answers(tx):
    for each in CATALOGUE:
        found = await ask(tx, f"{each.code} v{each.version}")

        assert all(group is None for _, group in found)


@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: f"{each.code} v{each.version}")
async def test_every_split_that_is_offered_is_answered(tell, tx, each):
    await tell(*(Journey(number=n).running() for n in range(5)))

    for split in each.splits:
        assert await ask(tx, f"{each.code} v{each.version}", split=split)
