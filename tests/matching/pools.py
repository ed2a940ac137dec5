"""Small pools drawn by hypothesis or by chance, and every assignment that they have."""

from itertools import product

import numpy as np
from hypothesis import strategies as st

from common.contracts.policy import Objective
from matching.domain.assignment import POINTS, Instance

SERVED, FIT = Objective.MOST_SERVED_THEN_FIT, Objective.FIT_FIRST


def instance_of(table, places, protected=()):
    """Make an instance of a table of points, where None means that a rule stands in the way."""
    couples = [
        (mentee, mentor, points)
        for mentee, row in enumerate(table)
        for mentor, points in enumerate(row)
        if points is not None
    ]
    mentee, mentor, points = (
        np.array([couple[part] for couple in couples], dtype=np.int64) for part in range(3)
    )
    return Instance(
        mentees=len(table),
        places=np.array(places, dtype=np.int64),
        mentee=mentee,
        mentor=mentor,
        points=points,
        protected=protected,
    )


@st.composite
def tables(draw, most=4, kinds=None):
    """Draw points, places and who is protected; sides may be empty, and mentors without a place."""
    mentees, mentors = draw(st.integers(0, most)), draw(st.integers(0, most))
    few = draw(st.sampled_from([[0], [0, 1], [7000], [0, 1, 5000, 7000, POINTS]]))
    points = st.none() | st.sampled_from(few) | (kinds or st.integers(0, POINTS))
    table = [[draw(points) for _ in range(mentors)] for _ in range(mentees)]
    places = [draw(st.integers(0, 3)) for _ in range(mentors)]
    protected = draw(st.lists(st.sampled_from(range(mentees)), unique=True)) if mentees else []
    return table, places, protected


def by_chance(chance):
    """Draw the same by chance alone, which is faster."""
    mentees, mentors = chance.integers(0, 6), chance.integers(0, 5)
    top = chance.choice([0, 1, 3, POINTS])
    density = chance.choice([0.3, 0.6, 1.0])
    table = [
        [
            int(chance.integers(0, top + 1)) if chance.random() < density else None
            for _ in range(mentors)
        ]
        for _ in range(mentees)
    ]
    protected = chance.permutation(mentees)[: chance.integers(0, mentees + 1)].tolist()
    return table, chance.integers(0, 4, mentors).tolist(), protected


def every_assignment(table, places):
    choices = [
        [None, *(mentor for mentor, points in enumerate(row) if points is not None)]
        for row in table
    ]
    for chosen in product(*choices):
        if all(chosen.count(mentor) <= places[mentor] for mentor in range(len(places))):
            yield [(mentee, mentor) for mentee, mentor in enumerate(chosen) if mentor is not None]


def worth(pairs, table, protected, objective):
    """Say what pairs are worth, so that what is better is greater."""
    points = sum(table[mentee][mentor] for mentee, mentor in pairs)
    served = {mentee for mentee, _ in pairs}
    in_turn = tuple(mentee in served for mentee in protected)
    return (points, len(pairs), in_turn) if objective is FIT else (len(pairs), in_turn, points)


def measured(assignment, protected):
    """Say what does not depend on who comes first among equals."""
    served = {mentee for mentee, _ in assignment.pairs}
    in_turn = tuple(mentee in served for mentee in protected)
    return assignment.points, len(assignment.pairs), in_turn


def random_pool(mentees, mentors, couples, *, top=POINTS, places=(0, 4), seed=0, protected=0.3):
    """Draw a pool of any size, its couples in no order."""
    chance = np.random.default_rng(seed)
    drawn = np.unique(chance.integers(0, mentees * mentors, couples))
    chance.shuffle(drawn)
    return Instance(
        mentees=mentees,
        places=chance.integers(*places, mentors),
        mentee=drawn // mentors,
        mentor=drawn % mentors,
        points=chance.integers(0, top + 1, len(drawn)),
        protected=chance.permutation(mentees)[: int(mentees * protected)].tolist(),
    )
