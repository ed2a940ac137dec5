"""Who comes first when not everyone can be served: broken pairs, then the longest waiting."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from matching.domain.people import Mentee, Terms


def is_protected(mentee: Mentee, terms: Terms, at: datetime) -> bool:
    """Protect whoever has a broken pair behind them, or has waited as long as the policy says."""
    patience = timedelta(days=terms.policy.matching.protect_after_days)
    return mentee.broken_pairs > 0 or at - mentee.waiting_since >= patience


def in_order(mentees: Sequence[Mentee], terms: Mapping[UUID, Terms], at: datetime) -> list[int]:
    """Return the places of the protected: most broken pairs, then longest waiting, first."""
    protected = [
        place
        for place, mentee in enumerate(mentees)
        if is_protected(mentee, terms[mentee.programme_id], at)
    ]

    def turn(place: int) -> tuple[int, datetime, UUID]:
        mentee = mentees[place]
        return -mentee.broken_pairs, mentee.waiting_since, mentee.referral_id

    return sorted(protected, key=turn)
