"""Whom a run serves: groups add up to the whole, and nobody is shown alone."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from common.contracts.suppression import FEWEST
from common.contracts.vocabulary import Gender
from matching.domain.computation import Inputs
from matching.domain.fairness import Split, Tally, fairness_of, shown, shown_groups
from matching.domain.shards import solve
from tests.matching import anybody
from tests.matching.cast import A_MENTEE, A_MENTOR, MENTEE_FACETS, NOW, TERMS


def over(mentees, mentors, terms=TERMS):
    return Inputs(at=NOW, seed=0, mentees=tuple(mentees), mentors=tuple(mentors), terms=(terms,))


@given(
    st.lists(anybody.mentees(), max_size=8, unique_by=lambda each: each.referral_id),
    anybody.pools(most=6),
)
def test_groups_of_every_split_add_up_to_the_run(mentees, mentors):
    run = over(mentees, [anybody.likely(each) for each in mentors])
    result = solve(run)

    tallies = fairness_of(run, result.lines)

    assert tallies.keys() == set(Split)
    for groups in tallies.values():
        assert sum(each.waiting for each in groups.values()) == result.waiting
        assert sum(each.served for each in groups.values()) == result.reached.served
        assert sum(each.points for each in groups.values()) == result.reached.points
        days = sum((NOW - each.waiting_since).days for each in mentees)
        assert sum(each.days for each in groups.values()) == days


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 12), max_size=6))
def test_no_group_of_fewer_than_the_house_rule_is_shown(sizes):
    groups = {name: Tally(waiting=size, served=size) for name, size in sizes.items()}

    said = [each.waiting for each in shown_groups(groups) if each.waiting is not None]

    assert all(each >= FEWEST for each in said)
    # One hidden group alone would be the rest of the whole.
    unsaid = sum(sizes.values()) - sum(said)
    assert not said or len(sizes) - len(said) != 1 or unsaid >= FEWEST


def test_what_is_about_too_few_served_is_not_said():
    [group] = shown_groups({"a": Tally(waiting=20, served=2, days=40, days_of_served=9, points=5)})

    assert (group.waiting, group.served_share, group.mean_days) == (20, 0.1, 2.0)
    assert (group.mean_fit, group.mean_days_of_served) == (None, None)


def test_everybody_is_told_apart_by_what_their_facets_say():
    girl = replace(
        A_MENTEE, facets=MENTEE_FACETS.model_copy(update={"gender": Gender.FEMALE, "languages": ()})
    )
    boy = replace(
        A_MENTEE,
        referral_id=UUID(int=99),
        facets=MENTEE_FACETS.model_copy(update={"gender": Gender.MALE}),
    )
    run = over([girl, boy], [A_MENTOR])

    tallies = fairness_of(run, solve(run).lines)

    assert tallies[Split.GENDER].keys() == {"female", "male"}
    assert tallies[Split.LANGUAGE].keys() == {"fr", "unknown"}
    assert tallies[Split.PRIORITY_DISTRICT].keys() == {"unknown"}
    assert shown(tallies)[Split.GENDER] == []
