"""The demo's connections carry requests one after the other, and are renewed when they break."""

import asyncio

import httpx
import pytest

from demo.wires import Wires

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Said: a: b\r\n\r\nhello"
IN_CHUNKS = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
BROKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel"
NOTHING = b"HTTP/1.1 200 OK\r\n"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"


class Server:
    """It says one answer after the other, and notes what it was asked over which connection."""

    def __init__(self):
        self.url = ""
        self.answers = []
        self.asked = []
        self.connections = 0

    async def serve(self, reader, writer):
        self.connections += 1
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                length = [each for each in head.lower().split("\r\n") if "content-length" in each]
                body = await reader.readexactly(int(length[0].split(":")[1]) if length else 0)
                self.asked.append((head.split("\r\n")[0], body))
                answer = self.answers.pop(0)
                writer.write(answer)
                if answer in (BROKEN, LAST):
                    break
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


@pytest.fixture
async def server():
    spoken_to = Server()
    listening = await asyncio.start_server(spoken_to.serve, "127.0.0.1", 0)
    spoken_to.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield spoken_to
    listening.close()


@pytest.fixture
async def client(server):
    async with httpx.AsyncClient(transport=Wires(most=2), base_url=server.url) as client:
        yield client


async def test_what_is_asked_arrives_and_what_is_answered_comes_back(server, client):
    server.answers = [PLAIN]

    answer = await client.post("/pairs", params={"a": "é"}, json={"b": 1})

    assert server.asked == [("POST /pairs?a=%C3%A9 HTTP/1.1", b'{"b":1}')]
    assert (answer.status_code, answer.text, answer.headers["x-said"]) == (200, "hello", "a: b")


async def test_one_connection_carries_request_after_request(server, client):
    server.answers = [IN_CHUNKS, EMPTY, PLAIN]

    answers = [await client.get("/") for _ in range(3)]

    assert [answer.text for answer in answers] == ["hello", "", "hello"]
    assert server.connections == 1


async def test_no_more_connections_are_made_than_allowed(server, client):
    server.answers = [PLAIN] * 6

    await asyncio.gather(*(client.get("/") for _ in range(6)))

    assert server.connections <= 2


async def test_an_answer_that_breaks_off_is_told_and_the_next_request_goes_another_way(
    server, client
):
    server.answers = [BROKEN, PLAIN]

    with pytest.raises(httpx.ReadError):
        await client.get("/")
    answer = await client.get("/")

    assert answer.text == "hello"
    assert server.connections == 2


async def test_a_connection_that_was_closed_meanwhile_is_not_used_again(server, client):
    server.answers = [LAST, PLAIN]

    first = await client.get("/")
    await asyncio.sleep(0.1)
    again = await client.get("/")

    assert first.text == again.text == "hello"
    assert server.connections == 2


async def test_an_answer_that_does_not_come_is_waited_for_so_long_and_no_longer(server, client):
    server.answers = [NOTHING]

    with pytest.raises(httpx.ReadTimeout):
        await client.get("/slow", timeout=httpx.Timeout(5, read=0.05))
