"""A command that is sent twice is done once, and answered twice the same."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from common.contracts.vocabulary import Role
from common.database import transaction
from common.idempotency import forget_old_keys, idempotency_keys
from common.outbox import events
from tests.common.http.edge import count_notes, real_now

NOTE = {"text": "hello"}


async def count_keys(engine):
    async with engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(idempotency_keys))


async def count_events(engine):
    async with engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(events))


async def test_the_same_command_again_gets_the_same_answer(client, engine, signed):
    headers = signed()

    first = await client.post("/notes", json=NOTE, headers=headers)
    again = await client.post("/notes", json=NOTE, headers=headers)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "idempotent-replay" not in first.headers
    assert again.headers["idempotent-replay"] == "true"
    assert await count_notes(engine) == 1


async def test_twins_at_the_same_moment_have_one_effect(client, engine, signed):
    headers = signed()

    answers = await asyncio.gather(
        *(client.post("/notes", json={"text": "slow"}, headers=headers) for _ in range(5))
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotent-replay" in answer.headers for answer in answers) == 4
    assert await count_notes(engine) == 1


async def test_a_twin_of_a_command_that_fails_does_the_work_itself(client, engine, signed):
    headers = signed()

    refused = await client.post("/notes", json={"text": "dull"}, headers=headers)
    mended = await client.post("/notes", json=NOTE, headers=headers)

    assert (refused.status_code, mended.status_code) == (422, 201)
    assert await count_notes(engine) == 1


@pytest.mark.parametrize("text", ["dull", "broken"])
async def test_a_refused_command_stores_nothing(client, engine, signed, text):
    answer = await client.post("/notes", json={"text": text}, headers=signed())

    assert answer.status_code in (422, 500)
    assert await count_notes(engine) == 0
    assert await count_keys(engine) == 0


async def test_a_no_that_is_answered_keeps_its_effect_but_not_its_key(client, engine, signed):
    answer = await client.post("/notes/refused", headers=signed())

    assert answer.status_code == 422
    assert await count_notes(engine) == 1
    assert await count_keys(engine) == 0


async def test_a_command_that_could_not_be_done_twice_is_answered_twice(client, engine, signed):
    headers = signed()

    first = await client.post("/notes/last", json={"text": "the last"}, headers=headers)
    again = await client.post("/notes/last", json={"text": "the last"}, headers=headers)
    another = await client.post("/notes/last", json={"text": "the last"}, headers=signed())

    assert (first.status_code, again.status_code, another.status_code) == (204, 204, 409)
    assert again.headers["idempotent-replay"] == "true"
    assert await count_notes(engine) == 1


async def test_twins_announce_once_what_they_did(client, engine, signed):
    headers = signed()

    answers = await asyncio.gather(
        *(client.post("/notes/aloud", json=NOTE, headers=headers) for _ in range(5))
    )

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert await count_notes(engine) == await count_events(engine) == 1


async def test_a_key_and_what_was_announced_under_it_are_one_statement(client, signed, statements):
    # A driver that is new to a database asks for its types first.
    await client.post("/notes/aloud", json=NOTE, headers=signed())
    statements.clear()

    answer = await client.post("/notes/aloud", json=NOTE, headers=signed())

    begin, of_note, of_key_and_event, commit = statements
    assert answer.status_code == 200
    assert (begin, commit) == ("BEGIN;", "COMMIT;")
    assert of_note.startswith("INSERT INTO edge_notes")
    assert "INSERT INTO events" in of_key_and_event
    assert "INSERT INTO idempotency_keys" in of_key_and_event


async def test_a_no_that_is_answered_gives_way_to_the_yes_that_was(client, engine, signed):
    granted = signed()
    await client.post("/notes/refused", headers=signed())
    first = await client.post("/notes/refused", headers=granted)

    again = await client.post("/notes/refused", headers=granted)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == {"state": "granted"}
    assert await count_notes(engine) == 2


async def test_the_same_key_with_another_body_is_refused(client, engine, signed):
    headers = signed()
    await client.post("/notes", json=NOTE, headers=headers)

    answer = await client.post("/notes", json={"text": "another"}, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["type"] == "idempotency-key-reused"
    assert await count_notes(engine) == 1


async def test_the_same_key_with_another_query_is_refused(client, signed):
    headers = signed()
    await client.post("/notes", json=NOTE, headers=headers)

    answer = await client.post("/notes?on=1", json=NOTE, headers=headers)

    assert answer.status_code == 422


async def test_another_person_may_use_the_same_key(client, engine, signed):
    headers = signed()
    await client.post("/notes", json=NOTE, headers=headers)

    other = signed(person_id=uuid4()) | {"idempotency-key": headers["idempotency-key"]}
    answer = await client.post("/notes", json={"text": "mine"}, headers=other)

    assert answer.status_code == 201
    assert await count_notes(engine) == 2


async def test_on_another_address_the_same_key_is_another_command(client, engine, signed):
    headers = signed()
    await client.post("/notes", json=NOTE, headers=headers)

    answer = await client.post("/open/notes", json=NOTE, headers=headers)

    assert answer.status_code == 204
    assert await count_notes(engine) == 2


async def test_a_command_that_is_open_to_all_is_done_once_too(client, engine):
    headers = {"idempotency-key": str(uuid4())}

    first = await client.post("/open/notes", json=NOTE, headers=headers)
    again = await client.post("/open/notes", json=NOTE, headers=headers)

    assert (first.status_code, again.status_code) == (204, 204)
    assert again.content == b""
    assert await count_notes(engine) == 1


async def test_a_command_without_a_key_is_refused(client, engine, signed):
    headers = signed()
    del headers["idempotency-key"]

    answer = await client.post("/notes", json=NOTE, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["type"] == "idempotency-key-missing"
    assert await count_notes(engine) == 0


@pytest.mark.parametrize(
    "key", ["", "short", "a" * 129, "with space", "émoi-émoi", '""', "a\tb-c-d-e"]
)
async def test_a_malformed_key_is_refused(client, engine, signed, key):
    headers = signed() | {"idempotency-key": key.encode()}

    answer = await client.post("/notes", json=NOTE, headers=headers)

    assert answer.status_code == 400
    assert await count_notes(engine) == 0


async def test_two_keys_at_once_are_refused(client, signed):
    headers = [*signed().items(), ("idempotency-key", str(uuid4()))]

    answer = await client.post("/notes", json=NOTE, headers=headers)

    assert answer.status_code == 400


async def test_a_key_may_be_quoted_as_a_structured_header_is(client, engine, signed):
    bare = signed()
    quoted = bare | {"idempotency-key": f'"{bare["idempotency-key"]}"'}

    await client.post("/notes", json=NOTE, headers=bare)
    again = await client.post("/notes", json=NOTE, headers=quoted)

    assert again.headers["idempotent-replay"] == "true"
    assert await count_notes(engine) == 1


async def test_a_file_that_is_sent_again_is_known_although_its_form_differs(client, engine, signed):
    headers = signed(Role.COORDINATOR)

    async def upload(content):
        # httpx invents a new boundary for each form.
        files = {"file": ("a.csv", content)}
        return await client.post("/notes/file", headers=headers, data={"title": "a"}, files=files)

    first, again, other = await upload(b"a;b"), await upload(b"a;b"), await upload(b"a;c")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.headers["idempotent-replay"] == "true"
    assert await count_notes(engine) == 1


async def test_keys_are_forgotten_after_a_week_of_real_time(client, engine, signed):
    for _ in range(3):
        await client.post("/notes", json=NOTE, headers=signed())
    async with engine.begin() as tx:
        one = select(idempotency_keys.c.key).limit(2)
        old = idempotency_keys.c.key.in_(one)
        past = func.now() - timedelta(days=7, minutes=1)
        await tx.execute(update(idempotency_keys).where(old).values(created_at=past))

    async with transaction(engine) as tx:
        forgotten = await forget_old_keys(tx, real_now())

    assert forgotten == 2
    assert await count_keys(engine) == 1


async def test_a_page_needs_no_key(client, engine):
    answer = await client.post("/page", data={"words": "bonjour"})

    assert answer.status_code == 200
    assert await count_notes(engine) == 1
