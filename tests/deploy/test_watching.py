"""Dashboards, alerts and runbooks speak of what there is, and of one another."""

import json
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from common.front import QUIET
from deploy.check.measured import measured, selectors, unmeasured
from deploy.watching.__main__ import DASHBOARDS, IN_CLUSTER, PAGES, RULES, files, main
from deploy.watching.live import ALERTS, QUERIES
from local.ports import SERVICES

ROOT = Path(__file__).parents[2]
NAMES = [rule["alert"] for rule in ALERTS]
BOOK = ROOT / "docs" / "operations" / "alerts.md"
RUNBOOKS = dict(
    re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", BOOK.read_text(), re.MULTILINE | re.DOTALL)
)
LEFT_OUT = re.compile(r'route!~"([^"]+)"')
EXPRESSIONS = QUERIES | {rule["alert"]: rule["expr"] for rule in ALERTS}


@pytest.mark.parametrize("query", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_what_is_asked_for_is_measured(query):
    assert selectors(query)
    assert unmeasured(query) == []


def test_whatever_machines_look_at_counts_for_nobody():
    left_out = {found for query in EXPRESSIONS.values() for found in LEFT_OUT.findall(query)}

    assert left_out
    assert all(re.fullmatch(pattern, route) for pattern in left_out for route in QUIET)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("rate(binome_no_such_thing_total[5m]) > 3", "no service measures binome_no_such"),
        ("binome_event_retries", "no service measures binome_event_retries"),
        ("sum by (service (up)", "cannot be read"),
        ("rate(up[5 minutes])", "cannot be read"),
    ],
)
def test_a_query_that_nobody_could_answer_is_told(query, told):
    [found] = unmeasured(query)

    assert told in found


@pytest.mark.parametrize("rule", ALERTS, ids=NAMES)
def test_an_alert_says_how_urgent_it_is_and_leads_to_its_runbook(rule):
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert rule["annotations"]["summary"]
    file, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert ROOT / file == BOOK
    assert anchor == rule["alert"].lower()
    assert rule["alert"] in RUNBOOKS


def test_every_runbook_has_its_alert_and_no_alert_has_two():
    assert sorted(RUNBOOKS) == sorted(NAMES)
    assert len({*NAMES}) == len(NAMES)


@pytest.mark.parametrize(("alert", "text"), RUNBOOKS.items(), ids=RUNBOOKS)
def test_a_runbook_says_what_it_means_for_people_how_to_look_and_how_to_mend(alert, text):
    for part in ("*For people:*", "*Look:*", "*Mend:*"):
        assert text.count(part) == 1, part
    assert text.index("*For people:*") < text.index("*Look:*") < text.index("*Mend:*")


def test_a_runbook_names_commands_that_exist():
    for module in set(re.findall(r"python -m ((?:common|local|deploy)[.\w]*)", BOOK.read_text())):
        assert find_spec(module), module
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {*re.findall(r"`make (\w+)", BOOK.read_text())} <= {*targets}


def test_a_runbook_names_metrics_that_are_measured():
    named = set(re.findall(r"binome_\w+|process_\w+", BOOK.read_text()))

    assert named
    assert named <= measured() | {name.removesuffix("_bucket") for name in measured()}


def test_what_is_written_is_what_is_said():
    assert main(["--check"]) == 0
    assert {*files()} == {*PAGES.iterdir(), IN_CLUSTER}


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_has_panels_that_do_not_overlap_and_know_where_to_ask(name):
    page = json.loads((PAGES / f"{name}.json").read_text())
    panels = page["panels"]

    taken = [(p["gridPos"]["x"] + x, p["gridPos"]["y"] + y) for p in panels for x, y in cells(p)]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert page["uid"] == f"binome-{name}"
    drawn = [panel for panel in panels if panel["type"] != "row"]
    assert all(panel["description"] and panel["targets"] for panel in drawn)
    assert {panel["datasource"]["uid"] for panel in drawn} == {"${source}"}


def cells(panel):
    at = panel["gridPos"]
    return ((x, y) for x in range(at["w"]) for y in range(at["h"]))


def test_compose_shows_and_evaluates_what_is_here():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    watched = yaml.safe_load((ROOT / "deploy/observability/prometheus.yml").read_text())
    provided = yaml.safe_load(
        (ROOT / "deploy/observability/grafana/provisioning/dashboards/binome.yml").read_text()
    )
    mounted = [each.split(":") for each in compose["grafana"]["volumes"][:3]]
    rules = [each.split(":") for each in compose["prometheus"]["volumes"][:2]]

    shown = {inside: (ROOT / outside).resolve() for outside, inside, _ in mounted}
    assert shown[provided["providers"][0]["options"]["path"]] == PAGES
    [pattern] = watched["rule_files"]
    assert any(
        (ROOT / outside).resolve() == RULES.parent and pattern == f"{inside}/*{RULES.suffix}"
        for outside, inside, _ in rules
    )
    [jobs] = [each for each in watched["scrape_configs"] if each["job_name"] == "binome"]
    assert {*jobs["dns_sd_configs"][0]["names"]} == {*SERVICES}
