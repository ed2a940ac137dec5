"""Files as associations send them, and the people in them."""

import csv
import io
from typing import Any

import openpyxl

from tests.cast import people

HEADINGS = [
    "Prénom",
    "NOM",
    "Né(e) le",
    "Ville",
    "Code postal",
    "Classe/Niveau",
    "Besoin",
    "Modalités",
    "Disponibilités",
    "Responsable légal",
    "Téléphone du responsable légal",
    "Couleur préférée",
]
INES = [
    "Inès",
    "Benali",
    f"{people.PUPIL_BORN:%d/%m/%Y}",
    "Marseille",
    "13005",
    "4ème",
    "aide aux devoirs, orientation",
    "à domicile ; association",
    "mercredi après-midi",
    "Samira BENALI",
    "0612345678",
    "bleu",
]
KARIM = [
    *("Karim", "Diallo", f"{people.THIS_YEAR - 15}-05-06", "Aix-en-Provence", "13100", "3e"),
    "stage",
    "en ligne",
    "",
    "DIALLO Awa",
    "06 98 76 54 32",
    "",
]
MENTOR_HEADINGS = ["Nom", "Prénom", "Courriel", "Date de naissance", "CP", "Ville", "Modalités"]
LEA = ["Martin", "Léa", "lea@example.org", "02/01/2003", "13001", "Marseille", "domicile"]


def csv_of(rows: list[list[Any]], separator=";", encoding="utf-8-sig") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_of(rows: list[list[Any]], change=None) -> bytes:
    """Make a real workbook; `change` may do more to its sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def changed(row: list[Any], **cells: Any) -> list[Any]:
    """Give a row with other cells: `changed(INES, C="31/02/2012")`."""
    return [cells.get(chr(ord("A") + place), cell) for place, cell in enumerate(row)]
