"""The lines that all services wrote about one thing are found by its id."""

import json

import pytest

from local.ports import SERVICES
from tests.seen.conftest import REQUEST_ID, TRACE


@pytest.fixture
async def lines(registered, platform):
    """Every line of every service, by service."""
    return {
        name: [json.loads(line) for line in service.log.read_text().splitlines() if line[:1] == "{"]
        for name, service in platform.services.items()
    }


def of_trace(lines):
    return [each for each in lines if TRACE in (each.get("trace_id"), *each.get("trace_ids", ()))]


async def test_one_trace_id_finds_the_lines_of_all_services(lines):
    found = {name: of_trace(each) for name, each in lines.items()}

    assert [name for name in SERVICES if not found[name]] == []
    for name, each in found.items():
        assert {line["service"] for line in each} == {name}
    heard = [name for name in SERVICES if told(found[name], "events_handled")]
    assert heard == [name for name in SERVICES if name != "intake"]
    assert told(found["intake"], "request_answered")


async def test_the_id_of_a_request_goes_on_to_the_service_that_is_asked_and_names_the_trace(lines):
    for name in ("portal", "intake"):
        mine = [each for each in lines[name] if each.get("request_id") == REQUEST_ID]
        assert mine
        assert {each["trace_id"] for each in mine} == {TRACE}


async def test_a_line_names_no_person_and_no_association(lines):
    text = json.dumps(lines)

    assert "Passerelles" not in text
    assert "@" not in text


def told(lines, event):
    return [each for each in lines if each["event"] == event]
