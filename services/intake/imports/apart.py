"""Have a file read by a process that may fail, and say in words why it could not be read."""

import asyncio
import json
import os
import sys
from http import HTTPStatus
from pathlib import Path
from typing import Any

from common.errors import Invalid, TooOften
from common.problems import Refusal, Refused
from intake.imports.sheet import Sheet, sheet_from

SECONDS = 15
MOST_ANSWERED = 128 * 1024 * 1024
# Two cores are often all there is: more files at once would only wait for each other.
AT_ONCE = 2
ROOT = Path(__file__).parents[2]


class FileUnreadable(Invalid):
    """This file cannot be read as a spreadsheet."""

    fr = "Ce fichier ne se lit pas comme un tableau."


class ReadersBusy(TooOften):
    """Other files are being read just now; try again in a minute."""

    fr = "D'autres fichiers sont en cours de lecture ; réessayez dans une minute."


TOO_BIG = {
    "too_big": (
        "Ce fichier est trop gros une fois ouvert : gardez une seule feuille, sans images.",
        "This file is too big once it is opened: keep one sheet, without pictures.",
    ),
    "too_many_rows": (
        "Ce fichier a plus de 20 000 lignes : coupez-le en plusieurs fichiers.",
        "This file has more than 20,000 rows: cut it into several files.",
    ),
    "too_many_columns": (
        "Ce fichier a plus de 200 colonnes : supprimez celles qui sont vides ou inutiles.",
        "This file has more than 200 columns: remove those that are empty or of no use.",
    ),
}
UNREADABLE = {
    "empty": ("Ce fichier est vide.", "This file is empty."),
    "only_headings": (
        "Ce fichier n'a que des titres de colonnes : il n'y a aucune ligne à importer.",
        "This file has column headings only: there is no row to import.",
    ),
    "no_headings": (
        "Aucun titre de colonne n'est reconnu : la première ligne doit nommer les colonnes.",
        "No column heading is recognised: the first row must name the columns.",
    ),
    "protected": (
        "Ce fichier est protégé par un mot de passe : enregistrez-le sans mot de passe.",
        "This file is protected by a password: save it without one.",
    ),
    "old_format": (
        "Ce fichier est dans l'ancien format .xls : enregistrez-le en .xlsx ou en .csv.",
        "This file is in the old format .xls: save it as .xlsx or .csv.",
    ),
    "damaged": (
        "Ce fichier est abîmé : ouvrez-le dans un tableur et enregistrez-le à nouveau.",
        "This file is damaged: open it in a spreadsheet program and save it again.",
    ),
    "not_a_spreadsheet": (
        "Ce fichier n'est pas un tableau : envoyez un fichier .xlsx, .ods ou .csv.",
        "This file is not a spreadsheet: send an .xlsx, .ods or .csv file.",
    ),
}


def refuse(reason: str) -> Exception:
    """Put the reason into words: too big is another kind of no than unreadable."""
    if reason in TOO_BIG:
        fr, en = TOO_BIG[reason]
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return Refused(Refusal(status=status, kind="file-too-big", fr=fr, en=en))
    fr, en = UNREADABLE.get(reason, UNREADABLE["not_a_spreadsheet"])
    return FileUnreadable("file", fr=fr, en=en)


class Readers:
    """The few processes that may read at the same time."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)

    async def read(self, content: bytes) -> Sheet:
        """Give the rows of a file; raise a no in words if there are none to be had."""
        try:
            async with asyncio.timeout(SECONDS):
                await self._places.acquire()
        except TimeoutError:
            raise ReadersBusy from None
        try:
            answer = await answer_about(content)
        finally:
            self._places.release()
        if "unreadable" in answer:
            raise refuse(str(answer["unreadable"]))
        return sheet_from(answer)


def environment() -> dict[str, str]:
    """Give the process apart nothing of ours: our environment holds the keys of everybody."""
    return {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.defpath}


async def answer_about(content: bytes) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "intake.imports.reader",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(),
    )
    try:
        async with asyncio.timeout(SECONDS):
            written, _ = await process.communicate(content)
    except TimeoutError:
        return {"unreadable": "too_big"}
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or len(written) > MOST_ANSWERED:
        # It was ended by one of its limits: memory or time.
        return {"unreadable": "too_big"}
    answer: dict[str, Any] = await asyncio.to_thread(json.loads, written)
    return answer
