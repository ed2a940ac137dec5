"""Fixtures: the service of notes, over HTTP, on a real database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from common import database
from common.caller import Caller, Grant
from common.contracts.vocabulary import Role
from common.idempotency import idempotency_keys
from common.logs import write_json
from common.outbox import events
from common.quarantine import quarantine
from common.tokens import issue
from local.postgres import Postgres
from tests.common.http import edge

MENTOR = UUID(int=1)
SignedAs = Callable[..., dict[str, str]]


@pytest.fixture(scope="session", autouse=True)
def _logs() -> None:
    # The pretty traceback that structlog prints otherwise takes seconds.
    write_json("error")


@pytest.fixture
async def engine(postgres: Postgres) -> AsyncIterator[AsyncEngine]:
    """The tables of the edge alone, empty, in a database that no service uses."""
    engine = database.connect(postgres.url("postgres", "postgres"))
    async with engine.begin() as tx:
        for table in (edge.notes, idempotency_keys, events, quarantine):
            await tx.run_sync(table.create, checkfirst=True)
            await tx.exec_driver_sql(f"truncate {table.name}")
    yield engine
    await engine.dispose()


@pytest.fixture
async def statements(engine: AsyncEngine) -> list[str]:
    """What is said to the database from now on, statement by statement."""
    said: list[str] = []
    # Of the connections that are made from here on.
    await engine.dispose()

    @event.listens_for(engine.sync_engine, "connect")
    def listen(connection: Any, _: object) -> None:
        connection.driver_connection.add_query_logger(lambda asked: said.append(asked.query))

    # What SQLAlchemy executes is prepared, which the driver does not log. It logs a moment later:
    # so do we, or the order would be lost.
    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def hear(_: object, __: object, statement: str, *___: object) -> None:
        asyncio.get_running_loop().call_soon(said.append, statement)

    return said


@pytest.fixture
def app(engine: AsyncEngine) -> FastAPI:
    return edge.make_app(engine)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge.test") as client:
        yield client


@pytest.fixture
def signed() -> SignedAs:
    """Give the headers of a signed-in person, with a new key for a command."""

    def headers(role: Role = Role.MENTOR, person_id: UUID = MENTOR, **more: Any) -> dict[str, str]:
        caller = Caller(person_id=person_id, grants=frozenset({Grant(role, more.get("at"))}))
        token = issue(edge.SIGNING_KEY, caller, now=edge.real_now())
        return {"authorization": f"Bearer {token}", "idempotency-key": str(uuid4())}

    return headers
