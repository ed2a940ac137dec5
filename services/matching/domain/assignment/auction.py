"""A fast, nearly optimal start: mentees bid for seats, then free mentors lower their prices.

The auction of D. P. Bertsekas (A distributed algorithm for the assignment problem, 1979; The
auction algorithm, Annals of Operations Research 14, 1988) with ε-scaling. Seats of one mentor are
similar objects (Bertsekas and Castañon, The auction algorithm for the transportation problem,
Annals of Operations Research 20, 1989): a mentor costs what their cheapest seat costs, and a bid
is measured against the best *other* mentor, so that nobody bids a mentor's seats up against
themselves. Where not everybody can be seated, prices left over from a coarser ε may be too high:
mentors with a free seat and a price then make offers (reverse auction: Bertsekas, Castañon and
Tsaknakis, SIAM Journal on Optimization 3, 1993).

Whatever comes out is made exact by what follows, so nothing here needs to be proven.
"""

from matching.domain.assignment.compiled import compiled
from matching.domain.assignment.graph import NOBODY, Graph, State, has_place, rise, sit
from matching.domain.assignment.instance import Ints

# Each round is so many times finer than the one before, down to the last: measured, as is the
# first, a sixth of what somebody can gain at most.
FINER = 5
LAST = 5
FIRST_PART = 6


@compiled
def auction(graph: Graph, state: State, seat_price: Ints, waiting: Ints, most: int) -> None:
    """Seat people so that nobody can gain more than `LAST` by moving; prices prove it.

    `seat_price` (one a seat) and `waiting` (one a mentor) are room to work in, and `most` is
    what a couple gains at most.
    """
    epsilon = max(most // FIRST_PART, LAST)
    while True:
        open_round(graph, state, seat_price)
        for mentee in range(len(state.mentor_of)):
            bidding = mentee
            while bidding != NOBODY:
                bidding = bid(graph, state, seat_price, bidding, epsilon)
        close_bids(state, seat_price)
        let_mentors_offer(graph, state, waiting, epsilon)
        if epsilon <= LAST:
            return
        epsilon = max(epsilon // FINER, LAST)


@compiled
def open_round(graph: Graph, state: State, seat_price: Ints) -> None:
    """Let everybody stand up, and keep the prices of mentors."""
    state.mentor_of[:] = NOBODY
    state.seat_of[:] = NOBODY
    state.occupant[:] = NOBODY
    state.taken[:] = 0
    for mentor in range(len(state.taken)):
        seat_price[graph.seat[mentor] : graph.seat[mentor + 1]] = state.mentor_price[mentor]


@compiled
def bid(graph: Graph, state: State, seat_price: Ints, mentee: int, epsilon: int) -> int:
    """Take the best seat at the highest price that leaves it the best, and return who loses it."""
    couple, best, second = two_best_mentors(graph, state, mentee)
    state.mentee_price[mentee] = max(second - epsilon, 0)
    if couple == NOBODY:
        return NOBODY
    mentor = graph.mentor[couple]
    if has_place(graph, state, mentor):
        sit(graph, state, mentee, mentor)
        loser = NOBODY
    else:
        loser = take_over(state, cheapest_seat(graph, seat_price, mentor), mentee)
    seat_price[state.seat_of[mentee]] += best - second + epsilon
    state.mentor_price[mentor] = seat_price[cheapest_seat(graph, seat_price, mentor)]
    return loser


@compiled
def two_best_mentors(graph: Graph, state: State, mentee: int) -> tuple[int, int, int]:
    """Return the couple that leaves most to a mentee, how much, and how much the next one does.

    Going without leaves nothing, and is as good as any.
    """
    couple, best, second = NOBODY, 0, 0
    bonus = graph.bonus[mentee]
    for each in range(graph.of_mentee[mentee], graph.of_mentee[mentee + 1]):
        left = bonus + graph.points[each] - state.mentor_price[graph.mentor[each]]
        if left > best:
            couple, best, second = each, left, best
        elif left > second:
            second = left
    return couple, best, second


@compiled
def cheapest_seat(graph: Graph, seat_price: Ints, mentor: int) -> int:
    cheapest = graph.seat[mentor]
    for seat in range(graph.seat[mentor] + 1, graph.seat[mentor + 1]):
        if seat_price[seat] < seat_price[cheapest]:
            cheapest = seat
    return int(cheapest)


@compiled
def take_over(state: State, seat: int, mentee: int) -> int:
    loser = state.occupant[seat]
    mentor = state.mentor_of[loser]
    state.mentor_of[loser] = NOBODY
    state.seat_of[loser] = NOBODY
    state.occupant[seat] = mentee
    state.mentor_of[mentee] = mentor
    state.seat_of[mentee] = seat
    return int(loser)


@compiled
def close_bids(state: State, seat_price: Ints) -> None:
    """Let everyone pay what the cheapest seat of their mentor costs, and keep the rest."""
    for mentee in range(len(state.mentor_of)):
        if state.mentor_of[mentee] != NOBODY:
            paid = seat_price[state.seat_of[mentee]]
            state.mentee_price[mentee] += paid - state.mentor_price[state.mentor_of[mentee]]


@compiled
def let_mentors_offer(graph: Graph, state: State, waiting: Ints, epsilon: int) -> None:
    """Bring the price of each mentor with a free seat down, until it is taken or costs nothing."""
    count = 0
    for mentor in range(len(state.taken)):
        if wants_somebody(graph, state, mentor):
            waiting[count] = mentor
            count += 1
    while count:
        count -= 1
        mentor = waiting[count]
        loser = offer(graph, state, mentor, epsilon)
        if wants_somebody(graph, state, mentor):
            waiting[count] = mentor
            count += 1
        if loser != NOBODY and begins_to_want(graph, state, loser):
            waiting[count] = loser
            count += 1


@compiled
def wants_somebody(graph: Graph, state: State, mentor: int) -> bool:
    return state.mentor_price[mentor] > 0 and has_place(graph, state, mentor)


@compiled
def begins_to_want(graph: Graph, state: State, mentor: int) -> bool:
    """Tell whether a mentor who just lost somebody was full, and so is not yet waiting."""
    full = graph.seat[mentor + 1] - graph.seat[mentor]
    return state.mentor_price[mentor] > 0 and state.taken[mentor] == full - 1


@compiled
def offer(graph: Graph, state: State, mentor: int, epsilon: int) -> int:
    """Lower a price to what the second best mentee pays; return the mentor whom the best leaves."""
    mentee, best, second = two_best_mentees(graph, state, mentor)
    if best <= epsilon:
        lower_price(graph, state, mentor, 0)
        return NOBODY
    lower_price(graph, state, mentor, max(second - epsilon, 0))
    state.mentee_price[mentee] += best - state.mentor_price[mentor]
    left = NOBODY
    if state.mentor_of[mentee] != NOBODY:
        left = rise(graph, state, mentee)
    sit(graph, state, mentee, mentor)
    return left


@compiled
def two_best_mentees(graph: Graph, state: State, mentor: int) -> tuple[int, int, int]:
    """Return who would pay most to move to this mentor, how much, and how much the next one."""
    mentee, best, second = NOBODY, 0, 0
    for each in range(graph.of_mentor[mentor], graph.of_mentor[mentor + 1]):
        one = graph.mentee[each]
        if state.mentor_of[one] == mentor:
            continue
        pays = graph.bonus[one] + graph.points_again[each] - state.mentee_price[one]
        if pays > best:
            mentee, best, second = one, pays, best
        elif pays > second:
            second = pays
    return mentee, best, second


@compiled
def lower_price(graph: Graph, state: State, mentor: int, price: int) -> None:
    """Lower what all seats of a mentor cost, to the good of those who have one."""
    saved = state.mentor_price[mentor] - price
    if saved <= 0:
        return
    state.mentor_price[mentor] = price
    for seat in range(graph.seat[mentor], graph.seat[mentor] + state.taken[mentor]):
        state.mentee_price[state.occupant[seat]] += saved
