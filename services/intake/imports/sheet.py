"""What a spreadsheet is once it was read: rows of text, as its owner sees them.

Only the standard library is imported here: this is also what the process apart carries.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_LETTERS = 30_000_000
# What a cell may hold; a quote that is never closed makes one that is longer.
LONGEST_CELL = 10_000
EMPTY = ""


class Unreadable(Exception):
    """This file cannot be read as a spreadsheet, for a reason that has a name."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Merged(NamedTuple):
    """Cells that were merged: rows and columns counted from 0, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def hides(self, row: int, column: int) -> bool:
        """Tell whether this cell shows what was written in another one."""
        inside = (
            self.first_row <= row <= self.last_row
            and self.first_column <= column <= self.last_column
        )
        return inside and (row, column) != (self.first_row, self.first_column)


@dataclass(slots=True)
class Sheet:
    """The rows of one sheet; the place in the list is the line that people see, less one."""

    rows: list[list[str]]
    merged: list[Merged] = field(default_factory=list)
    # Other sheets of the file in which something is written.
    others: int = 0

    def check_size(self) -> None:
        """Raise if nobody can have filled this in by hand."""
        if len(self.rows) > MOST_ROWS:
            raise Unreadable("too_many_rows")
        letters = 0
        for row in self.rows:
            if len(row) > MOST_COLUMNS:
                raise Unreadable("too_many_columns")
            letters += sum(map(len, row))
        if letters > MOST_LETTERS:
            raise Unreadable("too_big")
        if not any(any(row) for row in self.rows):
            raise Unreadable("empty")

    def as_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "merged": self.merged, "others": self.others}


def sheet_from(document: Any) -> Sheet:
    """Rebuild what `as_json` gave."""
    merged = [Merged(*corners) for corners in document["merged"]]
    return Sheet(rows=document["rows"], merged=merged, others=document["others"])


def letter(column: int) -> str:
    """Name a column as a spreadsheet does: 0 is A, 25 is Z, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def without_empty_end(row: list[str]) -> list[str]:
    """Drop the empty cells at the end of a row: a spreadsheet does not show them."""
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]
