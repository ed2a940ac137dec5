"""What is shown of cases and people, as much as the reader may see."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.vocabulary import Sealed
from common.vault import vault_of
from intake.domain.people import Person
from intake.domain.referrals import Referral, missing
from intake.domain.routing import Rated
from intake.domain.sight import Sight
from intake.store import people as store

View: TypeAlias = dict[str, Any]

NAMES = ("given_name", "family_name")
CONTACT = (*NAMES, "email", "phone")


async def opened(
    tx: AsyncConnection, person_id: UUID, sealed: Mapping[str, str], fields: Iterable[str]
) -> dict[str, str]:
    """Open these fields of one person; what was not given is absent."""
    wanted = [field for field in fields if field in sealed]
    asked = [(person_id, field, Sealed(sealed[field])) for field in wanted]
    texts = await vault_of(tx).open_many(asked)
    return {field: text for field, text in zip(wanted, texts, strict=True) if text is not None}


async def names_of(tx: AsyncConnection, person_ids: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    """Open the names of many people in one reading of keys."""
    known = await store.people_of(tx, set(person_ids))
    asked = [
        (person.id, field, Sealed(person.sealed[field]))
        for person in known.values()
        for field in NAMES
        if field in person.sealed
    ]
    names: dict[UUID, dict[str, str]] = {person_id: {} for person_id in known}
    texts = await vault_of(tx).open_many(asked)
    for (person_id, field, _), text in zip(asked, texts, strict=True):
        if text is not None:
            names[person_id][field] = text
    return names


def status_of(referral: Referral) -> View:
    """Show where a referral stands: what its prescriber hears back, and never the story."""
    return {
        "id": referral.id,
        "mentee_id": referral.mentee_id,
        "status": referral.status,
        "door": referral.door,
        "submitted_at": referral.submitted_at,
        "ended_at": referral.ended_at,
        "association_id": referral.asked.association_id if referral.asked else None,
    }


def case_of(referral: Referral) -> View:
    """Show what an association must know of a referral in its hands."""
    asked = referral.asked
    return status_of(referral) | {
        "guardian_id": referral.guardian_id,
        "prescriber_id": referral.prescriber_id,
        "facets": referral.facets.model_dump(mode="json") if referral.facets else None,
        "age": [referral.ages.youngest, referral.ages.oldest],
        "missing": missing(referral) if referral.facets else (),
        "offer_id": asked.offer_id if asked else None,
        "programme_id": asked.programme_id if asked else None,
        "policy_version": asked.policy_version if asked else None,
        "answer_due_at": asked.answer_due_at if asked else None,
        "expires_at": asked.expires_at if asked else None,
        "rank": referral.rank,
        "choose_by": referral.choose_by,
        "accepted_at": referral.accepted_at,
        "pair_id": referral.pair_id,
        "confirm_at": referral.waiting.confirm_at if referral.waiting else None,
    }


def seen_as(referral: Referral, sight: Sight) -> View:
    return case_of(referral) if sight is Sight.WHOLE else status_of(referral)


def rated_offer(rated: Rated) -> View:
    """Show one offer with its reasons for and against, each by name."""
    return {
        "offer_id": rated.shelf.offer_id,
        "title": rated.shelf.title,
        "association_id": rated.shelf.association_id,
        "association": rated.shelf.association_name,
        "programme_id": rated.shelf.programme_id,
        "programme": rated.shelf.programme_name,
        "suits": rated.suits,
        "modality": rated.modality,
        "distance_km": rated.distance_km,
        "free": max(rated.shelf.free, 0),
        "reasons": [
            {
                "aspect": reason.aspect,
                "fits": reason.fits,
                "measured": reason.measured,
                "limit": reason.limit,
            }
            for reason in rated.reasons
        ],
    }


async def card_of(tx: AsyncConnection, person: Person, fields: Iterable[str]) -> View:
    """Open the card of a person."""
    texts = await opened(tx, person.id, person.sealed, fields)
    return {"id": person.id, "part": person.part, "language": person.language, **texts}
