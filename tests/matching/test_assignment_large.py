"""The assignment on pools too large for brute force, and on pools made to be hard."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching, min_weight_full_bipartite_matching

from matching.domain.assignment import POINTS, assign
from tests.matching.pools import FIT, SERVED, measured, random_pool


def by_scipy(instance, bonus):
    """Return the greatest total of points and bonuses, one column for each place."""
    repeats = instance.places[instance.mentor]
    couple = np.repeat(np.arange(len(repeats)), repeats)
    within = np.arange(len(couple)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    first = np.cumsum(instance.places) - instance.places
    places, everyone = int(instance.places.sum()), np.arange(instance.mentees)
    top = int(instance.points.max()) + bonus + 1
    costs = np.concatenate((top - bonus - instance.points[couple], np.full(len(everyone), top)))
    rows = np.concatenate((instance.mentee[couple], everyone))
    columns = np.concatenate((first[instance.mentor[couple]] + within, places + everyone))
    graph = csr_array((costs.astype(float), (rows, columns)))
    chosen = min_weight_full_bipartite_matching(graph)
    return int((top - graph[chosen]).sum())


def most_by_scipy(instance):
    """Return how many can be served (Hopcroft and Karp)."""
    repeats = instance.places[instance.mentor]
    couple = np.repeat(np.arange(len(repeats)), repeats)
    within = np.arange(len(couple)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    seat = (np.cumsum(instance.places) - instance.places)[instance.mentor[couple]] + within
    shape = (instance.mentees, int(instance.places.sum()))
    graph = csr_array((np.ones(len(couple)), (instance.mentee[couple], seat)), shape=shape)
    return int((maximum_bipartite_matching(graph, perm_type="column") >= 0).sum())


@pytest.mark.parametrize("top", [1, 50, POINTS])
@pytest.mark.parametrize("sizes", [(1500, 1500), (2000, 300), (300, 2000)])
def test_scipy_finds_nothing_better(sizes, top):
    instance = random_pool(sizes, 9000, top=top, protected=0)

    served, fit = assign(instance, SERVED), assign(instance, FIT)

    assert served.value == by_scipy(instance, served.bonus)
    assert len(served.pairs) == most_by_scipy(instance)
    assert fit.value == by_scipy(instance, 0)


@pytest.mark.parametrize("objective", [SERVED, FIT])
def test_listing_and_seed_change_nothing_that_counts(objective):
    instance = random_pool((2000, 1500), 15_000, top=20)
    order = np.random.default_rng(1).permutation(len(instance.points))
    listed = replace(
        instance,
        mentee=instance.mentee[order],
        mentor=instance.mentor[order],
        points=instance.points[order],
    )

    found = assign(instance, objective)
    other = assign(listed, objective, seed=1)

    assert assign(listed, objective).pairs == found.pairs
    assert other.pairs != found.pairs
    assert measured(other, instance.protected) == measured(found, instance.protected)


def best_couples_first(instance):
    """Take the best couple left, again and again; return how many that serves, and the points."""
    left, served, points = instance.places.copy(), set(), 0
    for couple in np.argsort(-instance.points, kind="stable").tolist():
        mentee, mentor = int(instance.mentee[couple]), int(instance.mentor[couple])
        if left[mentor] and mentee not in served:
            left[mentor] -= 1
            served.add(mentee)
            points += int(instance.points[couple])
    return len(served), points


@pytest.mark.parametrize("sizes", [(900, 900), (2000, 200), (200, 2000)])
def test_taking_the_best_couples_first_is_never_better(sizes):
    instance = random_pool(sizes, 6000, protected=0)
    served, points = best_couples_first(instance)

    assert len(assign(instance, SERVED).pairs) >= served
    assert assign(instance, FIT).points >= points


@pytest.mark.parametrize("objective", [SERVED, FIT])
@pytest.mark.parametrize(
    "instance",
    [
        random_pool((400, 400), 10**6, top=POINTS),
        random_pool((3000, 30), 30_000, top=POINTS),
        random_pool((30, 3000), 30_000, top=POINTS),
        random_pool((1500, 1500), 20_000, top=0),
        random_pool((3000, 900), 30_000, places=(3, 4)),
        random_pool((200, 3), 600, places=(40, 90)),
        random_pool((1500, 1500), 4000, places=(1, 2), protected=1),
    ],
    ids=[
        *("everybody with everybody", "few mentors", "few mentees", "all equal", "capacity 3"),
        *("many places each", "all protected"),
    ],
)
def test_hard_pools_are_proven(instance, objective):
    found = assign(instance, objective)

    # What is not proven is not returned; this many can be served whatever the aim.
    assert len(found.pairs) <= most_by_scipy(instance)
    assert objective is FIT or len(found.pairs) == most_by_scipy(instance)
