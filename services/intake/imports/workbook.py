"""XLSX and ODS: the directory of the zip is looked at before anything is unpacked."""

import io
import struct
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from intake.imports.formulas import FORMULA, without_value
from intake.imports.sheet import (
    MOST_COLUMNS,
    MOST_ROWS,
    Merged,
    Sheet,
    Unreadable,
    without_empty_end,
)

MIB = 1024 * 1024
MOST_ENTRIES = 2_000
MOST_UNPACKED = 200 * MIB
# A sheet of repeated words is packed to a fortieth; what is packed far closer is a trap.
CLOSEST_PACKED = 250
WORTH_A_LOOK = 5 * MIB
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"


def read_old(content: bytes) -> Sheet:
    """Say which kind of file of former times this is: none of them is read."""
    protected = "EncryptedPackage".encode("utf-16-le") in content
    workbook = "Workbook".encode("utf-16-le") in content or "Book".encode("utf-16-le") in content
    raise Unreadable(
        "protected" if protected else "old_format" if workbook else "not_a_spreadsheet"
    )


def read_workbook(content: bytes) -> Sheet:
    check_directory(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            (place, workbook.get_sheet_by_name(each.name))
            for place, each in enumerate(workbook.sheets_metadata)
            if each.typ is SheetTypeEnum.WorkSheet and each.visible is SheetVisibleEnum.Visible
        ]
    except PasswordError:
        raise Unreadable("protected") from None
    except (CalamineError, OSError, ValueError):
        raise Unreadable("damaged") from None
    written = [(place, each) for place, each in sheets if each.start is not None]
    if not written:
        raise Unreadable("empty")
    place, first = written[0]
    sheet = as_sheet(first, others=len(written) - 1)
    note_formulas(sheet, without_value(content, place))
    return sheet


def note_formulas(sheet: Sheet, cells: list[tuple[int, int]]) -> None:
    """Put a mark where a formula stands that has no value, so that it is told and not missing."""
    for row, column in cells:
        sheet.rows.extend([] for _ in range(row + 1 - len(sheet.rows)))
        line = sheet.rows[row]
        line.extend("" for _ in range(column + 1 - len(line)))
        line[column] = line[column] or FORMULA


def check_directory(content: bytes) -> None:
    """Raise unless the zip is a spreadsheet, and unpacks to what a computer can hold."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            check_entries(entries)
            check_kind(archive, {each.filename for each in entries})
    except (zipfile.BadZipFile, struct.error, zlib.error, OSError, NotImplementedError):
        raise Unreadable("damaged") from None


def check_entries(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(each.file_size for each in entries)
    packed = sum(each.compress_size for each in entries)
    too_close = unpacked > WORTH_A_LOOK and unpacked > packed * CLOSEST_PACKED
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or too_close:
        raise Unreadable("too_big")


def check_kind(archive: zipfile.ZipFile, names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    if not {"mimetype", "content.xml"} <= names:
        raise Unreadable("not_a_spreadsheet")
    if archive.read("mimetype").strip() != OPEN_DOCUMENT:
        raise Unreadable("not_a_spreadsheet")
    if b"manifest:encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Unreadable("protected")


def as_sheet(sheet: CalamineSheet, *, others: int) -> Sheet:
    last_row, last_column = sheet.end or (0, 0)
    if last_row >= MOST_ROWS:
        raise Unreadable("too_many_rows")
    if last_column >= MOST_COLUMNS:
        raise Unreadable("too_many_columns")
    rows = [
        without_empty_end([*map(as_text, row)]) for row in sheet.to_python(skip_empty_area=False)
    ]
    merged = [
        Merged(first_row, first_column, last_row, last_column)
        for (first_row, first_column), (last_row, last_column) in sheet.merged_cell_ranges or ()
    ]
    return Sheet(rows=rows, merged=merged, others=others)


def as_text(value: Any) -> str:
    """Write a cell as its owner would: no ".0" behind a number, no midnight behind a date."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return str(value).strip()
