"""Solving on a few couples and looking at all of them is as good as solving on all of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.contracts.policy import Objective
from matching.domain.assignment import assign, certify
from matching.domain.candidates.couples import Crowd
from matching.domain.candidates.generation import Aim, best_of_all, instance_of
from matching.domain.candidates.roster import Roster
from tests.matching import anybody
from tests.matching.cast import PROGRAMME, TERMS

crowds = st.lists(
    anybody.mentees(), min_size=1, max_size=9, unique_by=lambda each: each.referral_id
)


SEEDS = st.integers(0, 3)


def numbers(values):
    return np.array(values, dtype=np.int64)


@pytest.mark.parametrize("objective", list(Objective))
@settings(max_examples=60)
@given(mentees=crowds, mentors=anybody.pools(), data=st.data())
def test_the_optimum_over_a_few_couples_is_the_optimum_over_all(objective, mentees, mentors, data):
    pool = sorted((anybody.likely(each) for each in mentors), key=lambda each: each.mentor_id)
    places = data.draw(st.lists(st.integers(0, 2), min_size=len(pool), max_size=len(pool)))
    protected = data.draw(st.lists(st.sampled_from(range(len(mentees))), unique=True))
    roster = Roster(pool)
    aim = Aim(
        places=numbers(places), protected=protected, objective=objective, seed=data.draw(SEEDS)
    )
    crowd = Crowd(mentees, roster, {PROGRAMME: TERMS}, aim.places)

    solution = best_of_all(crowd, aim, crowd.best(1))

    whole = instance_of(crowd.all(), aim)
    best = assign(whole, objective, aim.seed)
    certify(whole, solution.assignment, objective)
    assert len(solution.assignment.pairs) == len(best.pairs)
    assert solution.assignment.points == best.points
    served, could_be = ({one for one, _ in each.pairs} for each in (solution.assignment, best))
    assert [each in served for each in protected] == [each in could_be for each in protected]
