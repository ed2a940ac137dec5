"""The client of the demo reads as httpx's, what goes wrong included."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from demo.client import Client
from local.ports import free_ports

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
CREATED = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nX-Seen: yes\r\n"


@asynccontextmanager
async def answering(*parts: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve one answer to everybody, or none if there is none, and note what was asked."""
    asked: list[bytes] = []
    at_work: set[asyncio.Task[object] | None] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at_work.add(asyncio.current_task())
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        asked.append(head + await reader.readexactly(int(length[1]) if length else 0))
        writer.write(b"".join(parts))
        # Whoever got no answer leaves of themselves.
        await (writer.drain() if parts else reader.read())
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", asked
        await asyncio.gather(*filter(None, at_work))


def client(timeout: float = 20) -> Client:
    return Client(at_once=2, timeout=timeout)


async def test_an_empty_body_is_sent_as_one_and_the_answer_reads_as_httpx_would():
    said = CREATED + b"Content-Length: 11\r\nConnection: close\r\n\r\n"
    async with answering(said, b'{"id": "a"}') as (url, asked), client() as http:
        answer = await http.request("POST", f"{url}/notes", json={}, headers={"X-Key": "k"})

    assert (answer.status_code, answer.headers["x-seen"], answer.json()) == (
        201,
        "yes",
        {"id": "a"},
    )
    assert str(answer.request.url) == f"{url}/notes"
    assert asked[0].startswith(b"POST /notes HTTP/1.1")
    assert b"X-Key: k" in asked[0]
    assert json.loads(asked[0].rsplit(b"\r\n\r\n")[-1]) == {}


async def test_a_file_goes_with_what_is_said_about_it():
    async with answering(CREATED, b"Content-Length: 2\r\n\r\n{}") as (url, asked), client() as http:
        await http.request("POST", url, files={"file": ("a.csv", b"nom")}, data={"kind": "mentors"})

    assert b"multipart/form-data" in asked[0]


async def test_nobody_there_is_told_as_httpx_does():
    [port] = free_ports(1)

    async with client() as http:
        with pytest.raises(httpx.TransportError):
            await http.get(f"http://127.0.0.1:{port}/")


async def test_an_answer_that_does_not_come_is_not_waited_for_without_end():
    async with answering() as (url, _), client(timeout=0.2) as http:
        with pytest.raises(httpx.TimeoutException):
            await http.get(url)
