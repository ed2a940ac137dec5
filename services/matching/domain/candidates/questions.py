"""What the kernels read: arrays with names, of the mentors and of what is asked about them."""

from typing import NamedTuple

from matching.domain.candidates.compiled import Bools, Floats, Ints, Small, Words

# Stands for the row of those near enough, which is another for everyone.
NEAR = -1
# No mentor has what was asked for, and it has no row.
NO_ROW = -2
# No mother tongue was wished for.
NO_WISH = -3


class Seats(NamedTuple):
    """What the kernels read: a word of bits holds 64 seats, a column has one number for each."""

    bits: Words
    masks: tuple[Words, ...]
    counts: tuple[Ints, ...]
    motivation: Small
    tongue: Small
    band: Small
    place: Small
    reach: Small
    # The seats of one place, linked: from each place the first seat, from each seat the next.
    first: Small
    following: Small


class Asks(NamedTuple):
    """The questions of some mentees; what is one for each of a list has bounds beside it."""

    # From which clause to which each mentee asks; of which constraint, and for which rows.
    clauses: Ints
    constraint: Ints
    row_bounds: Ints
    rows: Ints
    # The row of those who accept to meet remotely, if it is wanted, and the rows of rooms.
    remote: Ints
    room_bounds: Ints
    rooms: Ints
    excluded_bounds: Ints
    excluded: Ints
    reach: Ints
    # What they share with a mentor is weighed against how much they gave.
    masks: tuple[Words, ...]
    counts: Ints
    weights: Floats
    tongue_weight: Floats
    # What a mentor's motivation and age band would add.
    motivation: Floats
    band: Floats
    # The wish for a language, and the row of those who speak it.
    tongue: Ints
    tongue_row: Ints
    # What is missing counts so much; a whole fit is so many points.
    neutral: float
    whole: int
    # The number of the constraint that excludes a mentor by name.
    exclusion: int


class People(NamedTuple):
    """Both sides, as the kernels take them."""

    mentors: Seats
    mentees: Asks


class Near(NamedTuple):
    """For each of some places where mentees live, the mentors' places around it, and how far."""

    bounds: Ints
    places: Ints
    km: Floats
    # At which of these places each of the mentees lives who are looked at.
    group: Ints


class Sifted(NamedTuple):
    """Who may be whose mentor: a row of bits for each of some mentees; and counts for all."""

    feasible: Words
    # Of these, whom they could only meet at a distance.
    remote: Words
    # By mentee: how many may be theirs, and how many each constraint hinders.
    suitable: Ints
    hindered: Ints


class Kept(NamedTuple):
    """Couples, one after the other, those of a mentee from one bound to the next."""

    bounds: Ints
    mentor: Small
    points: Small
    remote: Bools


class Wanted(NamedTuple):
    """What makes a couple worth keeping: points times `scale`, less the mentor's price."""

    scale: int
    price: Ints
    # By mentee: what a couple must be worth more than, and the word with which they begin.
    bar: Ints
    turn: Ints
    # Who has a place left.
    still_open: Words


class Best(NamedTuple):
    """The best couples of each mentee, as many as were found."""

    found: Ints
    mentor: Small
    points: Small
    remote: Bools
