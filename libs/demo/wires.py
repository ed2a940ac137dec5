"""How the demo reaches a service: over streams that it keeps, at little cost.

It shares its machine with the platform that it fills. The transport that httpx brings looks
through all its connections at every request, which made the demo one of the busiest processes.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import httpx

Stream: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Headers: TypeAlias = list[tuple[bytes, bytes]]

LARGEST_HEAD = 64 * 1024


class Wires(httpx.AsyncBaseTransport):
    """The connections to one service, each of which carries one request at a time."""

    def __init__(self, most: int) -> None:
        self._free: list[Stream] = []
        self._places = asyncio.Semaphore(most)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        patience = asyncio.timeout(request.extensions["timeout"]["read"])
        try:
            async with patience, self._places, self._stream(request.url) as (reader, writer):
                writer.write(head(request) + await request.aread())
                return await response(reader)
        except TimeoutError as late:
            raise httpx.ReadTimeout(str(request.url), request=request) from late
        except (OSError, EOFError) as cut:
            raise httpx.ReadError(str(request.url), request=request) from cut

    @asynccontextmanager
    async def _stream(self, url: httpx.URL) -> AsyncIterator[Stream]:
        """Take a connection that is free, or a new one; keep it if all went well."""
        while self._free:
            reader, writer = self._free.pop()
            if not reader.at_eof():
                break
            writer.close()
        else:
            reader, writer = await asyncio.open_connection(url.host, url.port, limit=LARGEST_HEAD)
        try:
            yield reader, writer
        except BaseException:
            writer.close()
            raise
        self._free.append((reader, writer))

    async def aclose(self) -> None:
        for _, writer in self._free:
            writer.close()


def head(request: httpx.Request) -> bytes:
    lines = [b"%b %b HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [b"%b: %b" % header for header in request.headers.raw]
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def response(reader: asyncio.StreamReader) -> httpx.Response:
    """Read an answer to its end, so that its connection is free for the next request."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[:-2]
    headers = [(name, value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
    return httpx.Response(
        int(first.split()[1]), headers=headers, content=await body(reader, headers)
    )


async def body(reader: asyncio.StreamReader, headers: Headers) -> bytes:
    told = {name.lower(): value for name, value in headers}
    if told.get(b"transfer-encoding") != b"chunked":
        return await reader.readexactly(int(told.get(b"content-length", 0)))
    read = b""
    while length := int(await reader.readline(), 16):
        read += (await reader.readexactly(length + 2))[:-2]
    await reader.readline()
    return read
