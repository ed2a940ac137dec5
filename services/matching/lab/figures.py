"""What a lived history comes to: how long people waited, and how well the pairs suit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from matching.lab.replay import Lived

# From a number on, a share: the steps of a curve, in order.
Curve: TypeAlias = tuple[tuple[float, float], ...]
MEDIAN, NINE_IN_TEN = 0.5, 0.9
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One scenario in figures; days are none where so many were never served."""

    name: str
    arrived: int
    served: int
    left: int
    waiting: int
    invitations: int
    refused: int
    median_days: float | None
    p90_days: float | None
    mean_fit: float | None
    # Days since the referral, and the share who still have no mentor.
    wait: Curve
    # A fit, and the share of pairs that suit at least as well.
    fit: Curve

    @property
    def served_share(self) -> float:
        return self.served / self.arrived if self.arrived else 0.0


def row_of(name: str, lived: Lived) -> Row:
    served = [each for each in lived.journeys if each.served_at]
    fits = [each.fit for each in served if each.fit is not None]
    left = sum(each.left_at is not None for each in lived.journeys)
    wait = waiting_curve(waits(lived))
    return Row(
        name=name,
        arrived=len(lived.journeys),
        served=len(served),
        left=left,
        waiting=len(lived.journeys) - len(served) - left,
        invitations=len(lived.invitations),
        refused=sum(
            not each.accepted and each.answered_at <= lived.until for each in lived.invitations
        ),
        median_days=reached(wait, MEDIAN),
        p90_days=reached(wait, NINE_IN_TEN),
        mean_fit=sum(fits) / len(fits) if fits else None,
        wait=wait,
        fit=fit_curve(fits),
    )


def waits(lived: Lived) -> list[tuple[float, bool]]:
    """List how many days everyone was watched, and whether that ended with a mentor.

    Who gave up is watched to the end as one whom no mentor came for: to take them out would make
    a long wait look short.
    """
    return [
        (((each.served_at or lived.until) - each.mentee.waiting_since) / DAY, bool(each.served_at))
        for each in lived.journeys
    ]


def waiting_curve(watched: Sequence[tuple[float, bool]]) -> Curve:
    """Estimate the share without a mentor after so many days (Kaplan and Meier, 1958).

    Those who came late and still wait count as long as they were watched, so that the figure is
    not made of the lucky ones alone.
    """
    steps, share = [(0.0, 1.0)], 1.0
    for day in sorted({days for days, served in watched if served}):
        at_risk = sum(days >= day for days, _ in watched)
        share *= 1 - sum(served and days == day for days, served in watched) / at_risk
        steps.append((day, share))
    return tuple(steps)


def reached(curve: Curve, part: float) -> float | None:
    """Tell after how many days so large a part has a mentor."""
    # Products of fractions may end a hair above what they mean.
    return next((day for day, share in curve if share <= 1 - part + 1e-12), None)


def fit_curve(fits: Sequence[float]) -> Curve:
    if not fits:
        return ()
    steps = [(fit, sum(other > fit for other in fits) / len(fits)) for fit in sorted(set(fits))]
    return ((0.0, 1.0), *steps)
