"""The other services, asked over HTTP as the person who is signed in."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import httpx

from common.front import carried_on
from portal.settings import Settings

NAMES = ("intake", "matching", "followup", "training", "reporting")
PATIENCE = httpx.Timeout(10.0, connect=2.0)
# A spreadsheet of thousands of rows, or a run over the whole pool, takes its time.
LONG_PATIENCE = httpx.Timeout(60.0, connect=2.0)
Query: TypeAlias = Mapping[str, str | list[str]]
Json = Any  # what another service answers: read by templates, never decided upon


class NeighbourAway(Exception):
    """A service does not answer just now."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass
class NeighbourSaidNo(Exception):
    """A service understood, and its answer is no; it says why in the reader's language."""

    status: int
    title: str
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """In whose name one speaks, and in which language one wants the answer."""

    language: str
    token: str | None = None
    # The address of who asks, as a proxy passes it on: a door counts how often each knocks.
    client: str | None = None

    def headers(self) -> dict[str, str]:
        told = {"Accept-Language": self.language} | carried_on()
        if self.client:
            told["X-Forwarded-For"] = self.client
        if self.token:
            told["Authorization"] = f"Bearer {self.token}"
        return told


@dataclass(frozen=True, slots=True)
class File:
    """A file that a person sends on to a service, with what they say of it."""

    name: str
    content: bytes
    media_type: str
    fields: Mapping[str, str | list[str]]


class Neighbours:
    """One client for each service; a no and an absence are told apart."""

    def __init__(self, clients: Mapping[str, httpx.AsyncClient]) -> None:
        self._clients = clients

    async def get(self, name: str, path: str, voice: Voice, query: Query | None = None) -> Json:
        request = self._clients[name].build_request(
            "GET", path, params=query or None, headers=voice.headers()
        )
        return read(await self._send(name, request))

    async def text(
        self, name: str, path: str, voice: Voice, accept: str, query: Query
    ) -> httpx.Response:
        """Get something that is not JSON, such as a CSV or the text of an agreement."""
        headers = voice.headers() | {"Accept": accept}
        request = self._clients[name].build_request(
            "GET", path, params=query or None, headers=headers
        )
        return await self._send(name, request)

    async def post(self, name: str, path: str, voice: Voice, body: Json, key: str) -> Json:
        headers = voice.headers() | {"Idempotency-Key": key}
        request = self._clients[name].build_request("POST", path, json=body, headers=headers)
        return read(await self._send(name, request))

    async def upload(self, name: str, path: str, voice: Voice, file: File, key: str) -> Json:
        headers = voice.headers() | {"Idempotency-Key": key}
        request = self._clients[name].build_request(
            "POST",
            path,
            files={"file": (file.name, file.content, file.media_type)},
            data=dict(file.fields),
            headers=headers,
            timeout=LONG_PATIENCE,
        )
        return read(await self._send(name, request))

    async def _send(self, name: str, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._clients[name].send(request)
        except httpx.TransportError as error:
            raise NeighbourAway(name) from error
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise NeighbourAway(name)
        if response.status_code >= httpx.codes.BAD_REQUEST:
            raise refusal(response)
        return response


def read(response: httpx.Response) -> Json:
    return response.json() if response.content else None


def refusal(response: httpx.Response) -> NeighbourSaidNo:
    """Read a problem as RFC 9457 writes it."""
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    errors = {each["field"]: each["message"] for each in problem.get("errors", ())}
    told = " ".join(str(problem[name]) for name in ("title", "detail") if name in problem)
    return NeighbourSaidNo(response.status_code, told, errors)


@asynccontextmanager
async def neighbours_of(settings: Settings) -> AsyncIterator[Neighbours]:
    """Open the clients for as long as the portal lives."""
    async with AsyncExitStack() as leaving:
        clients = {
            name: await leaving.enter_async_context(
                httpx.AsyncClient(base_url=settings.url_of(name), timeout=PATIENCE)
            )
            for name in NAMES
        }
        yield Neighbours(clients)
