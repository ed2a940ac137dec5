"""What reporting keeps of any event: when, where, about which journey, and coarse facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from common.contracts import Event

Coarse: TypeAlias = bool | int | float | str

# Whose id is a person's: it must be found when that person is erased.
PERSONAL_KEYS = frozenset({"person_id", "mentor_id"})
# Events of one journey that do not name the referral share one of these with one that does.
THREADS = ("pair_id", "proposal_id", "authorisation_id")
NOT_FACTS = frozenset({"version", "occurred_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One event on the timeline; its subject, id and version make it unique for ever."""

    subject: str
    about_id: UUID
    version: int
    kind: str
    occurred_at: datetime
    association_id: UUID | None
    referral_id: UUID | None
    thread_id: UUID | None
    programme_id: UUID | None
    offer_id: UUID | None
    facts: dict[str, Coarse]


def moment_of(event: Event) -> Moment:
    return Moment(
        subject=event.subject,
        about_id=event.about(),
        version=event.version,
        kind=event.subject.split(".")[2],
        occurred_at=event.occurred_at,
        association_id=event.association_id,
        referral_id=getattr(event, "referral_id", None),
        thread_id=next((getattr(event, name) for name in THREADS if hasattr(event, name)), None),
        programme_id=getattr(event, "programme_id", None),
        offer_id=getattr(event, "offer_id", None),
        facts=dict(coarse_facts(event)),
    )


def is_about_a_person(event: Event) -> bool:
    return event.key in PERSONAL_KEYS


def coarse_facts(event: Event) -> Iterator[tuple[str, Coarse]]:
    """Name the facts that can be counted: choices, numbers and dates, never a text or an id."""
    for name in type(event).model_fields:
        if name not in NOT_FACTS:
            value = coarse(getattr(event, name))
            if value is not None:
                yield name, value


def coarse(value: object) -> Coarse | None:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return None
