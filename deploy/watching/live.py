"""Ask a Prometheus that runs whether it sees everybody, and every query of ours is answered.

`python -m deploy.watching.live http://127.0.0.1:9090` says what is wrong, and which queries find
nothing; that may well be so, as many ask for what has not happened yet.
"""

import sys
from collections.abc import Iterator
from typing import Any, TypeAlias

import httpx
import yaml

from deploy.check.network import SERVICES
from deploy.watching.__main__ import DASHBOARDS, RULES

Told: TypeAlias = dict[str, Any]

QUERIES = {
    f"{name}: {panel.title}: {legend}": query
    for name, dashboard in DASHBOARDS.items()
    for panel in dashboard.panels
    for legend, query in panel.curves.items()
}
ALERTS = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def unseen(told: Told) -> Iterator[str]:
    """Name whom Prometheus does not reach, or does not know of."""
    known = set()
    for target in told["activeTargets"]:
        labels = target["labels"]
        name = labels.get("service", labels["job"])
        known.add(name)
        if target["health"] != "up":
            yield f"{name} at {target['scrapeUrl']}: {target['lastError'] or 'not asked yet'}"
    yield from (f"{name}: no address of it is known" for name in SERVICES if name not in known)


def unruled(told: Told) -> Iterator[str]:
    """Name the alerts that it does not decide about."""
    health = {rule["name"]: rule["health"] for group in told["groups"] for rule in group["rules"]}
    for alert in ALERTS:
        found = health.get(alert["alert"], "not loaded")
        if found != "ok":
            yield f"{alert['alert']}: {found}"


def found(prometheus: httpx.Client, query: str) -> int:
    """Count what answers a query, as Grafana asks it for all services."""
    asked = {"query": query.replace("$service", ".*")}
    return len(_told(prometheus, "query", asked)["result"])


def _told(prometheus: httpx.Client, path: str, asked: dict[str, str] | None = None) -> Told:
    answer = prometheus.get(f"/api/v1/{path}", params=asked)
    answer.raise_for_status()
    told: Told = answer.json()["data"]
    return told


def look(prometheus: httpx.Client) -> Iterator[str]:
    """Say what is wrong."""
    yield from unseen(_told(prometheus, "targets", {"state": "active"}))
    yield from unruled(_told(prometheus, "rules"))
    for name, query in QUERIES.items():
        try:
            if not found(prometheus, query):
                sys.stdout.write(f"nothing yet   {name}\n")
        except httpx.HTTPStatusError as error:
            yield f"{name}: {error.response.json()['error']}"


def main(arguments: list[str]) -> int:
    [url] = arguments
    with httpx.Client(base_url=url, timeout=30) as prometheus:
        wrong = [*look(prometheus)]
    sys.stdout.writelines(f"wrong         {each}\n" for each in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
