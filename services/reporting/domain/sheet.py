"""Figures as a file that a French spreadsheet opens by a double click.

`;` between cells, `,` in decimals, and the mark at the start by which Excel knows UTF-8. A cell
that a spreadsheet would take for a formula is made text by an apostrophe: names of associations
come from people.
"""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = tuple("=+-@\t\r＝＋－＠")
MARK = "\ufeff"


def sheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([cell(each) for each in header])
    writer.writerows([cell(each) for each in row] for row in rows)
    return (MARK + text.getvalue()).encode()


def cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".").replace(".", ",")
    text = str(value)
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    # Some spreadsheets look past the space at the start.
    return text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)
