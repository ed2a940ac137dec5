"""The tables of imports: nothing in them is in the clear but codes, lines and states."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from common.statements import one_of
from intake.imports.fields import Kind
from intake.imports.staging import RowState, State
from intake.store.tables import Moment, metadata

imports = Table(
    "imports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", one_of(Kind), nullable=False),
    Column("owner_id", Uuid, nullable=False),
    Column("association_id", Uuid),
    Column("brought_by", Uuid, nullable=False),
    Column("prescriber", Boolean, nullable=False),
    Column("programme_ids", JSONB, nullable=False),
    Column("columns", JSONB, nullable=False),
    Column("heading_line", Integer, nullable=False),
    Column("other_sheets", Integer, nullable=False),
    Column("headings", Text),
    Column("created_at", Moment, nullable=False),
    Column("forget_at", Moment, nullable=False),
    Column("state", one_of(State), nullable=False),
    Column("committed_at", Moment),
    Column("key_destroyed", Boolean, nullable=False),
)
Index(
    "ix_imports_committing",
    imports.c.created_at,
    postgresql_where=imports.c.state == State.COMMITTING,
)
Index("ix_imports_kept", imports.c.forget_at, postgresql_where=~imports.c.key_destroyed)

staged_rows = Table(
    "staged_rows",
    metadata,
    Column("import_id", Uuid, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("state", one_of(RowState), nullable=False),
    Column("row_key", Text),
    Column("problems", JSONB, nullable=False),
    Column("doubts", JSONB, nullable=False),
    Column("sealed", Text),
    Column("entered_id", Uuid),
)

# Keyed hashes of the rows that were entered: the same row is never entered twice.
imported_rows = Table(
    "imported_rows",
    metadata,
    Column("row_key", Text, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
)

# What each heading meant the last time, by a keyed hash of the heading.
remembered_headings = Table(
    "remembered_headings",
    metadata,
    Column("owner_id", Uuid, primary_key=True),
    Column("kind", one_of(Kind), primary_key=True),
    Column("heading_hash", Text, primary_key=True),
    Column("field", Text, nullable=False),
)
