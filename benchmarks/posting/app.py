"""A service with two commands that differ in one thing: what is kept of them.

It goes by the name and the rights of reporting, and is served as every service is. Both commands
pass the same front door, the same signature, the same rights and the same strict model; one of
them then keeps its key, a row and an event in one transaction, and its relay publishes the event.
"""

from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import FastAPI
from pydantic import Field
from sqlalchemy import Column, Integer, MetaData, Table, Text, Uuid, insert

from common.contracts import Event
from common.contracts.vocabulary import Role
from common.events import EventRouter
from common.http import Model, Now, Tx, may, pages, routes
from common.identity import new_id
from common.outbox import emit
from common.service import create_service
from common.settings import Settings

SERVICE = "reporting"

metadata = MetaData()
notes = Table(
    "notes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("words", Text, nullable=False),
)

TAKE = insert(notes)


class NoteTaken(Event):
    """Somebody took a note."""

    subject: ClassVar[str] = f"events.{SERVICE}.note_taken.v1"
    key: ClassVar[str] = "note_id"

    note_id: UUID
    number: int


class Note(Model):
    """What is sent."""

    number: int
    words: Annotated[str, Field(max_length=200)]


class Taken(Model):
    """What is answered."""

    id: UUID


durable = routes()
fleeting = pages()


@durable.post("/notes", status_code=201, dependencies=[may("note.take", Role.COORDINATOR)])
async def take_note(note: Note, now: Now, tx: Tx) -> Taken:
    taken = new_id()
    await tx.execute(TAKE, {"id": taken, **note.model_dump()})
    event = NoteTaken(
        occurred_at=now, association_id=None, version=1, note_id=taken, number=note.number
    )
    await emit(tx, event)
    return Taken(id=taken)


@fleeting.post("/echoes", status_code=201, dependencies=[may("note.hear", Role.COORDINATOR)])
async def hear_note(note: Note, now: Now) -> Taken:  # noqa: ARG001 -- understood, and forgotten
    return Taken(id=new_id())


def create_app() -> FastAPI:
    return create_service(SERVICE, Settings(), api=(durable, fleeting), events=EventRouter(SERVICE))
