"""Too much is refused while it comes in, and every answer carries safe headers."""

import pytest

from common.contracts.vocabulary import Role
from tests.common.http.edge import count_notes

MIB = 1024 * 1024


async def in_pieces(size):
    for _ in range(size // 65_536 + 1):
        yield b"x" * 65_536


async def test_a_body_over_one_mebibyte_is_refused_by_its_length(client, engine, signed):
    answer = await client.post("/notes", content=b"x" * (MIB + 1), headers=signed())

    assert answer.status_code == 413
    assert answer.json()["type"] == "body-too-large"
    assert await count_notes(engine) == 0


async def test_a_body_without_a_length_is_counted_while_it_comes(client, signed):
    answer = await client.post("/notes", content=in_pieces(MIB), headers=signed())

    assert answer.status_code == 413
    assert answer.json()["type"] == "body-too-large"


async def test_a_large_body_is_refused_even_before_anybody_signs_in(client):
    answer = await client.post("/notes", content=b"x" * (MIB + 1))

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_length_that_lies_is_found_out(client, signed):
    headers = signed() | {"content-length": "10"}

    answer = await client.post("/notes", content=in_pieces(MIB), headers=headers)

    assert answer.status_code == 413


async def test_a_route_that_takes_files_takes_more(client, signed):
    async def upload(size):
        return await client.post(
            "/notes/file",
            headers=signed(Role.COORDINATOR),
            data={"title": "list"},
            files={"file": ("a.csv", b"x" * size)},
        )

    assert (await upload(3 * MIB)).json() == {"size": 3 * MIB}
    assert (await upload(4 * MIB)).status_code == 413


async def test_too_many_headers_are_refused(client):
    answer = await client.get("/notes", headers={f"x-{number}": "a" for number in range(70)})

    assert answer.status_code == 431


@pytest.mark.parametrize("name", ["cookie", "x-anything", "authorization"])
async def test_headers_that_weigh_too_much_are_refused(client, name):
    answer = await client.get("/notes", headers={name: "a" * 20_000})

    assert answer.status_code == 431


async def test_an_address_that_is_too_long_is_refused(client):
    answer = await client.get("/notes?q=" + "a" * 9_000)

    assert answer.status_code == 431


async def test_a_header_with_a_control_character_is_refused(client):
    answer = await client.get("/notes", headers={"x-name": b"a\x01b"})

    assert answer.status_code == 400
    assert answer.json()["type"] == "malformed-header"


@pytest.mark.parametrize("address", ["/me", "/nowhere", "/livez", "/no/bug"])
async def test_every_answer_carries_safe_headers(client, address):
    answer = await client.get(address)

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"]
