"""How long pairs last, counting those that still run (Kaplan & Meier, JASA 53, 1958, 457-481).

To look only at pairs that ended would forget the long ones, which still run. Each pair counts
for as long as it was watched: by its end if it ended, by the last day of the period if it runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lasted:
    """A pair that was watched for some days, at whose end it was over, or still ran."""

    days: float
    ended: bool


def curve(pairs: Sequence[Lasted]) -> list[tuple[float, float]]:
    """Return (days, share of pairs that last longer) at each end, in order."""
    steps, share = [], 1.0
    for days in sorted({pair.days for pair in pairs if pair.ended}):
        watched = sum(pair.days >= days for pair in pairs)
        ended = sum(pair.days == days and pair.ended for pair in pairs)
        share *= 1 - ended / watched
        steps.append((days, share))
    return steps


def median_days(pairs: Sequence[Lasted]) -> float | None:
    """Return the days after which half of the pairs are over; None while more than half run."""
    return next((days for days, share in curve(pairs) if share <= 1 / 2 + 1e-12), None)


def share_lasting(pairs: Sequence[Lasted], days: float) -> float | None:
    """Return the share of pairs that last so many days; None if none was watched so long."""
    shares = [share for ended_after, share in curve(pairs) if ended_after < days]
    share = shares[-1] if shares else 1.0
    watched_long_enough = any(pair.days >= days for pair in pairs)
    return share if watched_long_enough or (pairs and share == 0) else None
