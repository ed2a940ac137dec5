"""Pools as they might be: people where France lives, with tastes, and their best candidates.

Homes are drawn by population from the communes that intake ships, and scattered by a few
kilometres. 45 % accept to meet at a distance. A couple is possible if both want the same axis, have
a slot in common, and live within 30 km or both accept remote; of the mentors far away, each mentee
looks at some hundreds. Scores are whole numbers up to 10,000 from sector, function, hobbies,
expectations, motivation, age, two temperaments, and from how much a mentor is asked for by all;
each mentee keeps their best fifty. Mentors take one to three.
"""

import csv
import gzip
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from local.platform import ROOT
from matching.domain.assignment import Instance
from matching.domain.assignment.compiled import compiled

Array: TypeAlias = NDArray[Any]
COMMUNES = ROOT / "services" / "intake" / "data" / "communes.csv.gz"
BEST = 50
NEAR_KM = 30.0
KM_PER_DEGREE = 111.2
SOUTHERNMOST, WESTERNMOST = 41, -6
ACCEPT_REMOTE = 0.45
AT_SCHOOL = 0.6
# How many mentors a mentee looks at in each of three rows of squares, and how many far away.
NEAR = 700
FAR = 300
# Mentors live in towns more than mentees do.
URBAN = 1.2
CELLS = 64
KINDS = 16


# Mentors sorted into squares, where each square begins, a corner, and where each mentee begins.
Near: TypeAlias = tuple[Array, Array, Array, Array]


class People(NamedTuple):
    """Columns of one side; what is a set is held in bits."""

    north_km: Array
    east_km: Array
    remote: Array
    axis: Array
    slots: Array
    sector: Array
    function: Array
    hobbies: Array
    hopes: Array
    motivation: Array
    age: Array
    # From 0 to 1: two temperaments, and how much everybody would like to have this mentor.
    calm: Array
    talk: Array
    asked_for: Array


def pool(people: int, seed: int = 7, mentors: int | None = None) -> Instance:
    """Draw a pool; there are as many mentors as mentees unless told otherwise."""
    chance = np.random.default_rng(seed)
    homes = communes()
    towns = np.column_stack((homes[:, :2], homes[:, 2] ** URBAN))
    theirs = drawn(people if mentors is None else mentors, towns, chance)
    # What mentees wish for is not what most mentors do.
    theirs = theirs._replace(sector=(theirs.sector + KINDS // 3) % KINDS)
    return instance_of(drawn(people, homes, chance), theirs, chance)


def one_metropolis(people: int, seed: int = 7) -> Instance:
    """Draw people who all live in one place: a single component."""
    chance = np.random.default_rng(seed)
    homes = np.array([[48.86, 2.34, 1.0]])
    return instance_of(drawn(people, homes, chance), drawn(people, homes, chance), chance)


def communes() -> Array:
    """Read latitude, longitude and population of the communes of mainland France."""
    with gzip.open(COMMUNES, "rt", encoding="utf-8") as text:
        rows = [
            (float(row["latitude"]), float(row["longitude"]), float(row["population"] or 0))
            for row in csv.DictReader(text)
        ]
    found = np.array(rows)
    # South of Corsica and west of Brittany begins overseas.
    return found[(found[:, 0] > SOUTHERNMOST) & (found[:, 1] > WESTERNMOST)]


def drawn(count: int, homes: Array, chance: np.random.Generator) -> People:
    home = homes[chance.choice(len(homes), count, p=homes[:, 2] / homes[:, 2].sum())]
    north = home[:, 0] * KM_PER_DEGREE + chance.normal(0, 3, count)
    east = home[:, 1] * KM_PER_DEGREE * np.cos(np.radians(home[:, 0])) + chance.normal(0, 3, count)
    return People(
        north_km=north,
        east_km=east,
        remote=chance.random(count) < ACCEPT_REMOTE,
        axis=chance.random(count) < AT_SCHOOL,
        slots=several(3, 21, count, chance),
        sector=popular(KINDS, count, chance),
        function=popular(KINDS, count, chance),
        hobbies=several(4, 30, count, chance),
        hopes=several(3, 12, count, chance),
        motivation=chance.integers(0, 5, count),
        age=chance.integers(0, 7, count),
        calm=chance.random(count),
        talk=chance.random(count),
        asked_for=chance.random(count),
    )


def several(wanted: int, of: int, count: int, chance: np.random.Generator) -> Array:
    """Draw sets of up to so many, in bits."""
    bits: Array = np.zeros(count, dtype=np.int64)
    for _ in range(wanted):
        bits |= 1 << chance.integers(0, of, count)
    return bits


def popular(kinds: int, count: int, chance: np.random.Generator) -> Array:
    """Draw kinds of which some are wished for much more than others (Zipf)."""
    weights = 1 / np.arange(1, kinds + 1)
    return chance.choice(kinds, count, p=weights / weights.sum())


def instance_of(mentees: People, mentors: People, chance: np.random.Generator) -> Instance:
    far = np.flatnonzero(mentors.remote)
    order, begin, corner = grid(mentors)
    drawn_far = chance.integers(0, 1 << 62, len(mentees.axis))
    near = (order, begin, corner, drawn_far)
    mentor, points = best_couples(mentees, mentors, near, (far, drawn_far))
    kept = points >= 0
    mentee = np.repeat(np.arange(len(mentees.axis), dtype=np.int32), BEST).reshape(-1, BEST)
    places = chance.choice([1, 2, 3], len(mentors.axis), p=[0.7, 0.2, 0.1])
    return Instance(
        mentees=len(mentees.axis),
        places=places.astype(np.int64),
        mentee=mentee[kept],
        mentor=mentor[kept],
        points=points[kept],
    )


def grid(people: People) -> tuple[Array, Array, Array]:
    """Sort people into squares of `NEAR_KM`, so that who is near is in nine of them."""
    corner = np.array([people.north_km.min(), people.east_km.min()]) - 4 * NEAR_KM
    cell = np.clip((people.north_km - corner[0]) // NEAR_KM, 0, CELLS - 1) * CELLS
    cell = (cell + np.clip((people.east_km - corner[1]) // NEAR_KM, 0, CELLS - 1)).astype(np.int64)
    order = np.argsort(cell, kind="stable")
    return order, np.searchsorted(cell[order], np.arange(CELLS * CELLS + 1)), corner


@compiled
def best_couples(
    mentees: People,
    mentors: People,
    near: Near,
    far: tuple[Array, Array],
) -> tuple[Array, Array]:
    """Return the best mentors of each mentee and their points; below zero where there is none."""
    best = np.full((len(mentees.axis), BEST), -1, dtype=np.int32)
    points = np.full((len(mentees.axis), BEST), -1, dtype=np.int32)
    for mentee in range(len(mentees.axis)):
        look_near(mentees, mentors, near, mentee, (best[mentee], points[mentee]))
        if mentees.remote[mentee]:
            look_far(mentees, mentors, far, mentee, (best[mentee], points[mentee]))
    return best, points


@compiled
def look_near(mentees: People, mentors: People, near: Near, mentee: int, best: Any) -> None:
    order, begin, corner, start = near
    north = int((mentees.north_km[mentee] - corner[0]) // NEAR_KM)
    east = int((mentees.east_km[mentee] - corner[1]) // NEAR_KM)
    for row in range(max(north - 1, 0), min(north + 2, CELLS)):
        first = row * CELLS + min(max(east - 1, 0), CELLS)
        last = row * CELLS + min(max(east + 2, 0), CELLS)
        there = begin[last] - begin[first]
        for step in range(min(there, NEAR)):
            mentor = order[begin[first] + (start[mentee] + step) % there]
            if is_near(mentees, mentors, mentee, mentor) and suits(
                mentees, mentors, mentee, mentor
            ):
                keep(best, mentor, score(mentees, mentors, mentee, mentor))


@compiled
def look_far(
    mentees: People, mentors: People, far: tuple[Array, Array], mentee: int, best: Any
) -> None:
    """Look at remote mentors one after the other, from one drawn by chance on."""
    remote, drawn_far = far
    for step in range(min(FAR, len(remote))):
        mentor = remote[(drawn_far[mentee] + step) % len(remote)]
        near = is_near(mentees, mentors, mentee, mentor)
        if not near and suits(mentees, mentors, mentee, mentor):
            keep(best, mentor, score(mentees, mentors, mentee, mentor))


@compiled
def is_near(mentees: People, mentors: People, mentee: int, mentor: int) -> bool:
    north = mentees.north_km[mentee] - mentors.north_km[mentor]
    east = mentees.east_km[mentee] - mentors.east_km[mentor]
    return bool(north * north + east * east <= NEAR_KM * NEAR_KM)


@compiled
def suits(mentees: People, mentors: People, mentee: int, mentor: int) -> bool:
    return bool(
        mentees.axis[mentee] == mentors.axis[mentor]
        and mentees.slots[mentee] & mentors.slots[mentor]
    )


@compiled
def bits(number: int) -> int:
    count = 0
    while number:
        number &= number - 1
        count += 1
    return count


@compiled
def score(mentees: People, mentors: People, mentee: int, mentor: int) -> int:
    points = 1800 * (mentees.sector[mentee] == mentors.sector[mentor])
    points += 1200 * (mentees.function[mentee] == mentors.function[mentor])
    points += 400 * min(bits(mentees.hobbies[mentee] & mentors.hobbies[mentor]), 3)
    points += 500 * min(bits(mentees.hopes[mentee] & mentors.hopes[mentor]), 3)
    points += 800 * (mentees.motivation[mentee] == mentors.motivation[mentor])
    points += 100 * (7 - abs(mentees.age[mentee] - mentors.age[mentor]))
    alike = 2.0 - abs(mentees.calm[mentee] - mentors.calm[mentor])
    alike -= abs(mentees.talk[mentee] - mentors.talk[mentor])
    return int(points + 700 * alike + 1400 * mentors.asked_for[mentor])


@compiled
def keep(best: Any, mentor: int, points: int) -> None:
    """Keep a mentor in order of points, if they are among the best so far."""
    mentors, scores = best
    place = BEST
    while place and points > scores[place - 1]:
        place -= 1
    if place == BEST:
        return
    for later in range(BEST - 1, place, -1):
        mentors[later], scores[later] = mentors[later - 1], scores[later - 1]
    mentors[place], scores[place] = mentor, points
