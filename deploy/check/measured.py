"""What the services measure, and what a query asks for."""

from functools import cache
from importlib import import_module

import promql_parser as promql

from common.metrics import REGISTRY
from deploy.check.network import SERVICES

# What Prometheus itself knows of whom it asks, and of what fires.
OF_PROMETHEUS = frozenset({"up", "ALERTS"})
ENDINGS = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}


@cache
def measured() -> frozenset[str]:
    """Name all that a service may tell at /metrics."""
    for service in SERVICES:
        import_module(f"{service}.app")
    return frozenset(
        metric.name + ending for metric in REGISTRY.collect() for ending in ENDINGS[metric.type]
    )


def selectors(query: str) -> list[promql.VectorSelector]:
    """Find what a query asks for, wherever in it; one that cannot be read is a ValueError."""
    found: list[promql.VectorSelector] = []

    def look(part: promql.Expr) -> None:
        if isinstance(part, promql.VectorSelector):
            found.append(part)

    promql.walk(promql.parse(query), look)
    return found


def unmeasured(query: str) -> list[str]:
    """Say what is wrong with a query: it cannot be read, or asks for what nobody measures."""
    try:
        asked = {str(each.name) for each in selectors(query)}
    except ValueError as error:
        return [f"{query} cannot be read: {error}"]
    return [f"no service measures {name}" for name in sorted(asked - measured() - OF_PROMETHEUS)]
