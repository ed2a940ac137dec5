"""CSV that goes out: it opens in a spreadsheet with its accents, and no cell of it can run."""

import csv
import io
from collections.abc import Iterable, Sequence

from common.sentences import Language
from intake.imports.fields import FIELDS, IGNORED, Kind, headings
from intake.imports.problems import Problem, label_of, mend, what
from intake.imports.sheet import letter

# What a spreadsheet takes for the start of a formula.
RUNS = ("=", "+", "-", "@", "\t", "\r")
# Asked for in other ways: two columns are better than one, and a birth date better than an age.
SECOND_CHOICE = frozenset({"full_name", "guardian.full_name", "age", "age_band", "insee"})


def harmless(cell: str) -> str:
    """Keep a cell from being a formula; reading it back takes the mark away."""
    readable = "".join("\ufffd" if unkept(each) else each for each in cell)
    return f"'{readable}" if readable.startswith(RUNS) else readable


def unkept(letter: str) -> bool:
    return letter == "\0" or "\ud800" <= letter <= "\udfff"


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Write what a French spreadsheet opens with a double click."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def template(kind: Kind, language: Language) -> bytes:
    fields = [name for name in FIELDS[kind] if name not in SECOND_CHOICE]
    return as_csv([[headings()[name].label(language) for name in fields]])


def to_correct(
    columns: Sequence[str], rows: Iterable[tuple[Sequence[str], str]], language: Language
) -> bytes:
    """Give rows back as they came, each with what is to be corrected in it."""
    width = len(columns)
    last = headings()[IGNORED].label(language)
    kept = [place for place, heading in enumerate(columns) if heading != last]
    lines = [[*(columns[place] for place in kept), last]]
    for cells, told in rows:
        padded = [*cells, *("" for _ in range(width - len(cells)))]
        lines.append([*(padded[place] for place in kept), told, *padded[width:]])
    return as_csv(lines)


def told(line: int, problems: Sequence[Problem], columns: Sequence[str], language: Language) -> str:
    """Say on one line all that is wrong with a row."""
    start = f"{'Ligne' if language == 'fr' else 'Row'} {line}"
    return " | ".join(f"{start}, {where(each, columns, language)}" for each in problems)


def where(problem: Problem, columns: Sequence[str], language: Language) -> str:
    said = f"{what(problem, language)} {mend(problem, language)}"
    place = column_name(problem, columns, language)
    return f"{place} : {said}" if place else said


def column_name(problem: Problem, columns: Sequence[str], language: Language) -> str:
    """Name a column as people see it, or the one that is missing."""
    label = label_of(problem.field, language) or ""
    if problem.column is None:
        return label
    name = columns[problem.column] if problem.column < len(columns) else label
    word = "colonne" if language == "fr" else "column"
    return f"{word} {letter(problem.column)}" + (f" ({name})" if name else "")
