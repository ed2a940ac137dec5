"""What a file says is sealed like a person, under a key of its own that is soon destroyed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.vocabulary import Sealed
from common.seal import DataKey
from common.vault import vault_of
from intake.imports.kinds import Answers
from intake.imports.staging import Import, ImportForgotten, StagedRow

HEADINGS = "headings"


@dataclass(frozen=True, slots=True)
class Opened:
    """A staged row as the file had it, and what was understood."""

    cells: list[str]
    answers: Answers | None


@dataclass(frozen=True, slots=True)
class ImportSeal:
    """Seals and opens what one import holds."""

    import_id: UUID
    key: DataKey

    def headings(self, headings: Sequence[str]) -> str:
        return self.key.seal(self.import_id, HEADINGS, json.dumps(headings))

    def open_headings(self, sealed: str) -> list[str]:
        opened: list[str] = json.loads(self.key.open(self.import_id, HEADINGS, Sealed(sealed)))
        return opened

    def row(self, line: int, text: str) -> str:
        return self.key.seal(self.import_id, _field(line), text)

    def open_row(self, row: StagedRow) -> Opened:
        if row.sealed is None:
            return Opened([], None)
        text = self.key.open(self.import_id, _field(row.line), Sealed(row.sealed))
        return Opened(**json.loads(text))

    def open_rows(self, rows: Iterable[StagedRow]) -> list[Opened]:
        return [self.open_row(row) for row in rows]


async def seal_of(tx: AsyncConnection, import_id: UUID) -> ImportSeal:
    """Load the key of an import; raise if it was destroyed."""
    if seal := await seal_left(tx, import_id):
        return seal
    raise ImportForgotten(import_id)


async def seal_left(tx: AsyncConnection, import_id: UUID) -> ImportSeal | None:
    """Load the key of an import, unless it was destroyed: perhaps a moment ago."""
    key = (await vault_of(tx).load([import_id])).get(import_id)
    return ImportSeal(import_id, key) if key else None


async def headings_of(tx: AsyncConnection, brought: Import) -> list[str]:
    """Open the headings of a file, or none if they were destroyed with the rest."""
    if brought.headings is None or brought.key_destroyed:
        return []
    return (await seal_of(tx, brought.id)).open_headings(brought.headings)


def _field(line: int) -> str:
    return f"row:{line}"
