"""People who use the public APIs: each acts under a token of their own."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from common.caller import Caller, Grant
from common.contracts.vocabulary import Role
from common.tokens import issue

SERVICES = ("intake", "matching", "followup", "training", "reporting", "portal")
# What these do may be news to one another. The other two show what they hear.
DECIDE = ("intake", "matching", "followup", "training")
# Tokens last ten minutes.
RENEWED_AFTER_SECONDS = 8 * 60
LOOK_AGAIN_SECONDS = 0.03
UNAVAILABLE = 503


class Refused(Exception):
    """A service said no, or that it could not."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        is_problem = "json" in response.headers.get("content-type", "")
        self.problem: dict[str, Any] = response.json() if is_problem else {}
        request = response.request
        super().__init__(f"{request.method} {request.url.path}: {self.status} {self.problem}")


class Platform:
    """Where the services are, and the key by which the operator of this machine signs tokens."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        urls: Mapping[str, str],
        signing_key: str,
        clock_off: timedelta = timedelta(),
    ) -> None:
        self.http = http
        self.urls = urls
        self.signing_key = signing_key
        # By how much the clock is wrong by which tokens are signed.
        self.clock_off = clock_off

    def actor(self, role: Role | str, association: UUID | str | None, person: Any) -> "Actor":
        """Let a person act in one role."""
        place = UUID(str(association)) if association else None
        return Actor(self, UUID(str(person)), {Grant(Role(role), place)})

    def admin(self) -> "Actor":
        return self.actor(Role.ADMIN, None, UUID(int=1))

    async def now(self) -> datetime:
        clock = (await self.http.get(f"{self.urls['intake']}/clock")).json()
        return datetime.fromisoformat(clock["now"])

    async def advance(
        self, by: timedelta, patience: float = 60, services: Sequence[str] = SERVICES
    ) -> datetime:
        """Let time pass for all services together, and wait until they have done what was due."""
        later = await self.now() + by
        await self.admin().post("intake", "/clock", {"now": later.isoformat()})
        await self.settle(later, patience, services)
        return later

    async def settle(
        self,
        after: datetime | None = None,
        patience: float = 60,
        services: Sequence[str] = SERVICES,
    ) -> None:
        """Wait until nothing is under way in these: no event, no promise, no due work."""
        async with asyncio.timeout(patience):
            while True:
                at_rest = await asyncio.gather(*(self._rest(name, after) for name in services))
                # What one did after its look may be news to another that looked before it: so
                # all look again, and none may have changed.
                again = await asyncio.gather(*(self._at_rest(name, after) for name in services))
                if again == at_rest:
                    return

    async def _rest(self, service: str, after: datetime | None) -> int:
        """Ask one service until it is at rest; the others need not be asked again meanwhile."""
        while True:
            changes = await self._at_rest(service, after)
            if changes is not None:
                return changes
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _at_rest(self, service: str, after: datetime | None) -> int | None:
        """Count the changes of a service at rest; one that is away for a moment is not."""
        try:
            answer = await self.http.get(f"{self.urls[service]}/clock")
        except httpx.TransportError:
            return None
        if answer.status_code == UNAVAILABLE:
            return None
        clock: dict[str, Any] = answer.raise_for_status().json()
        arrived = after is None or datetime.fromisoformat(clock["now"]) >= after
        return int(clock["changes"]) if arrived and clock["settled"] else None


class Actor:
    """One person with one role or more, who reads and decides over HTTP."""

    def __init__(self, platform: Platform, person_id: UUID, grants: set[Grant]) -> None:
        self.platform = platform
        self.person_id = person_id
        self.grants = grants
        self._token = ""
        self._issued_at = 0.0

    async def get(self, service: str, path: str, **params: Any) -> Any:
        """Read; a no is raised as Refused."""
        return await self._send("GET", service, path, params=params)

    async def read_all(
        self, service: str, path: str, *, page: int = 200, by: str = "id", **params: Any
    ) -> list[dict[str, Any]]:
        """Read a list to its end, page by page; `by` is what the next page begins after."""
        found: list[dict[str, Any]] = []
        while True:
            read = await self.get(service, path, limit=page, **params)
            found += read
            if len(read) < page:
                return found
            params["after"] = read[-1][by]

    async def post(self, service: str, path: str, body: Any = None, key: str | None = None) -> Any:
        """Decide; a second time under the same key changes nothing."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        return await self._send("POST", service, path, json=body, headers=headers)

    async def upload(self, service: str, path: str, file: tuple[str, bytes], **said: str) -> Any:
        """Bring a file, with what is said about it."""
        headers = {"Idempotency-Key": str(uuid4())}
        return await self._send(
            "POST", service, path, files={"file": file}, data=said, headers=headers
        )

    async def _send(self, method: str, service: str, path: str, **more: Any) -> Any:
        headers = more.pop("headers", {}) | {"Authorization": f"Bearer {self._fresh_token()}"}
        url = f"{self.platform.urls[service]}{path}"
        response = await self.platform.http.request(method, url, headers=headers, **more)
        if response.is_error:
            raise Refused(response)
        if response.content and "json" in response.headers.get("content-type", ""):
            return response.json()
        return response.content

    def _fresh_token(self) -> str:
        if time.monotonic() - self._issued_at > RENEWED_AFTER_SECONDS or not self._token:
            caller = Caller(person_id=self.person_id, grants=frozenset(self.grants), language="fr")
            now = datetime.now(UTC) + self.platform.clock_off
            self._token = issue(self.platform.signing_key, caller, now=now)
            self._issued_at = time.monotonic()
        return self._token
