"""Names and contacts, opened for those who may see a pair; contacts only while they may meet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.vocabulary import Sealed
from common.vault import vault_of
from followup.domain.pairs import Pair
from followup.domain.sight import Viewer, may_reach
from followup.store.heard import people_by_id

NAME = ("given_name", "family_name")
CONTACT = ("email", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Somebody as the others of the pair know them."""

    person_id: UUID
    name: str | None = None
    email: str | None = None
    phone: str | None = None


async def cards_of(tx: AsyncConnection, pairs: Sequence[Pair], viewer: Viewer) -> dict[UUID, Card]:
    """Open the names of the people of some pairs, in one reading of their keys."""
    asked = {person for pair in pairs for person in _people(pair)}
    near = {person for pair in pairs if may_reach(pair, viewer) for person in _people(pair)}
    people = await people_by_id(tx, asked)
    wanted = [
        (person_id, field, Sealed(person.sealed[field]))
        for person_id, person in people.items()
        for field in (*NAME, *(CONTACT if person_id in near else ()))
        if field in person.sealed
    ]
    texts = await vault_of(tx).open_many(wanted) if wanted else []
    opened = {
        (person_id, field): text for (person_id, field, _), text in zip(wanted, texts, strict=True)
    }
    return {person_id: _card(person_id, opened) for person_id in asked}


def _people(pair: Pair) -> Collection[UUID]:
    guardian = pair.guardian_id if pair.for_minor else None
    return [each for each in (pair.mentor_id, pair.mentee_id, guardian) if each]


def _card(person_id: UUID, opened: dict[tuple[UUID, str], str | None]) -> Card:
    parts = [opened.get((person_id, field)) for field in NAME]
    return Card(
        person_id=person_id,
        name=" ".join(part for part in parts if part) or None,
        email=opened.get((person_id, "email")),
        phone=opened.get((person_id, "phone")),
    )
