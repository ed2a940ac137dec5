"""Keys of people, held in a dict where a service reads them from the bucket."""

from collections.abc import Collection, Mapping
from uuid import UUID

from common.contracts.vocabulary import Sealed
from common.seal import KeyRing
from common.vault import ERASED, REMEMBERED_SECONDS, Vault


class KeysInHand:
    """What a service that may read keys finds; empty until a test gives somebody a key."""

    def __init__(self, ring: KeyRing) -> None:
        self._wrapped: dict[UUID, bytes] = {}
        self._seconds = 0.0
        self.vault = Vault(ring, self._read, monotonic=lambda: self._seconds)

    def create(self, *person_ids: UUID) -> None:
        for person_id in person_ids:
            self._wrapped[person_id] = self.vault.mint(person_id)

    def erase(self, person_id: UUID) -> None:
        self._wrapped[person_id] = ERASED
        # Nobody waits until the vault looks again.
        self._seconds += REMEMBERED_SECONDS

    async def seal(self, person_id: UUID, field: str, text: str) -> Sealed:
        """Seal as another service would have, with a key made now if there is none."""
        if person_id not in self._wrapped:
            self.create(person_id)
        return await self.vault.seal(person_id, field, text)

    async def _read(self, person_ids: Collection[UUID]) -> Mapping[UUID, bytes]:
        return {each: self._wrapped[each] for each in person_ids if each in self._wrapped}
