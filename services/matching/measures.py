"""What an operator sees of the pool: totals of the whole platform, and nobody's name."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts import Event
from common.contracts.matching import PairFormed
from common.metrics import gauge, histogram
from matching.store.figures import figures

DAY = 24 * 3600
# Of the platform's time, which a demonstration lets pass quickly.
DAYS = tuple(DAY * days for days in (0.125, 0.5, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 180))

WAITING = gauge("referrals_waiting", "Referrals that wait for a mentor")
PROPOSED = gauge("referrals_proposed", "Of them, those whose proposal waits for its answer")
NOBODY_FOUND = gauge("referrals_nobody_found", "Of them, those for whom no mentor was found")
MENTORS = gauge("mentors_available", "Mentors who may be proposed")
TIME_TO_MATCH = histogram(
    "time_to_match_seconds", "Time from a referral that waits to its pair", (), DAYS
)


async def count_pool(tx: AsyncConnection) -> None:
    totals: Counter[str] = Counter()
    for counted in (await figures(tx, None)).values():
        totals.update(counted)
    WAITING.set(totals["waiting"])
    PROPOSED.set(totals["proposed"])
    NOBODY_FOUND.set(totals["nobody_found"])
    MENTORS.set(totals["mentors"])


def tell_pairs(announced: Iterable[Event]) -> None:
    """Note how long a mentee waited; a commit that then fails would be counted all the same."""
    for event in announced:
        if isinstance(event, PairFormed):
            TIME_TO_MATCH.observe((event.occurred_at - event.waiting_since).total_seconds())
