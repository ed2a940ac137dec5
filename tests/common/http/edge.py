"""A small service of notes, which has every kind of route, for the tests of the HTTP edge."""

import asyncio
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, File, Form, UploadFile
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy import Column, MetaData, Table, Text, Uuid, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from common.access import check_actions
from common.clock import Clock
from common.contracts.intake.referrals import ReferralQualified
from common.contracts.vocabulary import Role
from common.errors import Conflict, Forbidden, Invalid, NotFound, TooOften
from common.health import Depths, Vitals, database_answers
from common.http import Caller, Model, Now, Tx, create_http, may, pages, public, routes
from common.identity import new_id
from common.measures import connections, promises
from common.outbox import emit
from common.tokens import Tokens, new_signing_key, public_jwks

SIGNING_KEY = new_signing_key("tests")

metadata = MetaData()
notes = Table("edge_notes", metadata, Column("id", Uuid, primary_key=True), Column("text", Text))


class Shelf(Model):
    number: int
    free: dict[str, Any] = Field(default={})


class Note(Model):
    text: str
    on: date | None = None
    at: datetime | None = None
    author_id: UUID | None = None
    stars: Annotated[int, Field(ge=0, le=5)] = 0
    weight: float = 1.0
    urgent: bool = False
    shelves: list[Shelf] = Field(default=[])


class NoteClosed(Conflict):
    """The note is closed."""

    fr = "La note est close."


class NoteTooDull(Invalid):
    """This text is too dull."""

    fr = "Ce texte est trop terne."


router = routes()
slow = asyncio.Event()
LUCKY = 1


@router.post("/notes", status_code=201, dependencies=[may("note.write", Role.MENTOR)])
async def write_note(note: Note, tx: Tx) -> dict[str, Any]:
    note_id = new_id()
    await tx.execute(insert(notes).values(id=note_id, text=note.text))
    if note.text == "dull":
        raise NoteTooDull("text")
    if note.text == "broken":
        raise RuntimeError("Zoé said: broken")
    if note.text == "slow":
        await asyncio.sleep(0.2)
    return {"id": note_id}


@router.post("/notes/last", status_code=204, dependencies=[may("note.end", Role.MENTOR)])
async def write_last_note(note: Note, tx: Tx) -> None:
    """Write a note after which no other may be written."""
    last = select(notes.c.id).where(notes.c.text == "the last")
    if (await tx.execute(last)).first() is not None:
        raise NoteClosed
    await tx.execute(insert(notes).values(id=new_id(), text=note.text))


@router.post("/notes/refused", dependencies=[may("note.refuse", Role.MENTOR)])
async def refuse_note(tx: Tx) -> JSONResponse:
    attempts = await tx.scalar(select(func.count()).select_from(notes))
    await tx.execute(insert(notes).values(id=new_id(), text="an attempt that counts"))
    # Only the second is granted.
    granted = attempts == LUCKY
    return JSONResponse({"state": "granted" if granted else "refused"}, 200 if granted else 422)


@router.post("/notes/aloud", dependencies=[may("note.tell", Role.MENTOR)])
async def read_aloud(note: Note, now: Now, tx: Tx) -> dict[str, Any]:
    """Write a note and announce something."""
    note_id = new_id()
    await tx.execute(insert(notes).values(id=note_id, text=note.text))
    announced = ReferralQualified(
        occurred_at=now, association_id=None, version=1, referral_id=note_id, mentee_id=note_id
    )
    await emit(tx, announced)
    return {"id": note_id}


@router.post("/open/notes", status_code=204, dependencies=[public("note.write_openly")])
async def write_openly(note: Note, tx: Tx) -> None:
    await tx.execute(insert(notes).values(id=new_id(), text=note.text))


@router.post(
    "/notes/file",
    status_code=201,
    max_body_size=4 * 1024 * 1024,
    dependencies=[may("note.import", Role.COORDINATOR)],
)
async def import_notes(
    file: Annotated[UploadFile, File()], title: Annotated[str, Form()], tx: Tx
) -> dict[str, Any]:
    size = len(await file.read())
    await tx.execute(insert(notes).values(id=new_id(), text=title))
    return {"size": size}


@router.get("/notes/{note_id}", dependencies=[may("note.read", Role.MENTOR, Role.COORDINATOR)])
async def read_note(note_id: UUID, tx: Tx) -> dict[str, Any]:
    row = (await tx.execute(select(notes).where(notes.c.id == note_id))).one_or_none()
    if row is None:
        raise NotFound(note_id)
    return {"id": row.id, "text": row.text}


@router.get("/notes", dependencies=[may("note.list", Role.MENTOR)])
async def list_notes(tx: Tx, limit: Annotated[int, Field(le=100)] = 10, q: str = "") -> list[UUID]:
    rows = await tx.execute(select(notes.c.id).where(notes.c.text.contains(q)).limit(limit))
    return [row.id for row in rows]


@router.get("/me", dependencies=[may("me.read", Role.MENTOR, Role.COLLECTIVE)])
async def who_am_i(caller: Caller, now: Now) -> dict[str, Any]:
    return {
        "person": caller.person_id,
        "roles": sorted(each.role for each in caller.grants),
        "now": now,
    }


@router.get("/greeting", dependencies=[public("greeting.read")])
async def greet(caller: Caller) -> dict[str, Any]:
    return {"grants": len(caller.grants)}


@router.get("/no/{kind}", dependencies=[public("no.read")])
async def say_no(kind: str) -> None:
    raise {"closed": NoteClosed, "hidden": Forbidden, "often": TooOften}.get(kind, KeyError)(kind)


page = pages()


@page.post("/page", dependencies=[public("page.send")])
async def send_page(words: Annotated[str, Form(max_length=20)], tx: Tx) -> dict[str, str]:
    await tx.execute(insert(notes).values(id=new_id(), text=words))
    return {"kept": "yes"}


def make_app(engine: AsyncEngine) -> FastAPI:
    app = create_http("edge")
    app.state.engine = engine
    app.state.clock = Clock()
    app.state.tokens = Tokens(public_jwks(SIGNING_KEY))

    async def depths() -> Depths:
        return Depths(outbox=2, pending=3)

    looks = {"promises": promises(engine), "connections": connections(engine)}
    checks = {"database": database_answers(engine)}
    app.state.vitals = Vitals(checks=checks, depths=depths, looks=looks)
    app.include_router(router)
    app.include_router(page)
    check_actions(app)
    return app


async def count_notes(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(notes)) or 0


def real_now() -> datetime:
    return datetime.now(UTC)
