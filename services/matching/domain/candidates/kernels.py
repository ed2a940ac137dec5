"""The rules at the speed of the machine: who may be whose mentor, and for how many points.

Each function here says for seats of a roster what `constraints` and `criteria` say for one mentor,
with the same arithmetic in the same order; tests compare them to the last bit.
"""

import numpy as np

from matching.domain.assignment.compiled import compiled
from matching.domain.candidates.compiled import WORD, Floats, Ints, Small, Words, ones
from matching.domain.candidates.questions import NEAR, NO_WISH, Asks, People, Seats

NONE = np.uint64(0)
ONE = np.uint64(1)


@compiled
def mark_near(mentors: Seats, places: Ints, km: Floats, reach: int, near: Words) -> None:
    """Mark everyone who lives within their own reach and the mentee's."""
    near[:] = NONE
    for each in range(len(places)):
        if km[each] > reach:
            continue
        seat = mentors.first[places[each]]
        while seat >= 0:
            if km[each] <= mentors.reach[seat]:
                near[seat // WORD] |= ONE << np.uint64(seat % WORD)
            seat = mentors.following[seat]


@compiled
def mark_either(bits: Words, rows: Ints, near: Words, marked: Words) -> None:
    """Mark whoever has one of these codes."""
    marked[:] = NONE
    for row in rows:
        if row == NEAR:
            for word in range(len(marked)):
                marked[word] |= near[word]
        else:
            for word in range(len(marked)):
                marked[word] |= bits[row, word]


@compiled
def settle(among: Words, holds: Words, feasible: Words) -> np.int64:
    """Keep those for whom a constraint holds; count for how many it does not."""
    hindered = NONE
    for word in range(len(among)):
        hindered += ones(among[word] & ~holds[word])
        feasible[word] &= holds[word]
    return np.int64(hindered)


@compiled
def sift(people: People, one: int, near: Words, feasible: Words, hindered: Ints) -> None:
    """Of those marked as feasible leave who may be theirs; count the others by constraint."""
    mentees, bits = people.mentees, people.mentors.bits
    among, holds, clause = feasible.copy(), np.empty_like(near), np.empty_like(near)
    first, last = mentees.clauses[one], mentees.clauses[one + 1]
    for each in range(first, last):
        rows = mentees.rows[mentees.row_bounds[each] : mentees.row_bounds[each + 1]]
        constraint = mentees.constraint[each]
        if each > first and constraint == mentees.constraint[each - 1]:
            mark_either(bits, rows, near, clause)
            for word in range(len(holds)):
                holds[word] &= clause[word]
        else:
            mark_either(bits, rows, near, holds)
        if each + 1 == last or constraint != mentees.constraint[each + 1]:
            hindered[constraint] = settle(among, holds, feasible)
    hindered[mentees.exclusion] = exclude(mentees, one, among, feasible)


@compiled
def exclude(mentees: Asks, one: int, among: Words, feasible: Words) -> int:
    """Take those out who may never be theirs; count them."""
    hindered = 0
    for each in range(mentees.excluded_bounds[one], mentees.excluded_bounds[one + 1]):
        seat = mentees.excluded[each]
        word, bit = seat // WORD, ONE << np.uint64(seat % WORD)
        if among[word] & bit != NONE:
            hindered += 1
        feasible[word] &= ~bit
    return hindered


@compiled
def mark_remote(people: People, one: int, near: Words, remote: Words) -> None:
    """Mark those whom a mentee could only meet at a distance."""
    mentees, bits = people.mentees, people.mentors.bits
    remote[:] = NONE
    if mentees.remote[one] < 0:
        return
    rooms = mentees.rooms[mentees.room_bounds[one] : mentees.room_bounds[one + 1]]
    mark_either(bits, rooms, near, remote)
    for word in range(len(remote)):
        remote[word] = bits[mentees.remote[one], word] & ~(remote[word] & near[word])


@compiled
def add_shared(people: People, of: int, one: int, seats: Small, total: Floats) -> None:
    """Add the share that is common with the shorter list, neutral where a side gave nothing."""
    mine, theirs = people.mentees.masks[of][one], people.mentors.masks[of]
    given, counts = people.mentees.counts[of, one], people.mentors.counts[of]
    weight, neutral = people.mentees.weights[of, one], people.mentees.neutral
    for each in range(len(seats)):
        seat = seats[each]
        both = NONE
        for word in range(theirs.shape[1]):
            both += ones(mine[word] & theirs[seat, word])
        shorter = min(given, counts[seat])
        value = np.float64(both) / np.float64(max(shorter, 1)) if shorter > 0 else neutral
        total[each] += value * weight


@compiled
def add_known(worth: Floats, column: Small, seats: Small, total: Floats) -> None:
    """Add what is known beforehand for each value of a column."""
    for each in range(len(seats)):
        total[each] += worth[column[seats[each]]]


@compiled
def add_mother_tongue(people: People, one: int, seats: Small, total: Floats) -> None:
    """Grant the mentee's wish by whoever speaks the language, whatever their own is."""
    wish, tongue, bits = people.mentees.tongue[one], people.mentors.tongue, people.mentors.bits
    row, weight = people.mentees.tongue_row[one], people.mentees.tongue_weight[one]
    unknown = people.mentees.neutral * weight
    for each in range(len(seats)):
        seat = seats[each]
        word = NONE if row < 0 else bits[row, seat // WORD]
        if wish == NO_WISH:
            total[each] += unknown
        elif tongue[seat] == wish or word >> np.uint64(seat % WORD) & ONE != NONE:
            total[each] += weight
        elif tongue[seat] == 0:
            total[each] += unknown


@compiled
def fits(people: People, one: int, seats: Small) -> Floats:
    """Add up what each criterion gives, one after the other in the order of the criteria."""
    mentees, mentors = people.mentees, people.mentors
    total = np.zeros(len(seats), dtype=np.float64)
    add_shared(people, 0, one, seats, total)
    add_shared(people, 1, one, seats, total)
    add_shared(people, 2, one, seats, total)
    add_known(mentees.motivation[one], mentors.motivation, seats, total)
    add_shared(people, 3, one, seats, total)
    add_known(mentees.band[one], mentors.band, seats, total)
    add_mother_tongue(people, one, seats, total)
    add_shared(people, 4, one, seats, total)
    return np.minimum(total, 1.0)


@compiled
def points(people: People, one: int, seats: Small) -> Ints:
    """Count in whole points, as `assignment.points` does."""
    counted: Ints = np.rint(fits(people, one, seats) * people.mentees.whole).astype(np.int64)
    return counted
