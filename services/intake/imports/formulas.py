"""Formulas that nobody has computed yet: a cell that looks filled in and holds no value."""

import io
import re
import zipfile
from posixpath import join, normpath

from intake.imports.sheet import MOST_COLUMNS, MOST_ROWS

_SHEET = re.compile(rb"<sheet\b[^>]*?\bname=\"([^\"]*)\"[^>]*?\br:id=\"([^\"]*)\"")
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_ID = re.compile(rb"\bId=\"([^\"]*)\"")
_TARGET = re.compile(rb"\bTarget=\"([^\"]*)\"")
_CELL = re.compile(
    rb"<c r=\"([A-Z]{1,3})([0-9]{1,7})\"[^>]*><f\b[^>]*?(?:/>|>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>"
)
FORMULA = "="


def without_value(content: bytes, place: int) -> list[tuple[int, int]]:
    """Find the cells (row, column) of the nth sheet whose formula has no value with it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return []
        part = part_of(archive, place)
        xml = archive.read(part) if part in archive.namelist() else b""
    found = ((int(row) - 1, column_of(letters)) for letters, row in _CELL.findall(xml))
    return [(row, column) for row, column in found if row < MOST_ROWS and column < MOST_COLUMNS]


def part_of(archive: zipfile.ZipFile, place: int) -> str:
    """Find where in the file the nth sheet is kept."""
    sheets = _SHEET.findall(archive.read("xl/workbook.xml"))
    if place >= len(sheets):
        return ""
    wanted = sheets[place][1]
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        name, target = _ID.search(relation), _TARGET.search(relation)
        if name and target and name[1] == wanted:
            return normpath(join("/xl", target[1].decode()))[1:]
    return ""


def column_of(letters: bytes) -> int:
    number = 0
    for each in letters:
        number = number * 26 + each - ord("A") + 1
    return number - 1
