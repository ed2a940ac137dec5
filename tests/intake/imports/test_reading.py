"""Files as they come are read apart, or refused in words; none of them takes the service along."""

import io
import struct
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.problems import Refused
from intake.imports import apart, textfile, workbook
from intake.imports.apart import FileUnreadable, Readers
from intake.imports.sheet import Merged, Unreadable, letter
from tests.intake.imports.files import csv_of, xlsx_of

ROWS = [["Prénom", "Ville"], ["Éloïse", "Angoulême"], ["Zoë", "L'Haÿ-les-Roses"]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


async def read(content: bytes):
    return await Readers().read(content)


async def refusal(content: bytes) -> tuple[type, str]:
    with pytest.raises((FileUnreadable, Refused)) as no:
        await read(content)
    if isinstance(no.value, Refused):
        return Refused, no.value.refusal.en
    assert isinstance(no.value, FileUnreadable)
    return FileUnreadable, no.value.sentences["en"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
async def test_text_is_read_in_every_usual_encoding_and_with_every_usual_separator(
    encoding, separator
):
    sheet = await read(csv_of(ROWS, separator, encoding))

    assert sheet.rows == ROWS


async def test_a_remark_with_many_commas_does_not_make_them_the_separator():
    sheet = await read(b"Nom;Note\nA;foot, danse, lecture, dessin, cuisine\n")

    assert sheet.rows == [["Nom", "Note"], ["A", "foot, danse, lecture, dessin, cuisine"]]


async def test_a_quoted_line_break_does_not_shift_the_lines_below():
    sheet = await read(b'Nom;Note\nA;"une\nnote; longue"\n\nB;x\n')

    assert sheet.rows == [["Nom", "Note"], ["A", "une\nnote; longue"], [], ["B", "x"]]


async def test_the_line_by_which_a_spreadsheet_is_told_the_separator_is_no_row():
    assert (await read(b"sep=,\r\nNom,Ville\r\nA;B,C\r\n")).rows[1] == ["A;B", "C"]


async def test_one_line_pasted_from_elsewhere_does_not_spoil_the_accents_of_the_others():
    sheet = await read("Prénom;Ville\nÉloïse;Angoulême\n".encode() + b"Andr\xe9;Paris\n")

    assert sheet.rows[1] == ["Éloïse", "Angoulême"]
    assert sheet.rows[2] == ["Andr\ufffd", "Paris"]


async def test_half_letters_and_nul_come_through_to_be_told_of_their_cell():
    sheet = await read(b"Nom;Ville\nA\xed\xa0\x80;B\x00" + b"x" * 200 + b"\n")

    assert sheet.rows[1][0] == "A\ud800"
    assert sheet.rows[1][1].startswith("B\x00")


async def test_a_workbook_is_read_as_its_owner_sees_it():
    def more(sheet):
        sheet["A5"] = "under an empty row"
        sheet["B5"] = True
        sheet["C5"] = "=1+1"
        sheet.merge_cells("A6:B7")

    rows: list[list[Any]] = [
        ["Nom", "Né le", "CP"],
        ["A", date(2012, 9, 3), 1000],
        ["B", datetime(2012, 9, 3), 1.5],  # noqa: DTZ001 -- as a cell has it
    ]
    sheet = await read(xlsx_of(rows, more))

    assert sheet.rows[1:3] == [["A", "2012-09-03", "1000"], ["B", "2012-09-03", "1.5"]]
    assert sheet.rows[3:5] == [[], ["under an empty row", "oui", "="]]
    assert sheet.merged == [Merged(5, 0, 6, 1)]


async def test_only_the_first_sheet_is_read_and_the_others_are_counted():
    def more(sheet):
        sheet.parent.create_sheet("2025")["A1"] = "old"
        sheet.parent.create_sheet("empty")

    sheet = await read(xlsx_of(ROWS, more))

    assert (sheet.rows, sheet.others) == (ROWS, 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"  \n \n", "This file is empty."),
        (b";;;\n;;\n", "This file is empty."),
        (xlsx_of([]), "This file is empty."),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (OLE + "Workbook".encode("utf-16-le"), "old format .xls"),
        (OLE + b"a Word document", "not a spreadsheet"),
        (b"%PDF-1.7\n\x00\x01\x02\x03" + bytes(range(256)) * 8, "not a spreadsheet"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "not a spreadsheet"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (xlsx_of(ROWS)[:-400], "damaged"),
    ],
)
async def test_what_is_no_spreadsheet_is_refused_with_the_mend(content, sentence):
    kind, told = await refusal(content)

    assert kind is FileUnreadable
    assert sentence in told


async def test_a_zip_that_is_no_spreadsheet_is_refused():
    assert await refusal(zip_of({"word/document.xml": b"<a/>"})) == (
        FileUnreadable,
        "This file is not a spreadsheet: send an .xlsx, .ods or .csv file.",
    )


def zip_of(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def bomb() -> bytes:
    return zip_of({"xl/workbook.xml": b"<a/>", "xl/sharedStrings.xml": b"0" * 300_000_000})


async def test_an_open_document_is_read_as_well():
    document = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        '<office:spreadsheet><table:table table:name="A"><table:table-row>'
        '<table:table-cell office:value-type="string"><text:p>Prénom</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    files = {
        "mimetype": workbook.OPEN_DOCUMENT,
        "content.xml": document.encode(),
        "META-INF/manifest.xml": b"<manifest/>",
    }

    assert (await read(zip_of(files))).rows == [["Prénom"]]


async def test_a_zip_bomb_is_refused_by_its_directory():
    kind, told = await refusal(bomb())

    assert kind is Refused
    assert "too big" in told


async def test_a_zip_bomb_that_lies_about_its_size_does_not_take_the_service_along():
    honest = xlsx_of([["x" * 50] * 100] * 100)
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(honest)) as source,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                row = b'<row r="1">' + b'<c r="A1" t="inlineStr"><is><t>y</t></is></c>' * 200_000
                data = data.replace(b"<sheetData>", b"<sheetData>" + (row + b"</row>") * 25)
            target.writestr(name, data)
    lying = with_declared_size(content.getvalue(), 1_000)

    assert (await refusal(lying))[1]
    assert (await read(csv_of(ROWS))).rows == ROWS


def with_declared_size(content: bytes, size: int) -> bytes:
    """Rewrite the unpacked sizes of every entry in the directory of a zip."""
    changed, at = bytearray(content), content.find(b"PK\x01\x02")
    while at >= 0:
        changed[at + 24 : at + 28] = struct.pack("<I", size)
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


@pytest.mark.parametrize(
    "content",
    [
        b"a;b\n" * 1_000_000,
        b";".join(b"%d" % number for number in range(16_384)) + b"\n1;2\n",
        xlsx_of([["Nom"] * 201]),
    ],
)
async def test_too_many_rows_or_columns_are_refused_as_too_big(content):
    kind, told = await refusal(content)

    assert kind is Refused
    assert "more than" in told


async def test_a_single_cell_far_below_makes_a_file_too_big():
    def more(sheet):
        sheet["A1048576"] = "x"

    assert "20,000 rows" in (await refusal(xlsx_of(ROWS, more)))[1]


async def test_the_process_apart_sees_nothing_of_our_environment(monkeypatch):
    monkeypatch.setenv("KEY_ENCRYPTION_KEY", "secret")

    assert "KEY" not in " ".join(apart.environment())


cells = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
    lambda text: text == text.strip()
)


@settings(max_examples=60)
@given(st.lists(st.lists(cells, min_size=2, max_size=5), min_size=1, max_size=8))
def test_what_was_written_as_text_is_read_as_it_was(rows):
    for separator in ";,\t":
        written = csv_of(rows, separator)

        assert [*textfile.parsed(textfile.decoded(written), separator)] == rows


def reason_of(read_one, content) -> str | None:
    try:
        read_one(content)
    except Unreadable as no:
        return no.reason
    return None


@settings(max_examples=100)
@given(st.binary(max_size=2000))
def test_whatever_bytes_come_they_are_read_or_refused_by_name(content):
    for read_one in (textfile.read_text, workbook.read_workbook, workbook.read_old):
        assert reason_of(read_one, content) in {None, *apart.UNREADABLE, *apart.TOO_BIG}


@given(st.integers(0, 20_000))
def test_columns_are_named_as_spreadsheets_name_them(column):
    number = 0
    for each in letter(column):
        number = number * 26 + ord(each) - ord("A") + 1

    assert number == column + 1
