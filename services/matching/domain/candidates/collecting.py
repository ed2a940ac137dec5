"""Going through a pool for some mentees at a time, and keeping of it no more than is wanted."""

import numpy as np

from matching.domain.assignment.compiled import compiled
from matching.domain.candidates.compiled import (
    WORD,
    Floats,
    Ints,
    Small,
    Words,
    lowest,
    ones,
)
from matching.domain.candidates.kernels import (
    NONE,
    ONE,
    fits,
    mark_near,
    mark_remote,
    points,
    sift,
)
from matching.domain.candidates.questions import Best, Kept, Near, People, Sifted, Wanted


@compiled
def counted(words: Words) -> np.int64:
    total = NONE
    for word in words:
        total += ones(word)
    return np.int64(total)


@compiled
def sift_some(people: People, who: Ints, near: Near, among: Words, sifted: Sifted) -> None:
    """Sift a pool for some mentees; neighbours with the same reach come one after the other."""
    reach, close = people.mentees.reach, np.zeros_like(among)
    for each in range(len(who)):
        one, place = who[each], near.group[each]
        is_new = each == 0 or place != near.group[each - 1]
        if is_new or reach[one] != reach[who[each - 1]]:
            around = slice(near.bounds[place], near.bounds[place + 1])
            mark_near(people.mentors, near.places[around], near.km[around], reach[one], close)
        sifted.feasible[each] = among
        sift(people, one, close, sifted.feasible[each], sifted.hindered[one])
        mark_remote(people, one, close, sifted.remote[each])
        sifted.suitable[one] = counted(sifted.feasible[each])


@compiled
def count_some(who: Ints, sifted: Sifted, still_open: Words, count: Ints) -> None:
    """Count the couples of some mentees with those who have a place left."""
    for each in range(len(who)):
        count[who[each]] = counted(sifted.feasible[each] & still_open)


@compiled
def seats_in(marked: Words, turn: int) -> Small:
    """List the seats that are marked, beginning with a word and going around."""
    seats, found = np.empty(counted(marked), dtype=np.int32), 0
    for step in range(len(marked)):
        word = (turn + step) % len(marked)
        left = marked[word]
        while left != NONE:
            seats[found] = word * WORD + np.int64(lowest(left))
            left &= left - ONE
            found += 1
    return seats


@compiled
def is_marked(marked: Words, seat: int) -> bool:
    return bool(marked[seat // WORD] >> np.uint64(seat % WORD) & ONE)


@compiled
def keep_all(people: People, who: Ints, sifted: Sifted, still_open: Words, kept: Kept) -> None:
    """Write every couple of some mentees where it belongs, in the order of seats."""
    for each in range(len(who)):
        at = kept.bounds[who[each]]
        seats = seats_in(sifted.feasible[each] & still_open, 0)
        worth = points(people, who[each], seats)
        for place in range(len(seats)):
            kept.mentor[at + place] = seats[place]
            kept.points[at + place] = worth[place]
            kept.remote[at + place] = is_marked(sifted.remote[each], seats[place])


@compiled
def insert(value: int, seat: int, found: int, worth: Ints, seats: Small) -> int:
    """Put a seat behind those that are worth as much or more; the last may fall out."""
    place = min(found, len(worth) - 1)
    while place > 0 and worth[place - 1] < value:
        worth[place], seats[place] = worth[place - 1], seats[place - 1]
        place -= 1
    worth[place], seats[place] = value, seat
    return min(found + 1, len(worth))


@compiled
def affordable(seats: Small, wanted: Wanted, most_points: int, bar: int) -> Small:
    """Leave those who would be worth more than the bar if they suited wholly."""
    kept = 0
    for seat in seats:
        if wanted.scale * most_points - wanted.price[seat] > bar:
            seats[kept] = seat
            kept += 1
    return seats[:kept]


@compiled
def best_of(people: People, one: int, marked: Words, wanted: Wanted, most: int) -> Small:
    """Find the seats of a mentee's best couples, in order of seats.

    Of equals the first counts, from the mentee's own turn on and around: if all began with the
    same mentor, those who suit everyone alike would be wanted by all, and others by nobody.
    """
    worth, best = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int32)
    bar, found = wanted.bar[one], 0
    seats = seats_in(marked & wanted.still_open, wanted.turn[one])
    seats = affordable(seats, wanted, people.mentees.whole, bar)
    gained = points(people, one, seats)
    for each in range(len(seats)):
        value = wanted.scale * gained[each] - wanted.price[seats[each]]
        if value > bar:
            found = insert(value, seats[each], found, worth, best)
            bar = worth[most - 1] if found == most else bar
    return np.sort(best[:found])


@compiled
def keep_best(people: People, who: Ints, sifted: Sifted, wanted: Wanted, best: Best) -> None:
    """Write the best couples of some mentees, each in order of seats."""
    for each in range(len(who)):
        one = who[each]
        seats = best_of(people, one, sifted.feasible[each], wanted, best.mentor.shape[1])
        worth = points(people, one, seats)
        best.found[one] = len(seats)
        for at in range(len(seats)):
            best.mentor[one, at] = seats[at]
            best.points[one, at] = worth[at]
            best.remote[one, at] = is_marked(sifted.remote[each], seats[at])


@compiled
def weigh_one(people: People, km: Floats, feasible: Words, hindered: Ints) -> tuple[Small, Floats]:
    """Sift a pool for one mentee, who knows how far each place is; weigh everyone who is left."""
    near = np.zeros_like(feasible)
    mark_near(people.mentors, np.arange(len(km)), km, people.mentees.reach[0], near)
    sift(people, 0, near, feasible, hindered)
    seats = seats_in(feasible, 0)
    return seats, fits(people, 0, seats)
