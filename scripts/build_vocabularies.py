"""Builds the languages that ship with intake, and exports all vocabularies as one JSON document.

    uv run --with babel==2.18.0 scripts/build_vocabularies.py languages
        writes services/intake/data/languages.csv from the names of Unicode CLDR
    PYTHONPATH=services:libs python scripts/build_vocabularies.py export [FILE]
        writes what GET /vocabularies answers, for a page that is made without the service

Babel is needed to build the file and never to run the project.
"""  # noqa: INP001 -- a folder of scripts, not a package

import argparse
import csv
import importlib
import json
import sys
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "services" / "intake" / "data"

# What mentors, mentees and their families in France speak most, by ISO 639 code.
# fmt: off
SPOKEN = (
    "fr", "en", "es", "pt", "de", "it", "nl", "pl", "ro", "ru", "uk", "bg", "cs", "sk", "hu",
    "el", "sq", "sr", "hr", "bs", "mk", "lt", "hy", "ka", "az", "tr", "ku", "fa", "ps", "ar",
    "he", "kab", "so", "am", "ti", "wo", "ff", "bm", "snk", "sw", "ln", "kg", "lua", "rw", "mg",
    "ee", "ak", "yo", "ha", "ig", "ta", "bn", "hi", "ur", "pa", "ne", "si", "zh", "ja", "ko",
    "vi", "th", "km", "lo", "mn", "id", "tl", "rom", "ht", "br", "eu", "co", "ca", "oc",
)
# fmt: on
# Languages that CLDR does not name, or not as people do here.
OURS = {
    "fsl": ("Langue des signes française", "French Sign Language", "lsf|langue des signes"),
    "gcf": ("Créole antillais", "Antillean Creole", "créole guadeloupéen|créole martiniquais"),
    "gcr": ("Créole guyanais", "Guianese Creole", ""),
    "rcf": ("Créole réunionnais", "Réunion Creole", "réunionnais"),
    "swb": ("Mahorais (shimaoré)", "Maore Comorian (Shimaore)", "shimaoré|mahorais"),
    "zdj": ("Comorien", "Comorian", "shikomori|ngazidja"),
    "gsw": ("Alsacien", "Alsatian", "suisse allemand|dialecte alsacien"),
    "zgh": ("Amazigh (berbère)", "Amazigh (Berber)", "berbère|amazigh|tamazight|chleuh|rifain"),
    "ty": ("Tahitien", "Tahitian", ""),
}
ALSO = {
    "ar": "arabe littéraire|arabe dialectal|darija",
    "zh": "mandarin|chinois mandarin",
    "fa": "farsi|dari",
    "ff": "poular|fulfulde|fula",
    "bm": "dioula",
    "tl": "filipino",
    "ps": "pachto|pachtou",
    "ro": "moldave",
    "rom": "tsigane",
    "ht": "haïtien",
    "sr": "serbo-croate",
    "ku": "kurmandji|sorani",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("target", choices=["languages", "export"])
    parser.add_argument("file", type=Path, nargs="?")
    asked = parser.parse_args()
    if asked.target == "languages":
        write_languages(asked.file or DATA / "languages.csv")
    else:
        export(asked.file)


def write_languages(path: Path) -> None:
    rows = [(code, *named(code), ALSO.get(code, "")) for code in SPOKEN if code not in OURS]
    rows += [(code, *names) for code, names in OURS.items()]
    rows.sort(key=lambda row: row[0])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "fr", "en", "also"))
        writer.writerows(rows)


def named(code: str) -> tuple[str, str]:
    """Name a language in French and in English, as the first word of a label."""
    locale: Any = importlib.import_module("babel").Locale
    french, english = (locale(reader).languages[code] for reader in ("fr", "en"))
    return french[0].upper() + french[1:], english[0].upper() + english[1:]


def export(path: Path | None) -> None:
    as_json = importlib.import_module("intake.vocabularies").as_json
    text = json.dumps(as_json(), ensure_ascii=False, indent=1) + "\n"
    if path is None:
        sys.stdout.write(text)
    else:
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
