"""Whoever watches asks every replica, at a page that is there, for what is measured."""

from collections.abc import Iterator

from deploy.check.measured import unmeasured
from deploy.check.rendering import Manifest, Rendered, matches
from deploy.check.shape import pages


def monitors(rendered: Rendered) -> Iterator[str]:
    services = [each for each in rendered.workloads if each.kind == "Deployment"]
    for monitor in rendered.of_kind("PodMonitor"):
        asked = monitor["spec"]
        for each in services:
            if not matches(asked["selector"], each.labels):
                yield f"{each.name}: nobody asks it for its metrics"
        ports = {port["name"] for each in services for port in each.containers[0]["ports"]}
        for endpoint in asked["podMetricsEndpoints"]:
            yield from _endpoint(endpoint, ports)


def _endpoint(endpoint: Manifest, ports: set[str]) -> Iterator[str]:
    if endpoint["port"] not in ports:
        yield f"PodMonitor: no service has a port {endpoint['port']}"
    if endpoint["path"] not in pages():
        yield f"PodMonitor: no service has a page {endpoint['path']}"


def alerts(rendered: Rendered) -> Iterator[str]:
    for rules in rendered.of_kind("PrometheusRule"):
        for group in rules["spec"]["groups"]:
            for rule in group["rules"]:
                yield from (f"{rule['alert']}: {each}" for each in unmeasured(rule["expr"]))
