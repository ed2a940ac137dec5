"""Whatever is sent, the answer names the field and says a sentence, and nothing is stored."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from common.contracts.vocabulary import Role
from tests.common.http.edge import Note, count_notes

WORDS = "Zoé-Martin-0612345678"
YES = True


def sent(value, name="text"):
    return json.dumps({"text": "hello", name: value})


FIELDS = [
    (sent("a\0b"), "text"),
    (sent("a\ud800b"), "text"),
    (sent(1), "text"),
    (sent("x" * 10_001), "text"),
    (sent(YES, "stars"), "stars"),
    (sent("3", "stars"), "stars"),
    (sent(3.5, "stars"), "stars"),
    (sent(6, "stars"), "stars"),
    (sent(10**30, "stars"), "stars"),
    (sent("1.5", "weight"), "weight"),
    (sent(YES, "weight"), "weight"),
    (sent(1, "urgent"), "urgent"),
    (sent("true", "urgent"), "urgent"),
    (sent(86_400, "on"), "on"),
    (sent("86400", "on"), "on"),
    (sent("1700000000", "on"), "on"),
    (sent("2026-02-30", "on"), "on"),
    (sent(1700000000, "at"), "at"),
    (sent("2026-13-01T00:00:00Z", "at"), "at"),
    (sent("nobody", "author_id"), "author_id"),
    (sent("\ud800", "author_id"), "author_id"),
    (sent([{"number": 2**31}], "shelves"), "shelves.0.number"),
    (sent([{"number": "1"}], "shelves"), "shelves.0.number"),
    (sent([{"number": 1, "free": {"a": {"b": ["\0"]}}}], "shelves"), "shelves.0.free.a"),
    (sent([{"number": 1, "free": {"\ud800": 1}}], "shelves"), None),
    (sent({}, "shelves"), "shelves"),
    ("{}", "text"),
    ("null", "body"),
    ("[]", "body"),
    ('"words"', "body"),
    (sent(WORDS, WORDS), "…"),
]


@pytest.mark.parametrize(("body", "field"), FIELDS)
async def test_a_wrong_field_is_named_and_nothing_is_stored(client, engine, signed, body, field):
    headers = signed() | {"content-type": "application/json"}

    answer = await client.post("/notes", content=body, headers=headers)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert field is None or problem["errors"][0]["field"] == field
    assert problem["errors"][0]["message"].endswith(".")
    assert WORDS not in answer.text
    assert await count_notes(engine) == 0


MALFORMED = [
    b"{",
    b"",
    b'{"text": NaN}',
    b'{"text": "a", "weight": Infinity}',
    b'{"text": "a", "shelves": [{"number": 1, "free": {"a": NaN}}]}',
    b'{"text": "a", "weight": -Infinity}',
    b'{"text": "a", "weight": 1e999}',
    b'{"text": "a", "text": "b"}',
    b'{"text": "\xff"}',
    '{"text": "a"}'.encode("utf-16"),
    b'{"text": "a\nb"}',
    b"[" * 100_000,
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    b'{"text": "a", "stars": ' + b"9" * 10_000 + b"}",
    b'{"text": "a"} trailing',
]


@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: repr(body[:24]))
async def test_what_is_not_json_is_refused(client, engine, signed, body):
    headers = signed() | {"content-type": "application/json"}

    answer = await client.post("/notes", content=body, headers=headers)

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert await count_notes(engine) == 0


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "", "multipart/form-data"])
async def test_another_type_of_content_is_refused(client, signed, media_type):
    headers = signed() | {"content-type": media_type}

    answer = await client.post("/notes", content='{"text": "hello"}', headers=headers)

    assert answer.status_code == 415
    assert answer.json()["type"] == "unsupported-media-type"


async def test_json_is_refused_where_a_file_is_expected(client, signed):
    answer = await client.post("/notes/file", json={}, headers=signed(Role.COORDINATOR))

    assert answer.status_code == 415


@pytest.mark.parametrize(
    "address",
    ["/notes/%00", "/notes?q=%00", "/notes?q=%FF", "/notes?q=%ED%A0%80", "/notes/%ED%A0%80"],
)
async def test_an_address_that_is_not_text_is_refused(client, signed, address):
    answer = await client.get(address, headers=signed())

    assert answer.status_code == 400
    assert answer.json()["type"] == "malformed-address"


@pytest.mark.parametrize(
    ("address", "field"),
    [("/notes/nobody", "note_id"), ("/notes?limit=many", "limit"), ("/notes?limit=101", "limit")],
)
async def test_a_wrong_parameter_is_named(client, signed, address, field):
    answer = await client.get(address, headers=signed())

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("title", ["a\0b", "a\x00"])
async def test_a_form_field_that_cannot_be_kept_is_named(client, engine, signed, title):
    answer = await client.post(
        "/notes/file",
        headers=signed(Role.COORDINATOR),
        data={"title": title},
        files={"file": ("a.csv", b"a;b")},
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "title"
    assert await count_notes(engine) == 0


async def test_a_broken_form_is_refused(client, signed):
    headers = signed(Role.COORDINATOR) | {"content-type": "multipart/form-data"}

    answer = await client.post("/notes/file", content=b"no boundary", headers=headers)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "Il faut un texte."),
        ({"accept-language": "en"}, "This must be text."),
        ({"accept-language": "en-GB,en;q=0.9,fr;q=0.8"}, "This must be text."),
        ({"accept-language": "de, fr;q=0.3, en;q=0.2"}, "Il faut un texte."),
        ({"accept-language": "en;q=0"}, "Il faut un texte."),
        ({"accept-language": "en;q=lots, *"}, "Il faut un texte."),
        ({"accept-language": ",,;;"}, "Il faut un texte."),
    ],
)
async def test_the_sentence_is_in_the_language_of_the_reader(client, signed, asked, told):
    answer = await client.post("/notes", json={"text": 1}, headers=signed() | asked)

    assert answer.json()["errors"] == [{"field": "text", "message": told}]


async def test_what_is_right_is_kept(client, engine, signed):
    right = {
        "text": "Élève de 3ᵉ 🙂",
        "on": "2026-02-28",
        "at": "2026-02-28T10:00:00+01:00",
        "author_id": "6f1f0b0e-3b1c-4c52-8d9c-2f4a6d8b9d11",
        "stars": 5,
        "weight": 2,
        "shelves": [{"number": -4, "free": {"a": [1, None, {"b": "c"}]}}],
    }

    answer = await client.post("/notes", json=right, headers=signed())

    assert answer.status_code == 201
    assert await count_notes(engine) == 1


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None, categories=None)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*Note.model_fields, "free", "number", "x"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=200)
@given(json_values)
def test_a_model_takes_any_value_or_refuses_it_and_never_breaks(value):
    try:
        note = TypeAdapter(Note).validate_python(value)
    except ValidationError:
        return

    assert "\0" not in note.text
    note.text.encode()
    assert type(note.stars) is int
