"""What is kept of a file until its rows are entered: states and codes; what it says is sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from common.errors import Conflict, Forbidden, Invalid, NotFound
from intake.domain.sight import Reader
from intake.imports.fields import Kind
from intake.imports.problems import Problem

KEPT = timedelta(days=7)
# So long a row is known again if the same file comes back.
REMEMBERED = timedelta(days=400)


class ImportNotFound(NotFound):
    """There is no such import."""

    fr = "Cet import n'existe pas."


class RowNotFound(NotFound):
    """This row is not kept, or not any more."""

    fr = "Cette ligne n'est pas conservée, ou ne l'est plus."


class NotYourImport(Forbidden):
    """Somebody else has brought this file."""

    fr = "Ce fichier a été envoyé par quelqu'un d'autre."


class ImportForgotten(Conflict):
    """What this file held was destroyed: send it again."""

    fr = "Le contenu de ce fichier a été détruit : envoyez-le à nouveau."


class LineUnknown(Invalid):
    """One of these lines is not waiting to be entered."""

    fr = "L'une de ces lignes n'attend pas d'être importée."


class State(StrEnum):
    """Where an import stands."""

    STAGED = "staged"
    # Its rows are being entered, some hundreds at a time.
    COMMITTING = "committing"
    COMMITTED = "committed"
    # Never committed, and its key destroyed.
    FORGOTTEN = "forgotten"


class RowState(StrEnum):
    """Where a row stands."""

    READY = "ready"
    WRONG = "wrong"
    # The same as a row above it.
    REPEATED = "repeated"
    # Entered before, by another import of the same rows.
    KNOWN = "known"
    LEFT_OUT = "left_out"
    ENTERED = "entered"


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedColumn:
    """A column as it is kept: its heading stays sealed, and is known again by its hash alone."""

    field: str | None
    how: str | None
    heading_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A file that somebody brought, with the rows that are staged from it."""

    id: UUID
    kind: Kind
    owner_id: UUID
    association_id: UUID | None
    brought_by: UUID
    prescriber: bool
    programme_ids: tuple[UUID, ...]
    columns: tuple[StagedColumn, ...]
    heading_line: int
    # Sheets of the file that were not read.
    other_sheets: int
    # The headings, sealed under the key of this import.
    headings: str | None
    created_at: datetime
    forget_at: datetime
    state: State = State.STAGED
    committed_at: datetime | None = None
    key_destroyed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedRow:
    """One row of a file between its reading and its entering."""

    import_id: UUID
    line: int
    state: RowState
    row_key: str | None = None
    problems: tuple[Problem, ...] = ()
    doubts: tuple["Doubt", ...] = ()
    sealed: str | None = None
    entered_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something that a coordinator should look at before a row is entered."""

    code: str
    # The row above that it is about, if it is one of the same file.
    line: int | None = None


def check_may_read(brought: Import, reader: Reader) -> None:
    """Let those read how an import went who brought it, and who work at its association."""
    if brought.brought_by != reader.person_id and brought.association_id not in reader.staff_of:
        raise NotYourImport(brought.id)


def may_open(brought: Import, reader: Reader) -> bool:
    """Let only who brought a file see again what is in it."""
    return brought.brought_by == reader.person_id


def check_may_open(brought: Import, reader: Reader) -> None:
    if not may_open(brought, reader):
        raise NotYourImport(brought.id)
    if brought.key_destroyed:
        raise ImportForgotten(brought.id)


def check_lines(asked: Sequence[int], ready: set[int]) -> None:
    if not set(asked) <= ready:
        raise LineUnknown("leave_out")
