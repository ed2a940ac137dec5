"""Whole pools at once say what the rules say one by one, to the last point and the last metre."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.policy import Constraint
from common.contracts.vocabulary import Modality
from matching.domain.assignment import TooLarge, points
from matching.domain.candidates.couples import Crowd, Prices
from matching.domain.candidates.roster import Roster
from matching.domain.constraints import in_force
from matching.domain.geography import distance_km
from matching.domain.judgement import judge
from tests.cast.people import PARIS
from tests.matching import anybody, cast
from tests.matching.cast import A_MENTEE, A_MENTOR, BREST, PROGRAMME, TERMS

crowds = st.lists(anybody.mentees(), max_size=6, unique_by=lambda each: each.referral_id)


def ordered(mentors):
    return sorted(mentors, key=lambda each: each.mentor_id)


def crowd_of(mentees, mentors, terms=TERMS, places=None):
    return Crowd(mentees, Roster(ordered(mentors)), {terms.programme_id: terms}, places)


def couples_by_rule(mentees, mentors, terms=TERMS):
    """Judge everyone by everyone: mentee, mentor, points, remote."""
    return [
        (one, other, int(points(np.array([verdict.fit]))[0]), verdict.remote)
        for one, mentee in enumerate(mentees)
        for other, mentor in enumerate(ordered(mentors))
        if (verdict := judge(mentee, mentor, terms)).feasible
    ]


def rows_of(couples):
    columns = couples.mentee, couples.mentor, couples.points, couples.remote
    return list(zip(*(each.tolist() for each in columns), strict=True))


def blocked_by_rule(mentee, mentors, terms):
    refused = [judge(mentee, each, terms).blocking for each in mentors]
    counts = {name: sum(name in each for each in refused) for name in in_force(terms.policy)}
    return {name: count for name, count in counts.items() if count}


@given(crowds, anybody.pools(), anybody.terms())
def test_every_couple_that_the_rules_allow_is_found_with_its_points(mentees, mentors, terms):
    found = crowd_of(mentees, mentors, terms)

    assert rows_of(found.all()) == couples_by_rule(mentees, mentors, terms)
    assert found.count() == len(found.all())


@given(crowds, anybody.pools())
def test_couples_of_likely_mentors_are_those_of_the_rules(mentees, mentors):
    likely = [anybody.likely(each) for each in mentors]

    assert rows_of(crowd_of(mentees, likely).all()) == couples_by_rule(mentees, likely)


@given(crowds, anybody.pools(), anybody.terms())
def test_mentors_are_counted_under_every_constraint_that_hinders_them(mentees, mentors, terms):
    reasons = crowd_of(mentees, mentors, terms).reasons()

    for place, mentee in enumerate(mentees):
        assert reasons.blocked(place) == blocked_by_rule(mentee, mentors, terms)
        suitable = [each for each in mentors if judge(mentee, each, terms).feasible]
        assert reasons.feasible[place] == len(suitable)


@given(crowds, anybody.pools(most=100), st.integers(1, 5))
def test_the_best_are_the_first_of_all_in_order_of_points(mentees, mentors, most):
    likely = [anybody.likely(each) for each in mentors]
    found = crowd_of(mentees, likely)

    # Up to 64 mentors fit in one word: nobody's turn is another's.
    rows = couples_by_rule(mentees, likely)
    turns = {one: one * -(-len(likely) // 64) // max(len(mentees), 1) * 64 for one, *_ in rows}
    room = max(-(-len(likely) // 64), 1) * 64
    best = sorted(rows, key=lambda row: (row[0], -row[2], (row[1] - turns[row[0]]) % room))
    kept = [
        row for row in best if sum(row[0] == each[0] for each in best[: best.index(row)]) < most
    ]
    assert rows_of(found.best(most)) == sorted(kept)


def test_equals_are_spread_over_the_whole_pool():
    mentors = [replace(A_MENTOR, mentor_id=UUID(int=100 + number)) for number in range(640)]
    mentees = [replace(A_MENTEE, referral_id=UUID(int=900 + number)) for number in range(10)]

    best = crowd_of(mentees, mentors).best(1)

    assert best.mentor.tolist() == [64 * number for number in range(10)]


@given(crowds, anybody.pools(), st.data())
def test_a_violated_couple_is_worth_more_than_both_prices(mentees, mentors, data):
    likely = [anybody.likely(each) for each in mentors]
    prices = st.integers(0, 12_000)
    asked = Prices(
        mentees=np.array([data.draw(prices) for _ in mentees], dtype=np.int64),
        mentors=np.array([data.draw(prices) for _ in likely], dtype=np.int64),
        bonus=np.array([data.draw(prices) for _ in mentees], dtype=np.int64),
    )

    found = crowd_of(mentees, likely).violated(asked, len(likely) or 1)

    violated = [
        row
        for row in couples_by_rule(mentees, likely)
        if row[2] + asked.bonus[row[0]] > asked.mentees[row[0]] + asked.mentors[row[1]]
    ]
    assert rows_of(found) == violated


@given(crowds, anybody.pools(), st.data())
def test_who_has_no_place_left_is_in_no_couple_and_still_suits(mentees, mentors, data):
    likely = [anybody.likely(each) for each in mentors]
    places = np.array([data.draw(st.integers(0, 1)) for _ in likely], dtype=np.int64)

    found = crowd_of(mentees, likely, places=places)

    rows = couples_by_rule(mentees, likely)
    assert rows_of(found.all()) == [row for row in rows if places[row[1]]]
    assert found.reasons().feasible.sum() == len(rows)


@given(anybody.mentees(), anybody.pools(), anybody.pools())
def test_a_roster_that_was_written_anew_is_as_one_that_was_just_made(mentee, before, after):
    roster = Roster(before)
    stays = {each.mentor_id for each in after}

    roster.put(after)
    roster.remove([each.mentor_id for each in before if each.mentor_id not in stays])

    asked = {PROGRAMME: TERMS}
    written, made = Crowd([mentee], roster, asked), Crowd([mentee], Roster(after), asked)
    assert len(roster) == len(after)
    assert written.reasons().blocked(0) == made.reasons().blocked(0)
    assert points_by_id(written, roster) == points_by_id(made, Roster(after))


def points_by_id(crowd, roster):
    rows = rows_of(crowd.all())
    return {roster.ids[seat]: (worth, remote) for _, seat, worth, remote in rows}


def at_km(north, reach):
    """Place a mentor so far north of Paris, with a reach."""
    degrees = north / 111.19508
    place = PARIS.model_copy(update={"latitude": PARIS.latitude + degrees})
    facets = A_MENTOR.facets.model_copy(update={"place": place, "reach_km": reach})
    return replace(A_MENTOR, facets=facets)


@pytest.mark.parametrize("metres", range(-4, 5))
def test_reach_ends_at_the_same_metre_for_one_and_for_all(metres):
    mentor = at_km(20 + metres / 4000, 20)

    [verdict] = [judge(A_MENTEE, mentor, TERMS)]

    assert crowd_of([A_MENTEE], [mentor]).count() == verdict.feasible
    assert verdict.feasible == (distance_km(PARIS, mentor.facets.place) <= 20)


def test_both_sides_of_the_edge_were_looked_at():
    reached = {judge(A_MENTEE, at_km(20 + m / 4000, 20), TERMS).feasible for m in range(-4, 5)}

    assert reached == {True, False}


def test_more_than_sixty_four_codes_of_one_list_are_told_apart():
    def likes(number):
        return A_MENTOR.facets.model_copy(update={"hobbies": (f"hobby_{number}",)})

    mentors = [
        replace(A_MENTOR, mentor_id=UUID(int=1000 + number), facets=likes(number))
        for number in range(150)
    ]
    facets = A_MENTEE.facets.model_copy(update={"hobbies": ("hobby_3", "hobby_67", "hobby_131")})
    mentee = replace(A_MENTEE, facets=facets)

    assert rows_of(crowd_of([mentee], mentors).all()) == couples_by_rule([mentee], mentors)


def test_two_who_accept_remote_are_a_couple_at_any_distance():
    far = {"modalities": (Modality.REMOTE,)}
    mentee = replace(A_MENTEE, facets=A_MENTEE.facets.model_copy(update=far))
    mentor = replace(A_MENTOR, facets=A_MENTOR.facets.model_copy(update={**far, "place": BREST}))

    assert crowd_of([mentee], [mentor]).all().remote.tolist() == [True]


def test_each_mentee_is_judged_by_the_terms_of_their_own_programme():
    other = UUID(int=77)
    lax = cast.policy(matching=cast.matching_policy(hard=()))
    terms = {PROGRAMME: TERMS, other: replace(TERMS, programme_id=other, policy=lax)}
    mentor = replace(
        A_MENTOR,
        programmes=frozenset(terms),
        trained_for=frozenset(terms),
        facets=A_MENTOR.facets.model_copy(update={"place": BREST}),
    )
    mentees = [A_MENTEE, replace(A_MENTEE, programme_id=other)]

    found = Crowd(mentees, Roster([mentor]), terms)

    assert found.all().mentee.tolist() == [1]
    assert found.reasons().blocked(0) == {Constraint.GEOGRAPHY: 1}


def test_more_couples_than_there_is_room_for_are_refused_before_they_are_held():
    mentors = [replace(A_MENTOR, mentor_id=UUID(int=100 + number)) for number in range(10)]

    with pytest.raises(TooLarge):
        crowd_of([A_MENTEE], mentors).all(most=9)


def test_whoever_is_screened_on_a_day_is_told_in_few_rows_however_many_days_pass():
    until = date(2027, 9, 1)
    roster = Roster([replace(A_MENTOR, screened_until=until)])
    days = [until + timedelta(days=number - 500) for number in range(1000)]

    rows = [roster.screened(day) for day in days]
    valid = [bool(roster.seats.bits[roster.screened(day)][0]) for day in days]

    assert valid == [day <= until for day in days]
    assert len(set(rows)) < len(days) / 10
