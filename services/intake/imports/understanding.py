"""Row by row: what each says, everything that is wrong with it, and never only the first thing."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from common.calendar import day_of
from common.errors import DomainError, Invalid
from common.problems import safe
from common.seal import blind_index
from intake.domain.duplicates import Trace
from intake.handlers.people import fingerprints_of
from intake.imports.cells import CellProblem, Reading, Value, read_text, readings
from intake.imports.fields import GUARDIAN, IGNORED, Column
from intake.imports.kinds import Answers, Origin, Rows
from intake.imports.problems import Problem
from intake.imports.sheet import LONGEST_CELL, Sheet
from intake.imports.together import commune, names, words_or_text

ROW_LIMIT = 60_000
_UNREADABLE = re.compile("[\0\ufffd\ud800-\udfff]")
_FAILED = re.compile(r"^#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|NOM\?|VALEUR!)")
# Where to point when a field has no column of its own.
STANDS_IN = {
    "motivation_text": ("motivation",),
    "expectations_text": ("expectations",),
    "commune": ("commune", "postcode", "insee"),
    "birth_date": ("birth_date", "age", "age_band"),
    "age_band": ("age_band", "age"),
    "programme_ids": ("programmes",),
    "given_name": ("given_name", "full_name"),
    "family_name": ("family_name", "full_name"),
    "guardian.given_name": ("guardian.given_name", "guardian.full_name"),
    "guardian.family_name": ("guardian.family_name", "guardian.full_name"),
    "email": ("email", "phone"),
    "guardian.email": ("guardian.email", "guardian.phone"),
    "guardian": ("guardian.family_name", "guardian.full_name", "guardian.email"),
}
INFERRED = frozenset({"axis"})


@dataclass(slots=True, kw_only=True)
class Row:
    """A row as it was understood."""

    line: int
    cells: list[str]
    answers: Answers | None = None
    problems: list[Problem] = field(default_factory=list)
    # By which the same row is known again, whatever file it comes in; only if nothing is wrong.
    key: str | None = None
    fingerprints: list[tuple[Trace, str]] = field(default_factory=list)

    def as_text(self) -> str:
        """Write what is sealed, in ASCII, so that it holds whatever the file held."""
        return json.dumps({"cells": self.cells, "answers": self.answers})


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A sheet whose columns are known."""

    sheet: Sheet
    heading_row: int
    columns: Sequence[Column]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Give the rows under the headings in which something is written."""
        for place in range(self.heading_row + 1, len(self.sheet.rows)):
            if any(self.sheet.rows[place]):
                yield place, self.sheet.rows[place]

    @property
    def places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for place, column in enumerate(self.columns):
            if column.field and column.field != IGNORED:
                places.setdefault(column.field, []).append(place)
        return places


class Understanding:
    """Reads the rows of one table; a plain loop without I/O, made to run in a thread."""

    def __init__(
        self, table: Table, origin: Origin, rows: Rows[Any], *, key: bytes, now: datetime
    ) -> None:
        self._table = table
        self._origin = origin
        self._rows = rows
        self._key = key
        self._now = now
        self._places = table.places
        self._readings: Mapping[str, Reading] = readings(day_of(now))

    def all(self) -> list[Row]:
        return [self.row(place, cells) for place, cells in self._table.rows()]

    def row(self, place: int, cells: list[str]) -> Row:
        row = Row(line=place + 1, cells=cells)
        row.problems = [*self.seen_in(place, cells)]
        given = self.given(row)
        self.ask(row, given)
        if len(row.as_text()) > ROW_LIMIT:
            row.problems.append(Problem(code="row_too_long"))
            row.cells = []
        if row.problems:
            row.answers = None
        return row

    def seen_in(self, place: int, cells: list[str]) -> Iterator[Problem]:
        """Tell what can be seen of cells without knowing what they mean."""
        width = len(self._table.columns)
        for column, text in enumerate(cells[:width]):
            name = self._table.columns[column].field
            code = flaw(text) if name and name != IGNORED else None
            if code:
                yield Problem(code=code, field=name, column=column)
        for column, text in enumerate(cells[width:], width):
            if text:
                yield Problem(code="surplus", column=column)
        yield from self.hidden_in(place)

    def hidden_in(self, place: int) -> Iterator[Problem]:
        """Tell which cells only seem to hold what was written in another one."""
        for merged in self._table.sheet.merged:
            for name, [column, *_] in self._places.items():
                if merged.hides(place, column):
                    yield Problem(code="merged", field=name, column=column)

    def given(self, row: Row) -> dict[str, Value]:
        """Read every cell that can be read; what cannot is a problem of the row."""
        texts = {name: self.texts(row.cells, places) for name, places in self._places.items()}
        wrong = {problem.field for problem in row.problems}
        texts = {name: parts for name, parts in texts.items() if parts and name not in wrong}
        given: dict[str, Value] = {}
        for name, parts in texts.items():
            try:
                given |= self.read(name, parts)
            except CellProblem as problem:
                row.problems.append(self.problem(problem.code, name))
        self.together(row, texts, given)
        return given

    def texts(self, cells: list[str], places: list[int]) -> list[str]:
        return [unquoted(cells[place]) for place in places if place < len(cells) and cells[place]]

    def read(self, name: str, parts: list[str]) -> dict[str, Value]:
        if name in {"motivation", "expectations"}:
            return words_or_text(name, " ; ".join(parts))
        if name == "programmes":
            return {name: tuple(self._origin.programmes_named(" | ".join(parts)))}
        reading = self._readings.get(name, read_text)
        values = [reading(part) for part in parts]
        if len(values) == 1:
            return {name: values[0]}
        if all(isinstance(each, str) for each in values):
            return {name: " ; ".join(map(str, values))}
        joined: dict[Any, None] = dict.fromkeys(
            one for each in values if isinstance(each, tuple) for one in each
        )
        return {name: tuple(joined)}

    def together(self, row: Row, texts: dict[str, list[str]], given: dict[str, Value]) -> None:
        """Read what stands in several cells: a name in one, a town in three."""
        for prefix in ("", GUARDIAN):
            try:
                names(given, prefix)
            except CellProblem as problem:
                row.problems.append(self.problem(problem.code, f"{prefix}full_name"))
        told = {problem.field for problem in row.problems} & set(STANDS_IN["commune"])
        try:
            commune(given, {} if told else texts)
        except Invalid as no:
            row.problems.append(self.problem(type(no).__name__, "commune"))

    def ask(self, row: Row, given: dict[str, Value]) -> None:
        """Ask the form and the rules of intake, the same as at every other door."""
        wrong = {problem.field for problem in row.problems}
        try:
            answers = self._rows.form(given)
            request = self._rows.request(answers, now=self._now)
        except CellProblem as problem:
            row.problems.extend(self.unless(wrong, problem.code, "programmes"))
        except ValidationError as refused:
            row.problems.extend(self.refused(refused, wrong))
        except DomainError as no:
            field_name = getattr(no, "field", None)
            row.problems.extend(self.unless(wrong, type(no).__name__, field_name))
        else:
            row.answers = answers
            self.recognise(row, request)

    def recognise(self, row: Row, request: Any) -> None:
        said = json.dumps(row.answers, sort_keys=True)
        owner = str(self._origin.owner_id)
        row.key = blind_index(self._key, "row", self._origin.kind.value, owner, said)
        row.fingerprints = fingerprints_of(self._key, self._rows.newcomer(request))

    def refused(self, refused: ValidationError, wrong: set[str | None]) -> Iterator[Problem]:
        errors = refused.errors(include_url=False, include_context=True, include_input=False)
        for error in errors:
            name = ".".join(each for each in error["loc"] if isinstance(each, str))
            if name in INFERRED and error["type"] == "missing":
                # What it is inferred from is missing, too, and is what a person would fill in.
                continue
            limits = {key: safe(value) for key, value in error.get("ctx", {}).items()}
            yield from self.unless(wrong, error["type"], name, limits)

    def unless(
        self,
        wrong: set[str | None],
        code: str,
        name: str | None,
        limits: Mapping[str, int | str] | None = None,
    ) -> Iterator[Problem]:
        """Tell what is wrong with a field, unless something else is already said about it."""
        if not wrong & {name, *STANDS_IN.get(name or "", ())}:
            yield self.problem(code, name, limits)

    def problem(
        self, code: str, name: str | None, limits: Mapping[str, int | str] | None = None
    ) -> Problem:
        asked = (name or "", *STANDS_IN.get(name or "", ()))
        columns = [self._places[each][0] for each in asked if each in self._places]
        column = columns[0] if columns else None
        return Problem(code=code, field=name, column=column, limits=limits or {})


def flaw(text: str) -> str | None:
    """Name what is wrong with a cell as such."""
    if len(text) > LONGEST_CELL:
        return "cell_too_long"
    if _UNREADABLE.search(text):
        return "unreadable"
    if unquoted(text).startswith("="):
        return "formula"
    return "formula_failed" if _FAILED.match(text) else None


def unquoted(text: str) -> str:
    """Take away the mark by which a formula is kept from being one (see `harmless`)."""
    return text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"} else text
