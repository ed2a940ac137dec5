"""How long pairs last, counting those that still run (Kaplan & Meier, JASA 53, 1958, 457-481).

To look only at pairs that ended would forget the long ones, which still run. Each pair counts
for as long as it was watched: by its end if it ended, by the last day of the period if it runs.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lasted:
    """A pair that was watched for some days, at whose end it was over, or still ran."""

    days: float
    ended: bool


def curve(pairs: Sequence[Lasted]) -> list[tuple[float, float]]:
    """Return (days, share of pairs that last longer) at each end, in order."""
    watched_for = Counter(pair.days for pair in pairs)
    ended_after = Counter(pair.days for pair in pairs if pair.ended)
    steps, share, watched = [], 1.0, len(pairs)
    for days in sorted(watched_for):
        if days in ended_after:
            share *= 1 - ended_after[days] / watched
            steps.append((days, share))
        watched -= watched_for[days]
    return steps


def median_days(steps: Sequence[tuple[float, float]]) -> float | None:
    """Return the days after which half of the pairs are over; None while more than half run."""
    return next((days for days, share in steps if share <= 1 / 2 + 1e-12), None)


def share_lasting(
    steps: Sequence[tuple[float, float]], days: float, *, longest: float | None
) -> float | None:
    """Return the share of pairs that last so many days; None if none was watched so long."""
    share = next((share for ended_after, share in reversed(steps) if ended_after < days), 1.0)
    watched_long_enough = longest is not None and longest >= days
    return share if watched_long_enough or share == 0 else None
