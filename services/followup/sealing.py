"""Free texts of a pair: kept only under the key of the person whom they are about."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.vocabulary import Sealed
from common.vault import vault_of


async def sealed(
    tx: AsyncConnection, person_id: UUID, field: str, text: str | None
) -> Sealed | None:
    """Seal a text under a person's key; an empty one is none."""
    if not text or not text.strip():
        return None
    return await vault_of(tx).seal(person_id, field, text)


async def opened(
    tx: AsyncConnection, person_id: UUID, field: str, texts: Sequence[Sealed | None]
) -> list[str | None]:
    """Open texts about one person; None for those that nobody can read any more."""
    there = [(person_id, field, Sealed(text)) for text in texts if text is not None]
    found = iter(await vault_of(tx).open_many(there) if there else [])
    return [next(found) if text is not None else None for text in texts]


async def sealed_for_all(
    tx: AsyncConnection, person_ids: Sequence[UUID], field: str, text: str
) -> Sealed:
    """Seal a text under one key after the other: whoever is erased takes it along."""
    vault = vault_of(tx)
    for person_id in person_ids:
        text = await vault.seal(person_id, field, text)
    return Sealed(text)


async def opened_for_all(
    tx: AsyncConnection, person_ids: Sequence[UUID], field: str, text: Sealed
) -> str:
    vault = vault_of(tx)
    inner: str = text
    for person_id in reversed(person_ids):
        inner = await vault.open(person_id, field, Sealed(inner))
    return inner
