"""CSV as spreadsheets and people write it: any usual encoding, separator, quoted line breaks."""

import codecs
import csv
import io
import re
import sys
from collections.abc import Iterable
from itertools import islice

from intake.imports.sheet import MOST_COLUMNS, MOST_ROWS, Sheet, Unreadable, without_empty_end

SEPARATORS = ";,\t|"
LOST = "\ufffd"
SAMPLE_ROWS = 20
# More of these than one in so many letters, and it is not text.
ONE_IN = 50
# What may stand in a text besides letters: tab and line breaks.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?\r?\n', re.IGNORECASE)


def read_text(content: bytes) -> Sheet:
    text = decoded(content)
    if len(_CONTROL.findall(text)) * ONE_IN > len(text):
        raise Unreadable("not_a_spreadsheet")
    named = _SEPARATOR_LINE.match(text)
    # A spreadsheet takes this line as an order and does not show it.
    text = text[named.end() :] if named else text
    separator = named[1] if named else separator_of(text)
    rows = [without_empty_end([*map(str.strip, row)]) for row in parsed(text, separator)]
    return Sheet(rows=rows)


def decoded(content: bytes) -> str:
    """Decode as the file says, or as it looks; what cannot be decoded is marked and not lost."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            return surrogates_kept(content[len(mark) :], encoding)
    return utf8_or_cp1252(content)


def surrogates_kept(content: bytes, encoding: str) -> str:
    """Let half letters through: the cell that holds one is told, the rest of the file is good."""
    try:
        return content.decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        return content.decode(encoding, "replace")


def utf8_or_cp1252(content: bytes) -> str:
    try:
        return content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
    lost = text.count(LOST)
    accents = sum(not letter.isascii() for letter in text) - lost
    # A few bad bytes in a file that is UTF-8 elsewhere: someone pasted a line into it.
    return text if accents > lost else content.decode("cp1252", "replace")


def separator_of(text: str) -> str:
    """Take the separator that parts the most of the first rows, and of several the most cells.

    A heading has no comma where a remark may have ten.
    """
    sample = text[:20_000]
    return max(SEPARATORS, key=lambda each: (*parting(sample, each), -SEPARATORS.index(each)))


def parting(sample: str, separator: str) -> tuple[int, int]:
    """Count the rows that a separator parts, and the cells of the one with the most."""
    widths = [len(row) for row in islice(parsed(sample, separator), SAMPLE_ROWS)]
    return sum(width > 1 for width in widths), max(widths, default=0)


def parsed(text: str, separator: str) -> Iterable[list[str]]:
    csv.field_size_limit(sys.maxsize)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for line, row in enumerate(reader):
        if line >= MOST_ROWS:
            raise Unreadable("too_many_rows")
        if len(row) > MOST_COLUMNS and len(without_empty_end(row)) > MOST_COLUMNS:
            raise Unreadable("too_many_columns")
        yield row
