"""Every no and every fault is told as a problem, and a fault tells nothing else."""

import asyncio
from uuid import UUID

import nats.errors
import pytest
from sqlalchemy.exc import DBAPIError

from common.broker import BrokerUnavailable
from common.contracts.vocabulary import Role
from common.database import connect
from common.errors import Conflict, DomainError, Invalid, title
from common.problems import temporary
from common.sentences import sentence
from tests.common.http import edge

SHUT_DOWN = """
create function shut_down() returns trigger language plpgsql as $$
begin
    raise exception 'terminating connection' using errcode = 'admin_shutdown';
end $$
"""
AT_THE_COMMIT = """
create constraint trigger at_the_commit after insert on edge_notes
deferrable initially deferred for each row execute function shut_down()
"""


@pytest.mark.parametrize(
    ("address", "status", "kind"),
    [
        ("/nowhere", 404, "about:blank"),
        (f"/notes/{UUID(int=1)}", 404, "NotFound"),
        ("/no/closed", 409, "NoteClosed"),
        ("/no/hidden", 403, "Forbidden"),
        ("/no/often", 429, "TooOften"),
        ("/no/bug", 500, "fault"),
    ],
)
async def test_a_no_has_its_status_and_its_kind(client, signed, address, status, kind):
    answer = await client.get(address, headers=signed())

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == kind
    assert answer.json()["status"] == status


async def test_another_method_is_refused_and_told_which_are_allowed(client, signed):
    answer = await client.delete("/notes", headers=signed())

    assert answer.status_code == 405
    assert answer.json()["title"] == "Cette adresse ne permet pas cela."
    assert "allow" in answer.headers


async def test_a_no_is_told_in_the_language_of_the_reader(client):
    french = await client.get("/no/closed")
    english = await client.get("/no/closed", headers={"accept-language": "en"})

    assert french.json()["title"] == "La note est close."
    assert english.json()["title"] == "The note is closed."
    assert english.headers["content-language"] == "en"


async def test_an_invalid_field_of_the_domain_is_named(client, signed):
    answer = await client.post("/notes", json={"text": "dull"}, headers=signed())

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "text", "message": "Ce texte est trop terne."}]


async def test_too_often_says_when_to_come_back(client):
    assert (await client.get("/no/often")).headers["retry-after"] == "60"


async def test_a_fault_tells_nothing_of_itself_and_stores_nothing(client, engine, signed):
    answer = await client.post("/notes", json={"text": "broken"}, headers=signed())

    assert answer.status_code == 500
    assert "Zoé" not in answer.text
    assert "RuntimeError" not in answer.text
    assert await edge.count_notes(engine) == 0


async def test_a_database_that_is_away_is_a_503(app, client, signed):
    app.state.engine = connect("postgresql+asyncpg://nobody@127.0.0.1:9/nothing")

    answer = await client.get("/notes", headers=signed())

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    await app.state.engine.dispose()


@pytest.mark.parametrize(
    "error", [nats.errors.NoServersError(), BrokerUnavailable(), TimeoutError(), ConnectionError()]
)
def test_what_does_not_answer_may_answer_later(error):
    assert temporary(error)


class Sql(Exception):
    def __init__(self, sqlstate):
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(("state", "again"), [("40P01", True), ("40001", True), ("23505", False)])
def test_a_lost_race_may_be_won_later_and_a_broken_rule_not(state, again):
    assert temporary(DBAPIError("", {}, Sql(state))) is again


async def test_a_refused_request_costs_no_transaction(app, client, statements, signed):
    await client.post("/notes", json={"text": 1}, headers=signed())
    await client.post("/notes", json={"text": "a"}, headers=signed(Role.FUNDER))
    await client.post("/notes", json={"text": "a"})
    await client.post("/notes", content="{", headers=signed())
    await client.get("/me", headers=signed())
    refused = list(statements)
    await client.post("/notes", json={"text": "a"}, headers=signed())

    assert (refused, statements.count("BEGIN;")) == ([], 1)


@pytest.fixture
async def commit_fails(engine):
    """A database that is told to shut down when a note is about to be committed."""
    async with engine.begin() as tx:
        await tx.exec_driver_sql(SHUT_DOWN)
        await tx.exec_driver_sql(AT_THE_COMMIT)
    yield
    async with engine.begin() as tx:
        await tx.exec_driver_sql("drop function shut_down cascade")


@pytest.mark.usefixtures("commit_fails")
async def test_the_answer_leaves_after_the_commit(client, signed):
    answer = await client.post("/notes", json={"text": "lost"}, headers=signed())

    assert answer.status_code == 503


async def test_a_client_that_leaves_half_way_breaks_nothing(app, client, signed):
    task = asyncio.create_task(client.post("/notes", json={"text": "slow"}, headers=signed()))
    await asyncio.sleep(0.05)
    task.cancel()

    answer = await client.post("/notes", json={"text": "next"}, headers=signed())

    assert answer.status_code == 201


async def test_the_schema_is_served(client):
    answer = await client.get("/openapi.json")

    assert "/notes" in answer.json()["paths"]


async def test_the_schema_says_how_every_operation_refuses_and_what_a_command_needs(client):
    first, second = [(await client.get("/openapi.json")).json() for _ in range(2)]

    operations = [(m, each) for path in first["paths"].values() for m, each in path.items()]
    refusals = {tuple(each["responses"]["4XX"]["content"]) for _, each in operations}
    with_key = {
        method
        for method, each in operations
        for needed in each.get("parameters", [])
        if needed["name"] == "Idempotency-Key"
    }
    assert refusals == {("application/problem+json",)}
    assert with_key == {"post"}
    assert first == second


class Silent(Conflict): ...


class Speaking(Invalid):
    """It speaks."""

    fr = "Cela parle."


def kinds(kind: type[DomainError]):
    return [kind, *(inner for each in kind.__subclasses__() for inner in kinds(each))]


@pytest.mark.parametrize("kind", kinds(DomainError), ids=lambda kind: kind.__name__)
def test_every_no_has_a_title_in_both_languages(kind):
    assert title(kind, "fr").endswith(".")
    assert title(kind, "en").endswith(".")


def test_a_no_without_words_speaks_as_its_kind():
    assert title(Silent, "en") == Conflict.__doc__


def test_an_invalid_field_speaks_by_its_class_or_by_what_it_is_given():
    assert Speaking("f").sentences == {"fr": "Cela parle.", "en": "It speaks."}
    assert Speaking("f", fr="Non.", en="No.").sentences == {"fr": "Non.", "en": "No."}


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fr", "Il faut une de ces valeurs : 'a', 'b' ou 'c'."),
        ("en", "This must be one of: 'a', 'b' or 'c'."),
    ],
)
def test_what_may_be_chosen_is_listed_in_the_language_of_the_reader(language, told):
    assert sentence("literal_error", {"expected": "'a', 'b' or 'c'"}, language) == told
