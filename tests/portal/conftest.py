"""Fixtures of the portal: its neighbours, and people who can sign in."""

import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from common.contracts.intake.people import PersonRegistered, RoleGranted
from common.database import transaction
from portal.domain.codes import code_of
from portal.letters import Desk
from portal.neighbours import NAMES, Neighbours
from portal.store.tables import attempts
from tests.deliveries import Hear
from tests.keys import KeysInHand
from tests.portal.cast import NOW
from tests.portal.post_office import PostOffice

Register: TypeAlias = Callable[..., Awaitable[UUID]]
Code: TypeAlias = Callable[[], Awaitable[str]]


@pytest.fixture
def neighbours() -> dict[str, Any]:
    """The applications of the other services that a test wants to stand beside the portal."""
    return {}


@pytest.fixture
async def portal(app: Any, neighbours: dict[str, Any]) -> AsyncIterator[Any]:
    """The portal, with neighbours who are away unless a test puts them there."""
    clients = {}
    for name in NAMES:
        there = neighbours.get(name)
        transport: httpx.AsyncBaseTransport = (
            httpx.ASGITransport(there) if there else httpx.MockTransport(away)
        )
        clients[name] = httpx.AsyncClient(transport=transport, base_url=f"http://{name}.test")
    app.state.neighbours = Neighbours(clients)
    yield app
    for client in clients.values():
        await client.aclose()


def away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody is there", request=request)


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    """A mail server on this machine."""
    with PostOffice() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def desk(portal: Any, post_office: PostOffice) -> Desk:
    """What the postman has at hand, with the post office of the test."""
    url = f"smtp://127.0.0.1:{post_office.server_address[1]}"
    settings = type(portal.state.settings)(smtp_url=url)
    state = portal.state
    return Desk(
        settings=settings, neighbours=state.neighbours, vocabularies=state.tokens.vocabularies
    )


@pytest.fixture
async def browser(portal: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A browser: it keeps cookies, and follows where it is led."""
    transport = httpx.ASGITransport(portal, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://portal.test",
        follow_redirects=True,
        headers={"accept-language": "fr"},
    ) as client:
        yield client


@pytest.fixture
def register(hear: Hear, keys: KeysInHand) -> Register:
    """Let the portal hear of a person: `register("a@b.fr", "coordinator", association_id)`."""

    async def register(
        email: str,
        role: str | None = None,
        association_id: UUID | None = None,
        *,
        name: str = "Camille",
        language: str = "fr",
    ) -> UUID:
        person_id = uuid4()
        sealed = {
            "email": await keys.seal(person_id, "email", email),
            "given_name": await keys.seal(person_id, "given_name", name),
        }
        about = {"occurred_at": NOW, "version": 1, "person_id": person_id}
        await hear(PersonRegistered(**about, association_id=None, language=language, sealed=sealed))
        if role:
            await hear(
                RoleGranted(**about, association_id=association_id, grant_id=uuid4(), role=role)
            )
        return person_id

    return register


@pytest.fixture
def code(engine: AsyncEngine, portal: Any) -> Code:
    """Tell the code that was mailed last."""

    async def code() -> str:
        async with transaction(engine) as tx:
            latest = select(attempts.c.id).order_by(attempts.c.asked_at.desc()).limit(1)
            attempt_id: UUID = (await tx.scalars(latest)).one()
        return code_of(portal.state.settings.index_key, attempt_id)

    return code


def hidden(page: httpx.Response, name: str) -> str:
    """Read a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"no {name} in the page"
    return found[1]


@pytest.fixture
def enter(browser: httpx.AsyncClient, code: Code) -> Callable[[str], Awaitable[httpx.Response]]:
    """Sign in as a person does: an address, then the code."""

    async def enter(email: str) -> httpx.Response:
        page = await browser.get("/sign-in")
        asked = await browser.post("/sign-in", data={"csrf": hidden(page, "csrf"), "email": email})
        return await browser.post(
            "/sign-in/code", data={"csrf": hidden(asked, "csrf"), "code": await code()}
        )

    return enter
