"""A client that costs next to nothing, so that what is measured is the server."""

import asyncio
import time
from dataclasses import dataclass
from uuid import uuid4

CREATED = b" 201 "
LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One POST, to be sent again and again under a key of its own each time."""

    host: str
    port: int
    path: str
    token: str
    body: bytes

    def written(self) -> bytes:
        head = (
            f"POST {self.path} HTTP/1.1\r\n"
            f"Host: {self.host}:{self.port}\r\n"
            f"Authorization: Bearer {self.token}\r\n"
            f"Idempotency-Key: {uuid4()}\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body


async def load(command: Command, connections: int, seconds: float) -> tuple[int, float]:
    """Send it over so many connections; return how often it was done, and how often a second."""
    started = time.perf_counter()
    until = started + seconds
    each = await asyncio.gather(*(_sender(command, until) for _ in range(connections)))
    return sum(each), sum(each) / (time.perf_counter() - started)


async def _sender(command: Command, until: float) -> int:
    reader, writer = await asyncio.open_connection(command.host, command.port)
    done = 0
    while time.perf_counter() < until:
        writer.write(command.written())
        await _answer(reader)
        done += 1
    writer.close()
    return done


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *fields = head.lower().splitlines()
    length = next(int(each[len(LENGTH) :]) for each in fields if each.startswith(LENGTH))
    body = await reader.readexactly(length)
    assert CREATED in first, (head, body)
