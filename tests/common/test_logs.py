"""A log line holds ids and numbers; what people wrote is not in it, not even by accident."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CANARY = "Zoé-Canari-0612345678"

LINES = f"""
import logging, structlog
from uuid import UUID
from common.logs import write_json

write_json("info", "intake")
log = structlog.get_logger()
log.info("referral_made", referral_id=UUID(int=1), count=3, name="{CANARY}", route="/x")
log.info("referral_made", person_id="{CANARY} Martin", message_id="events-12")
log.info("document_kept", body={{"name": "{CANARY}"}}, names=["{CANARY}"])
log.debug("too_quiet")

def fails(secret):
    raise ValueError(f"no such person: {{secret}}")

try:
    try:
        fails("{CANARY}")
    except ValueError as error:
        raise KeyError("{CANARY}") from error
except KeyError:
    log.exception("request_failed", route="/x")

logging.getLogger("nats").error("lost %s", "{CANARY}")
logging.getLogger("nats").info("too quiet")
logging.getLogger("alembic.runtime").info("Running upgrade %s", "0001")
try:
    fails("{CANARY}")
except ValueError:
    logging.getLogger("asyncio").exception("never retrieved")
logging.getLogger("nats").error("%d is no number", "{CANARY}")
logging.getLogger("granian.access").critical("/people/{CANARY}")
with structlog.contextvars.bound_contextvars(request_id="r-1"):
    log.info("bound")
"""


@pytest.fixture(scope="module")
def lines():
    done = subprocess.run(
        [sys.executable, "-c", LINES],
        env={"PYTHONPATH": f"{ROOT}/services:{ROOT}/libs"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert CANARY not in done.stdout
    assert "Canari" not in done.stdout
    return [json.loads(line) for line in done.stdout.splitlines()]


def said(lines, event):
    return [line for line in lines if line["event"] == event]


def test_every_line_is_json_with_its_time_level_and_service(lines):
    for line in lines:
        assert {"timestamp", "level", "service", "event"} <= line.keys()
        assert line["service"] == "intake"


def test_ids_and_numbers_pass_and_words_are_withheld(lines):
    first, second = said(lines, "referral_made")

    assert first["referral_id"].endswith("0001")
    assert (first["count"], first["route"]) == (3, "/x")
    assert first["withheld"] == ["name"]
    assert second["message_id"] == "events-12"
    assert second["withheld"] == ["person_id"]


def test_a_document_is_withheld_whole(lines):
    [line] = said(lines, "document_kept")

    assert line["withheld"] == ["body", "names"]


def test_of_an_exception_kind_and_place_are_told_and_no_message(lines):
    [line] = said(lines, "request_failed")

    assert line["error"] == "KeyError < ValueError"
    assert any(place.endswith(" fails") for place in line["traceback"])


def test_a_library_speaks_in_fixed_words(lines):
    [line] = said(lines, "lost %s")

    assert line["logger"] == "nats"
    assert not said(lines, "too quiet")


def test_a_library_tells_no_message_of_an_exception_either(lines):
    [line] = said(lines, "never retrieved")

    assert line["error"] == "ValueError"


def test_migrations_are_named(lines):
    assert said(lines, "Running upgrade 0001")


def test_what_is_bound_at_the_edge_is_on_every_line(lines):
    [line] = said(lines, "bound")

    assert line["request_id"] == "r-1"
