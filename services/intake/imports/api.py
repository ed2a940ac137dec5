"""HTTP in: a spreadsheet is brought, looked over, entered; and what is wrong is given back."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Form, Query, Request, Response, UploadFile
from pydantic import Field, TypeAdapter, ValidationError

from common.body import read_json
from common.contracts.vocabulary import Role
from common.http import Model, Now, Tx, may, public, routes
from common.limits import MIB
from common.problems import language_of
from common.sentences import Language
from intake.api.readers import By
from intake.imports import enter, export, store, views
from intake.imports.apart import Readers
from intake.imports.fields import Kind, MappingUnknown
from intake.imports.origins import origin_for
from intake.imports.seals import headings_of, seal_of
from intake.imports.sheet import MOST_COLUMNS, MOST_ROWS, Sheet, letter
from intake.imports.stage import Brought
from intake.imports.stage import stage as stage_rows
from intake.imports.staging import RowState, check_may_open, check_may_read

router = routes()

BRINGS = (Role.COORDINATOR, Role.VOLUNTEER, Role.PRESCRIBER)
LARGEST_FILE = 20 * MIB
MAPPING = TypeAdapter(dict[str, str])
CSV = "text/csv; charset=utf-8"
A_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}

Line = Annotated[int, Field(ge=1, le=MOST_ROWS)]


class CommitForm(Model):
    """What somebody says about rows that could be entered, and better are not."""

    leave_out: Annotated[tuple[Line, ...], Field(max_length=MOST_ROWS)] = ()
    # Leave out, too, every row about somebody who seems to be known already.
    leave_out_doubtful: bool = False


async def reader_language(request: Request) -> Language:
    return language_of(request.scope)


InWords = Annotated[Language, Depends(reader_language)]


async def read_apart(request: Request, file: UploadFile) -> Sheet:
    """Read the file before a transaction is opened for what is in it."""
    state = request.app.state
    readers: Readers | None = getattr(state, "readers", None)
    if readers is None:
        state.readers = readers = Readers()
    return await readers.read(await file.read())


def mapping_said(mapping: Annotated[str, Form(max_length=20_000)] = "{}") -> dict[str, str]:
    """Read which column (by its letter) answers which field; "" means that none does."""
    try:
        said = MAPPING.validate_python(read_json(mapping.encode()))
    except ValidationError:
        raise MappingUnknown("mapping") from None
    if len(said) > MOST_COLUMNS:
        raise MappingUnknown("mapping")
    return {column.upper(): field for column, field in said.items()}


def page_of(
    after: Annotated[int, Query(ge=0, le=MOST_ROWS)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> views.Page:
    return views.Page(after, limit)


@router.post(
    "/imports",
    status_code=201,
    dependencies=[may("import.stage", *BRINGS)],
    max_body_size=LARGEST_FILE,
)
async def stage_import(  # noqa: PLR0913, PLR0917 -- one for each field of the form
    sheet: Annotated[Sheet, Depends(read_apart)],
    said: Annotated[dict[str, str], Depends(mapping_said)],
    kind: Annotated[Kind, Form()],
    by: By,
    now: Now,
    tx: Tx,
    association_id: Annotated[UUID | None, Form()] = None,
    programme_id: Annotated[list[UUID] | None, Form(max_length=20)] = None,
) -> dict[str, Any]:
    """Understand every row and enter none: `GET` shows what would happen, `commit` does it."""
    origin = await origin_for(tx, kind, association_id, programme_id or (), by)
    staged = await stage_rows(tx, Brought(sheet=sheet, said=said), origin, now=now)
    counts = await store.counts(tx, staged.id)
    return {
        "id": staged.id,
        "state": staged.state,
        "counts": {state: counts.get(state, 0) for state in RowState},
    }


@router.get("/imports", dependencies=[may("import.list", *BRINGS)])
async def list_imports(
    by: By,
    tx: Tx,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> list[dict[str, Any]]:
    """List what one brought, and what was brought to where one works, the newest first."""
    listed = await store.newest_imports(tx, by, after=after, limit=limit)
    return [views.standing(each) for each in listed]


@router.get(
    "/imports/template.csv",
    dependencies=[public("import.read_template")],
    response_class=Response,
    responses=A_FILE,
)
async def template(kind: Kind, language: InWords) -> Response:
    return as_file(export.template(kind, language), f"{kind}.csv")


@router.get("/imports/{import_id}", dependencies=[may("import.read", *BRINGS)])
async def read_import(
    import_id: UUID,
    by: By,
    tx: Tx,
    language: InWords,
    page: Annotated[views.Page, Depends(page_of)],
) -> dict[str, Any]:
    brought = await store.find_import(tx, import_id)
    check_may_read(brought, by)
    return await views.report(tx, brought, by, page, language)


@router.get("/imports/{import_id}/rows", dependencies=[may("import.list_rows", *BRINGS)])
async def list_rows(
    import_id: UUID,
    by: By,
    tx: Tx,
    page: Annotated[views.Page, Depends(page_of)],
    state: RowState | None = None,
) -> list[dict[str, Any]]:
    """Show what became of rows: their lines, their states, and the ids of what was entered."""
    brought = await store.find_import(tx, import_id)
    check_may_read(brought, by)
    states = (state,) if state else ()
    rows = await store.staged(tx, import_id, *states, after=page.after, limit=page.limit)
    return [{"line": each.line, "state": each.state, "id": each.entered_id} for each in rows]


@router.get("/imports/{import_id}/rows/{line}", dependencies=[may("import.open_row", *BRINGS)])
async def open_row(import_id: UUID, line: Line, by: By, tx: Tx) -> dict[str, Any]:
    """Open one row, for the person who brought it."""
    brought = await store.find_import(tx, import_id)
    check_may_open(brought, by)
    row = await store.staged_row(tx, import_id, line)
    opened = (await seal_of(tx, import_id)).open_row(row)
    cells = [views.excerpt(cell) for cell in opened.cells]
    return {
        "line": line,
        "state": row.state,
        "cells": dict(zip(map(letter, range(len(cells))), cells, strict=True)),
        "answers": opened.answers,
    }


@router.post(
    "/imports/{import_id}/commit", status_code=202, dependencies=[may("import.commit", *BRINGS)]
)
async def commit_import(
    import_id: UUID, by: By, tx: Tx, form: CommitForm | None = None
) -> dict[str, Any]:
    """Enter the good rows; they come in over the next seconds, whatever happens meanwhile."""
    check_may_read(await store.find_import(tx, import_id), by)
    asked = form or CommitForm()
    say = enter.Say(lines=asked.leave_out, doubtful=asked.leave_out_doubtful)
    committed = await enter.commit(tx, import_id, say)
    return {"id": committed.id, "state": committed.state}


@router.get(
    "/imports/{import_id}/errors.csv",
    dependencies=[may("import.read_errors", *BRINGS)],
    response_class=Response,
    responses=A_FILE,
)
async def errors(import_id: UUID, by: By, tx: Tx, language: InWords) -> Response:
    """Give the wrong rows back, to be corrected and sent again, for the person who brought them."""
    brought = await store.find_import(tx, import_id)
    check_may_open(brought, by)
    seal = await seal_of(tx, import_id)
    columns = await headings_of(tx, brought)
    rows = await store.staged(tx, import_id, RowState.WRONG, limit=MOST_ROWS)
    lines = [
        (seal.open_row(each).cells, export.told(each.line, each.problems, columns, language))
        for each in rows
    ]
    return as_file(export.to_correct(columns, lines, language), "a-corriger.csv")


def as_file(content: bytes, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=CSV, headers=disposition)
