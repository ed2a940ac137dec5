"""A file is staged: every row understood, sealed and judged, and nothing entered."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from common.identity import new_id
from common.keys import create_keys
from common.seal import blind_index
from intake.imports import memory, store
from intake.imports.apart import refuse
from intake.imports.fields import Column, Known, check_said, columns_of, heading_row
from intake.imports.kinds import Origin, rows_of
from intake.imports.seals import ImportSeal, seal_of
from intake.imports.sheet import Sheet
from intake.imports.staging import KEPT, Doubt, Import, RowState, StagedColumn, StagedRow
from intake.imports.understanding import Row, Table, Understanding
from intake.spelling import LONGEST, plain
from intake.store import people


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A file that was read, and what was said about its columns, by their letters."""

    sheet: Sheet
    said: Mapping[str, str] = field(default_factory=dict)


async def stage(tx: AsyncConnection, brought: Brought, origin: Origin, *, now: datetime) -> Import:
    """Do everything but enter; the same file may be staged as often as one likes."""
    key = await people.index_key(tx)
    table = await table_of(tx, brought, origin, key=key)
    understanding = Understanding(table, origin, rows_of(origin), key=key, now=now)
    rows = await asyncio.to_thread(understanding.all)
    if not rows:
        raise refuse("only_headings")
    staged = as_import(table, origin, key=key, now=now)
    await create_keys(tx, staged.id)
    seal = await seal_of(tx, staged.id)
    judge = Judge(
        entered=await memory.known_rows(tx, [row.key for row in rows if row.key]),
        known=await known_people(tx, rows),
    )
    sealed = await asyncio.to_thread(lambda: [judge.staged(row, seal) for row in rows])
    headings = seal.headings([column.heading for column in table.columns])
    staged = replace(staged, headings=headings)
    await store.add_import(tx, staged, sealed)
    return staged


async def table_of(tx: AsyncConnection, brought: Brought, origin: Origin, *, key: bytes) -> Table:
    """Find the headings and what they mean: as said now, as the last time, by their words."""
    at = headings_at(brought, origin)
    cells = brought.sheet.rows[at]
    check_said(brought.said, kind=origin.kind, width=len(cells))
    hashes = {plain(cell[:LONGEST]): heading_hash(key, origin, cell) for cell in cells}
    meant = await memory.remembered(tx, origin.owner_id, origin.kind, hashes.values())
    remembered = {words: meant[hashed] for words, hashed in hashes.items() if hashed in meant}
    known = Known(kind=origin.kind, said=brought.said, remembered=remembered)
    return Table(sheet=brought.sheet, heading_row=at, columns=columns_of(cells, known))


def headings_at(brought: Brought, origin: Origin) -> int:
    """Find the row of the headings; if none is recognised, the first row is what was meant."""
    rows = brought.sheet.rows
    at = heading_row(rows, origin.kind)
    if at is None and brought.said:
        at = next(place for place, row in enumerate(rows) if any(row))
    if at is None:
        raise refuse("no_headings")
    return at


def heading_hash(key: bytes, origin: Origin, heading: str) -> str:
    return blind_index(key, "heading", str(origin.owner_id), plain(heading[:LONGEST]))


def as_import(table: Table, origin: Origin, *, key: bytes, now: datetime) -> Import:
    return Import(
        id=new_id(),
        kind=origin.kind,
        owner_id=origin.owner_id,
        association_id=origin.association_id,
        brought_by=origin.brought_by,
        prescriber=origin.prescriber,
        programme_ids=origin.usual_programmes,
        columns=tuple(staged_column(each, origin, key) for each in table.columns),
        heading_line=table.heading_row + 1,
        other_sheets=table.sheet.others,
        headings=None,
        created_at=now,
        forget_at=now + KEPT,
    )


def staged_column(column: Column, origin: Origin, key: bytes) -> StagedColumn:
    hashed = heading_hash(key, origin, column.heading)
    return StagedColumn(field=column.field, how=column.how, heading_hash=hashed)


async def known_people(tx: AsyncConnection, rows: Sequence[Row]) -> set[str]:
    """Give the hashes under which somebody is known already."""
    hashes = {hashed for row in rows for _, hashed in row.fingerprints}
    return {hashed for hashed, *_ in await people.bearers(tx, hashes)}


@dataclass(slots=True, kw_only=True)
class Judge:
    """Says of each row whether it can be entered, and what a person should look at before."""

    # Rows that were entered before, by their keys.
    entered: set[str]
    # People who are known here, by their hashes.
    known: set[str]
    # Where each row and each person came first in this file.
    first: dict[str, int] = field(default_factory=dict)

    def staged(self, row: Row, seal: ImportSeal) -> StagedRow:
        """Judge the next row, and seal it if it waits or must be mended."""
        state = self.state_of(row)
        kept = state in {RowState.READY, RowState.WRONG}
        entry = StagedRow(
            import_id=seal.import_id,
            line=row.line,
            state=state,
            row_key=row.key,
            problems=tuple(row.problems),
            doubts=self.doubts_about(row),
            sealed=seal.row(row.line, row.as_text()) if kept else None,
        )
        for mark in (row.key, *(hashed for _, hashed in row.fingerprints)):
            if mark:
                self.first.setdefault(mark, row.line)
        return entry

    def state_of(self, row: Row) -> RowState:
        if row.problems or row.key is None:
            return RowState.WRONG
        if row.key in self.first:
            return RowState.REPEATED
        return RowState.KNOWN if row.key in self.entered else RowState.READY

    def doubts_about(self, row: Row) -> tuple[Doubt, ...]:
        """Suspect the same person above in the file, or among those who are known here."""
        hashes = [hashed for _, hashed in row.fingerprints]
        above = [self.first[hashed] for hashed in hashes if hashed in self.first]
        doubts = [Doubt(code="same_in_file", line=min(above))] if above else []
        if self.known.intersection(hashes):
            doubts.append(Doubt(code="known_person"))
        return tuple(doubts)
