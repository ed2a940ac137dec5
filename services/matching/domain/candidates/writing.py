"""Writing seats: the bits of one mentor among those of all."""

from matching.domain.assignment.compiled import compiled
from matching.domain.candidates.compiled import WORD, Ints, Small, Words


@compiled
def write_rows(bits: Words, seats: Ints, bounds: Ints, rows: Ints) -> None:
    """Give each seat its rows' bits, and take all others."""
    one = bits.dtype.type(1)
    for place in range(len(seats)):
        word = seats[place] // WORD
        bit = one << bits.dtype.type(seats[place] % WORD)
        for row in range(bits.shape[0]):
            bits[row, word] &= ~bit
        for each in range(bounds[place], bounds[place + 1]):
            bits[rows[each], word] |= bit


@compiled
def unlink(first: Small, following: Small, place: int, seat: int) -> None:
    if first[place] == seat:
        first[place] = following[seat]
        return
    before = first[place]
    while following[before] != seat:
        before = following[before]
    following[before] = following[seat]


@compiled
def move(first: Small, following: Small, place: Small, seats: Ints, targets: Ints) -> None:
    """Let those at some seats live elsewhere, or nowhere: each place links its seats."""
    for each in range(len(seats)):
        seat, target = seats[each], targets[each]
        if place[seat] == target:
            continue
        if place[seat] >= 0:
            unlink(first, following, place[seat], seat)
        if target >= 0:
            following[seat] = first[target]
            first[target] = seat
        place[seat] = target
