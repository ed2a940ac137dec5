"""What seals and opens inside a transaction: the keys of people, remembered for a moment only."""

import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from itertools import takewhile
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.contracts.vocabulary import Sealed
from common.errors import Conflict, NotYetKnown
from common.seal import DataKey, KeyRing

# What stands in the place of a key that was erased.
ERASED = b""
# An erasure must be felt everywhere within a minute, so no key is remembered for long.
REMEMBERED_SECONDS = 15.0
REMEMBERED_KEYS = 10_000
VAULT = "vault_for"


class KeyErased(Conflict):
    """This person was erased: what was sealed can be read by nobody any more."""

    fr = "Cette personne a été effacée : plus personne ne peut lire ce qui était scellé."


class KeyNotYetKnown(NotYetKnown):
    """The key of this person has not arrived yet."""

    fr = "La clé de cette personne n'est pas encore arrivée."


class NoRightToKeys(Exception):
    """This service was given no keys of people, and is not meant to have any."""


ReadWrapped: TypeAlias = Callable[[Collection[UUID]], Awaitable[Mapping[UUID, bytes]]]
VaultFor: TypeAlias = Callable[[AsyncConnection], "Vault"]


class Vault:
    """Seals and opens for every person whose wrapped key can be read."""

    def __init__(
        self,
        ring: KeyRing,
        read: ReadWrapped,
        monotonic: Callable[[], float] = time.monotonic,
        size: int = REMEMBERED_KEYS,
    ) -> None:
        self._ring = ring
        self._read = read
        self._monotonic = monotonic
        self._size = size
        self._remembered: dict[UUID, tuple[float, DataKey | None]] = {}

    async def seal(self, person_id: UUID, field: str, text: str) -> Sealed:
        return (await self._key(person_id)).seal(person_id, field, text)

    async def open(self, person_id: UUID, field: str, sealed: Sealed) -> str:
        return (await self._key(person_id)).open(person_id, field, sealed)

    async def open_many(self, sealed: Sequence[tuple[UUID, str, Sealed]]) -> list[str | None]:
        """Open (person, field, sealed) in one reading; None where nobody can (any more, or yet)."""
        keys = await self.load(person_id for person_id, _, _ in sealed)
        opened: list[str | None] = []
        for person_id, field, text in sealed:
            key = keys.get(person_id)
            opened.append(key.open(person_id, field, text) if key else None)
        return opened

    async def load(self, person_ids: Iterable[UUID]) -> dict[UUID, DataKey | None]:
        """Fetch keys ahead, in one reading; None for an erased person, nothing for an unknown."""
        asked = set(person_ids)
        keys = {each: self._remembered[each][1] for each in asked if self._is_fresh(each)}
        if missing := asked - keys.keys():
            read = await self._read(missing)
            keys |= {each: self._unwrap(each, wrapped) for each, wrapped in read.items()}
        self._remember(keys)
        return keys

    def mint(self, person_id: UUID) -> bytes:
        """Make a key for a new person, and give it wrapped."""
        return self._ring.wrap(person_id, DataKey.new())

    async def _key(self, person_id: UUID) -> DataKey:
        keys = await self.load([person_id])
        if person_id not in keys:
            raise KeyNotYetKnown(person_id)
        key = keys[person_id]
        if key is None:
            raise KeyErased(person_id)
        return key

    def _unwrap(self, person_id: UUID, wrapped: bytes) -> DataKey | None:
        return None if wrapped == ERASED else self._ring.unwrap(person_id, wrapped)

    def _is_fresh(self, person_id: UUID) -> bool:
        remembered = self._remembered.get(person_id)
        return remembered is not None and self._monotonic() < remembered[0]

    def _remember(self, keys: Mapping[UUID, DataKey | None]) -> None:
        self._let_go()
        until = self._monotonic() + REMEMBERED_SECONDS
        for person_id, key in keys.items():
            self._remembered.setdefault(person_id, (until, key))
        while len(self._remembered) > self._size:
            del self._remembered[next(iter(self._remembered))]

    def _let_go(self) -> None:
        """Hold no key whose moment is over: it opens a name, and takes three kilobytes."""
        # A dict keeps the order of arrival, and all have the same time: the first is the oldest.
        for person_id in list(takewhile(lambda each: not self._is_fresh(each), self._remembered)):
            del self._remembered[person_id]


def with_vault(engine: AsyncEngine, vault_for: VaultFor) -> AsyncEngine:
    """Let every transaction of this engine find its vault, whatever door opened it."""
    return engine.execution_options(**{VAULT: vault_for})


def vault_of(tx: AsyncConnection) -> Vault:
    """Find the vault of this transaction; keep it in a variable to seal or open more than once."""
    options = tx.sync_engine.get_execution_options()
    vault_for: VaultFor | None = options.get(VAULT)
    if vault_for is None:
        raise NoRightToKeys
    return vault_for(tx)
