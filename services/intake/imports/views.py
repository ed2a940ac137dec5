"""What is shown of an import: how it stands, what is wrong where, and how to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from common.sentences import Language
from intake.domain.sight import Reader
from intake.forms import MentorForm, ReferralForm
from intake.imports import store
from intake.imports.fields import FIELDS, IGNORED, Kind
from intake.imports.problems import WHAT, Problem, label_of, mend, what
from intake.imports.seals import ImportSeal, seal_left
from intake.imports.sheet import letter
from intake.imports.staging import Doubt, Import, RowState, StagedRow, may_open
from intake.imports.understanding import STANDS_IN

EXCERPT = 60
# Known from the import itself, or from another column.
GIVEN = frozenset({"association_id", "axis"})


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the rows about which there is something to say."""

    after: int
    limit: int


async def report(
    tx: AsyncConnection, brought: Import, by: Reader, page: Page, language: Language
) -> dict[str, Any]:
    """Show a whole import; what is in the cells only to who brought it."""
    rows = await store.remarkable(tx, brought.id, after=page.after, limit=page.limit)
    opens = may_open(brought, by) and not brought.key_destroyed
    # The key goes while rows are entered: what was found with it may now be without.
    seal = await seal_left(tx, brought.id) if opens else None
    headings = seal.open_headings(brought.headings) if seal and brought.headings else []
    counts = await store.counts(tx, brought.id)
    seen = Seen(seal=seal, headings=headings, language=language)
    return {
        **standing(brought),
        "counts": {state: counts.get(state, 0) for state in RowState},
        "columns": columns(brought, headings, language),
        "unmapped": [letter(place) for place, each in enumerate(brought.columns) if not each.field],
        "fields": answerable(brought.kind, language),
        "missing": missing(brought, language),
        "other_sheets": brought.other_sheets,
        "problems": [each for row in rows for each in seen.problems(row)],
        "warnings": [seen.doubt(row, each) for row in rows for each in row.doubts],
        "after": rows[-1].line if len(rows) == page.limit else None,
    }


def standing(brought: Import) -> dict[str, Any]:
    return {
        "id": brought.id,
        "kind": brought.kind,
        "association_id": brought.association_id,
        "programme_ids": brought.programme_ids,
        "state": brought.state,
        "created_at": brought.created_at,
        "committed_at": brought.committed_at,
        "forget_at": brought.forget_at,
        "heading_line": brought.heading_line,
    }


def columns(
    brought: Import, headings: Sequence[str], language: Language
) -> list[dict[str, str | None]]:
    return [
        {
            "letter": letter(place),
            "heading": headings[place] if place < len(headings) else None,
            "field": None if each.field == IGNORED else each.field,
            "label": label_of(each.field, language),
            "how": each.how,
        }
        for place, each in enumerate(brought.columns)
    ]


def answerable(kind: Kind, language: Language) -> list[dict[str, str | None]]:
    """List what a column of such a file may answer."""
    return [{"field": each, "label": label_of(each, language)} for each in FIELDS[kind]]


def missing(brought: Import, language: Language) -> list[dict[str, str | None]]:
    """Name what must be answered and has no column, as far as the form itself says so."""
    form = ReferralForm if brought.kind is Kind.REFERRALS else MentorForm
    here = {each.field for each in brought.columns}
    needed = [name for name, field in form.model_fields.items() if field.is_required()]
    if brought.programme_ids:
        needed = [name for name in needed if name != "programme_ids"]
    return [
        {"field": name, "label": label_of(STANDS_IN.get(name, (name,))[0], language)}
        for name in needed
        if name not in GIVEN and not here & {name, *STANDS_IN.get(name, ())}
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How a reader sees rows: in a language, and with or without what is in them."""

    seal: ImportSeal | None
    headings: Sequence[str]
    language: Language

    def problems(self, row: StagedRow) -> list[dict[str, Any]]:
        cells = self.seal.open_row(row).cells if self.seal and row.problems else []
        return [self.problem(row.line, each, cells) for each in row.problems]

    def problem(self, line: int, problem: Problem, cells: Sequence[str]) -> dict[str, Any]:
        place = problem.column
        shown = place is not None and place < len(cells)
        return {
            "line": line,
            "column": letter(place) if place is not None else None,
            "heading": self.headings[place]
            if place is not None and place < len(self.headings)
            else None,
            "field": problem.field,
            "label": label_of(problem.field, self.language),
            "code": problem.code,
            "problem": what(problem, self.language),
            "mend": mend(problem, self.language),
            "value": excerpt(cells[place]) if shown and place is not None else None,
        }

    def doubt(self, row: StagedRow, doubt: Doubt) -> dict[str, Any]:
        return {
            "line": row.line,
            "code": doubt.code,
            "of_line": doubt.line,
            "warning": WHAT[doubt.code][self.language == "en"],
            "mend": mend(Problem(code=doubt.code), self.language),
        }


def excerpt(text: str) -> str:
    """Show the beginning of a cell, as much of it as can be written."""
    readable = text.encode("utf-8", "replace").decode().replace("\0", "?")
    return readable if len(readable) <= EXCERPT else f"{readable[:EXCERPT]}…"
