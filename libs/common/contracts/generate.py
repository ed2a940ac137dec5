"""Write the contracts down for those who do not read Python: JSON Schemas and AsyncAPI 3.

`python -m common.contracts.generate` writes `contracts/` and `docs/events.md`;
with `--check` it only compares, and fails if a published contract would change.
"""

import argparse
import json
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from common import contracts
from common.contracts import Event

ROOT = Path(__file__).parents[3]
SERVICES = ("intake", "matching", "followup", "training", "reporting", "portal")


def every_event() -> list[type[Event]]:
    """List all the kinds of events, by subject."""
    for module in pkgutil.walk_packages(contracts.__path__, "common.contracts."):
        if not module.name.endswith(".generate"):
            import_module(module.name)
    return sorted(_leaves(Event), key=lambda kind: kind.subject)


def _leaves(kind: type[Event]) -> Iterator[type[Event]]:
    if "subject" in vars(kind):
        yield kind
    for child in kind.__subclasses__():
        yield from _leaves(child)


def hearers() -> dict[str, list[str]]:
    """Tell for each subject which services hear it."""
    heard: dict[str, list[str]] = {}
    for service in SERVICES:
        for subject in import_module(f"{service}.consumers").router.subjects:
            heard.setdefault(subject, []).append(service)
    return heard


def data_schema(kind: type[Event]) -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of what an event says."""
    schema = kind.model_json_schema(mode="serialization", ref_template="#/$defs/{model}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def envelope_schema(kind: type[Event]) -> dict[str, Any]:
    """Give the schema of the whole message: CloudEvents 1.0 in structured mode."""
    data = kind.model_json_schema(
        mode="serialization", ref_template=f"#/components/schemas/{kind.__name__}/$defs/{{model}}"
    )
    text = {"type": "string"}
    return {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time", "partitionkey", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "format": "uuid"},
            "source": {"const": f"/binome/{kind.announcer()}"},
            "type": {"const": kind.subject},
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "dataschema": text,
            "partitionkey": {"type": "string", "format": "uuid"},
            "subjectversion": {"type": "integer", "minimum": 1},
            "association": {"type": "string", "format": "uuid"},
            "traceparent": text,
            "data": {key: value for key, value in data.items() if key != "$defs"},
        },
        "$defs": data.get("$defs", {}),
    }


def asyncapi(events: list[type[Event]], heard: Mapping[str, list[str]]) -> dict[str, Any]:
    """Describe every channel, who announces on it and who hears it, as AsyncAPI 3.0."""
    operations: dict[str, Any] = {}
    for kind in events:
        channel = {"$ref": f"#/channels/{kind.__name__}"}
        operations[f"{kind.announcer()}.announces.{kind.__name__}"] = {
            "action": "send",
            "channel": channel,
            "tags": [{"name": kind.announcer()}],
        }
        for service in heard.get(kind.subject, []):
            operations[f"{service}.hears.{kind.__name__}"] = {
                "action": "receive",
                "channel": channel,
                "tags": [{"name": service}],
            }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Binôme",
            "version": "1.0.0",
            "description": "Facts of a mentoring journey, as CloudEvents 1.0 in structured JSON.",
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": "application/json",
        "channels": {
            kind.__name__: {
                "address": kind.subject,
                "description": _sentence(kind),
                "messages": {kind.__name__: {"$ref": f"#/components/messages/{kind.__name__}"}},
            }
            for kind in events
        },
        "operations": operations,
        "components": {
            "messages": {
                kind.__name__: {
                    "name": kind.subject,
                    "title": kind.__name__,
                    "summary": _sentence(kind),
                    "contentType": "application/json",
                    "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
                }
                for kind in events
            },
            "schemas": {kind.__name__: envelope_schema(kind) for kind in events},
        },
    }


def _sentence(kind: type[Event]) -> str:
    return (kind.__doc__ or "").strip().split("\n")[0]


def page(events: list[type[Event]], heard: Mapping[str, list[str]]) -> str:
    """Write the table of events that people read."""
    lines = [
        "# Events",
        "",
        "Generated from `libs/common/contracts` by `make contracts`.",
        "A published event never changes: another meaning is another version.",
        "Each is a CloudEvent on the NATS subject of its name, in the stream `events`.",
        "",
    ]
    for service in SERVICES:
        own = [kind for kind in events if kind.announcer() == service]
        if not own:
            continue
        lines += [
            f"## Announced by {service}",
            "",
            "| event | meaning | heard by |",
            "|---|---|---|",
        ]
        for kind in own:
            who = ", ".join(heard.get(kind.subject, [])) or "–"
            lines.append(f"| `{kind.subject}` | {_sentence(kind)} | {who} |")
        lines.append("")
    return "\n".join(lines)


def written() -> dict[Path, str]:
    """Give every generated file and its text."""
    events, heard = every_event(), hearers()
    files = {
        Path("contracts") / f"{kind.subject}.json": _json(data_schema(kind)) for kind in events
    }
    files[Path("contracts/asyncapi.json")] = _json(asyncapi(events, heard))
    files[Path("docs/events.md")] = page(events, heard)
    return files


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    line = argparse.ArgumentParser(prog="generate", description=__doc__)
    line.add_argument("--check", action="store_true")
    check = line.parse_args().check
    files = written()
    stale = [path for path, text in files.items() if current(path) != text]
    if check and stale:
        sys.exit(f"not up to date, run `make contracts`: {', '.join(map(str, stale))}")
    for path in stale:
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(files[path], encoding="utf-8")


def current(path: Path) -> str | None:
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.exists() else None


if __name__ == "__main__":
    main()
