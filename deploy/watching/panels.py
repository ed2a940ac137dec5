"""How a panel is written down, and what Grafana makes of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

ACROSS = 24
HEIGHT = 8
# Whichever Prometheus the reader chooses; the one of compose is the first.
SOURCE = {"type": "prometheus", "uid": "${source}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One picture: what it answers, and each of its curves by its legend."""

    title: str
    told: str
    curves: Mapping[str, str]
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 8
    # From where on it is red.
    worry: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Panels that answer one question together."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """One page."""

    uid: str
    title: str
    rows: Sequence[Row]
    since: str = "now-6h"

    @property
    def panels(self) -> Iterator[Panel]:
        return (panel for row in self.rows for panel in row.panels)


def written(dashboard: Dashboard) -> str:
    """Write a dashboard as the file that Grafana reads."""
    page = {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "tags": ["binome"],
        "schemaVersion": 41,
        "editable": False,
        "refresh": "30s",
        "time": {"from": dashboard.since, "to": "now"},
        "timezone": "browser",
        "templating": {"list": [_source(), _service()]},
        "links": [{"type": "dashboards", "tags": ["binome"], "title": "Binôme", "keepTime": True}],
        "panels": list(_placed(dashboard.rows)),
    }
    return json.dumps(page, ensure_ascii=False, indent=2) + "\n"


def _source() -> Json:
    return {
        "name": "source",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
        "current": {"text": "Prometheus", "value": "prometheus"},
    }


def _service() -> Json:
    asked = 'label_values(up{job="binome"}, service)'
    return {
        "name": "service",
        "label": "Service",
        "type": "query",
        "datasource": SOURCE,
        "query": {"query": asked, "refId": "services"},
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
        "refresh": 2,
        "sort": 1,
    }


def _placed(rows: Sequence[Row]) -> Iterator[Json]:
    """Lay the panels out, row by row, from left to right."""
    number = top = 0
    for row in rows:
        number += 1
        place = {"h": 1, "w": ACROSS, "x": 0, "y": top}
        yield {"id": number, "type": "row", "title": row.title, "gridPos": place, "panels": []}
        top += 1
        left = 0
        for panel in row.panels:
            if left + panel.width > ACROSS:
                left, top = 0, top + HEIGHT
            number += 1
            place = {"h": HEIGHT, "w": panel.width, "x": left, "y": top}
            yield {"id": number, "gridPos": place, **_drawn(panel)}
            left += panel.width
        top += HEIGHT


def _drawn(panel: Panel) -> Json:
    curves = enumerate(panel.curves.items())
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.told,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": _look(panel), "overrides": []},
        "options": _options(panel),
        "targets": [_target(panel, place, *curve) for place, curve in curves],
    }


def _look(panel: Panel) -> Json:
    steps: list[Json] = [{"color": "green", "value": None}]
    if panel.worry is not None:
        steps.append({"color": "red", "value": panel.worry})
    look: Json = {
        "unit": panel.unit,
        "min": 0,
        "thresholds": {"mode": "absolute", "steps": steps},
    }
    if panel.kind == "timeseries":
        line = "off" if panel.worry is None else "dashed"
        look["custom"] = {"fillOpacity": 10, "thresholdsStyle": {"mode": line}}
    return look


def _options(panel: Panel) -> Json:
    if panel.kind == "timeseries":
        legend = {"displayMode": "list", "placement": "bottom", "showLegend": True}
        return {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}
    if panel.kind == "stat":
        return {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value"}
    return {"showHeader": True}


def _target(panel: Panel, place: int, legend: str, query: str) -> Json:
    target: Json = {
        "refId": chr(ord("A") + place),
        "datasource": SOURCE,
        "expr": query,
        "legendFormat": legend,
    }
    if panel.kind != "timeseries":
        target |= {"instant": True, "format": "table" if panel.kind == "table" else "time_series"}
    return target
