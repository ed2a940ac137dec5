"""Two runs over one picture of the pool, side by side: who gains, who loses, what it costs."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from matching.domain.assignment import POINTS
from matching.domain.computation import Figures


class Fate(StrEnum):
    """What the second policy does to one mentee, against the first."""

    GAINS_MENTOR = "gains_mentor"
    LOSES_MENTOR = "loses_mentor"
    FITS_BETTER = "fits_better"
    FITS_LESS = "fits_less"
    # Another mentor, of the same fit.
    MOVES = "moves"


class Chosen(BaseModel):
    """Whom one run has for a mentee."""

    mentor_id: UUID | None
    fit: float | None


class Moved(BaseModel):
    """One mentee for whom the two runs differ."""

    referral_id: UUID
    fate: Fate
    one: Chosen
    other: Chosen
    # Fits under two policies may weigh other criteria: each is by its own.
    fit_change: float


class Comparison(BaseModel):
    """What the other policy changes: for everybody together, and person by person."""

    served: int
    protected_served: int
    # In ten-thousandths, as in the receipts.
    points: int
    fates: dict[Fate, int]
    unchanged: int
    moved: list[Moved]


def compared(
    one: Figures, other: Figures, lines: Mapping[UUID, tuple[Chosen, Chosen]]
) -> Comparison:
    """Set what two runs reach side by side; people in order of their referrals."""
    moved = [
        Moved(referral_id=each, fate=fate, one=first, other=second, fit_change=gain(first, second))
        for each, (first, second) in sorted(lines.items())
        if (fate := fate_of(first, second))
    ]
    return Comparison(
        served=other.served - one.served,
        protected_served=other.protected_served - one.protected_served,
        points=other.points - one.points,
        fates=counted(moved),
        unchanged=len(lines) - len(moved),
        moved=moved,
    )


def counted(moved: Sequence[Moved]) -> dict[Fate, int]:
    return {fate: sum(each.fate is fate for each in moved) for fate in Fate}


def gain(one: Chosen, other: Chosen) -> float:
    """Subtract fits in whole points, so that equal ones differ by nothing."""
    return (round((other.fit or 0) * POINTS) - round((one.fit or 0) * POINTS)) / POINTS


def fate_of(one: Chosen, other: Chosen) -> Fate | None:
    if one.mentor_id is None or other.mentor_id is None:
        if one.mentor_id == other.mentor_id:
            return None
        return Fate.LOSES_MENTOR if other.mentor_id is None else Fate.GAINS_MENTOR
    change = gain(one, other)
    if change:
        return Fate.FITS_BETTER if change > 0 else Fate.FITS_LESS
    return None if one.mentor_id == other.mentor_id else Fate.MOVES
