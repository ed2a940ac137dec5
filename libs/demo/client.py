"""HTTP as everybody in the demo speaks it: one small request after the other, to few addresses.

httpx does for each of them what a browser needs (cookies, redirects, ways to sign in), and so took
as much of the processor as a busy service. aiohttp sends them; what comes back reads as httpx's.
"""

from types import TracebackType
from typing import Any, Self

import aiohttp
import httpx


class Client(httpx.AsyncClient):
    """A client for plain requests; one with files goes the usual way."""

    def __init__(self, *, at_once: int, timeout: float) -> None:
        """Keep at most so many connections to each service open; wait so many seconds."""
        super().__init__(timeout=timeout)
        self._at_once = at_once

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=self._at_once),
            timeout=aiohttp.ClientTimeout(self.timeout.read),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._session.close()
        await super().__aexit__(kind, error, traceback)

    async def request(self, method: str, url: httpx.URL | str, **more: Any) -> httpx.Response:
        if "files" in more:
            return await super().request(method, url, **more)
        # `get` hands on more than this, all of it unsaid.
        said = {name: more.get(name) for name in ("params", "json", "headers")}
        asked = {name: value for name, value in said.items() if value is not None}
        try:
            async with self._session.request(method, str(url), **asked) as answer:
                body = await answer.read()
        except aiohttp.ClientError as error:
            raise httpx.TransportError(str(error)) from error
        except TimeoutError as error:
            raise httpx.TimeoutException(f"{method} {url}") from error
        return httpx.Response(
            answer.status,
            headers=list(answer.headers.items()),
            content=body,
            request=httpx.Request(method, url),
        )
