"""The scenarios as a table: Markdown for people, CSV for spreadsheets."""

import csv
from collections.abc import Sequence
from io import StringIO

from matching.lab.figures import Row
from matching.lab.words import WORDS, Language

COLUMNS = (
    "scenario",
    "arrived",
    "served",
    "left",
    "waiting",
    "median_days",
    "p90_days",
    "mean_fit",
    "invitations",
    "refused",
)


def markdown(rows: Sequence[Row], language: Language) -> str:
    words = WORDS[language]
    head = [words[each] for each in COLUMNS]
    ruled = ["---", *("---:" for _ in head[1:])]
    lines = [head, ruled, *(cells(each, language) for each in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cells(row: Row, language: Language) -> list[str]:
    def number(value: float | None, digits: int) -> str:
        words = WORDS[language]
        if value is None:
            return words["never"]
        return f"{value:.{digits}f}".replace(".", words["decimal"])

    return [
        row.name,
        str(row.arrived),
        f"{row.served} ({number(100 * row.served_share, 0)} %)",
        str(row.left),
        str(row.waiting),
        number(row.median_days, 1),
        number(row.p90_days, 1),
        number(row.mean_fit, 3),
        str(row.invitations),
        str(row.refused),
    ]


def comma_separated(rows: Sequence[Row]) -> str:
    """Write the figures whole, under names that do not change with the language."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        named = (getattr(row, each) for each in COLUMNS[1:])
        writer.writerow([row.name, *("" if each is None else each for each in named)])
    return text.getvalue()
