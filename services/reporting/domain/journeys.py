"""Who may read the journey of a referral, and how much of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from common.errors import Forbidden, NotFound
from reporting.domain.facts import Coarse

# What a prescriber hears of: where it stands, never the story.
STATUS = {
    "referral_submitted": "submitted",
    "referral_qualified": "qualified",
    "referral_offered": "offered",
    "referral_waitlisted": "waiting_list",
    "referral_accepted": "accepted",
    "pair_formed": "matched",
    "first_meeting_held": "met",
    "agreement_signed": "in_progress",
    "referral_completed": "completed",
    "referral_ended": "ended",
}
TAKES_CHARGE = frozenset({"referral_offered", "referral_accepted"})
GIVES_UP = frozenset({"referral_declined", "referral_offer_expired", "referral_waitlisted"})


class JourneyNotFound(NotFound):
    """No referral has this id."""

    fr = "Aucune orientation n'a cet identifiant."


class NotYourJourney(Forbidden):
    """Only the association in charge and the prescriber may follow a referral."""

    fr = "Seuls l'association en charge et le prescripteur peuvent suivre une orientation."


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One moment of a journey."""

    kind: str
    at: datetime
    version: int
    association_id: UUID | None
    facts: dict[str, Coarse]


def in_charge(steps: Sequence[Step]) -> UUID | None:
    """Name the association that was asked last and has not said no."""
    turns = [step for step in steps if step.kind in TAKES_CHARGE | GIVES_UP]
    last = max(turns, key=lambda step: step.version, default=None)
    return last.association_id if last and last.kind in TAKES_CHARGE else None


def for_association(steps: Sequence[Step], association_id: UUID) -> list[Step]:
    """Show the association in charge everything but what others did before it."""
    return [
        step
        if step.association_id in (None, association_id)
        else replace(step, association_id=None, facts={})
        for step in steps
    ]


def for_prescriber(steps: Sequence[Step]) -> list[tuple[datetime, str]]:
    """Show a prescriber when it came to stand where."""
    return [(step.at, STATUS[step.kind]) for step in steps if step.kind in STATUS]
