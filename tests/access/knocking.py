"""Knock at the door of a service in this process, without a network, a database or a broker."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from unittest.mock import patch

from fastapi import FastAPI

from local.environment import Surroundings
from local.platform import PYTHON_PATH
from local.ports import Ports
from local.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    @property
    def problem(self) -> str:
        """Name the kind of no that was said."""
        return str(json.loads(self.body)["type"])


def assembled(service: str, secrets: Secrets) -> FastAPI:
    """Assemble a service as in production, with nothing behind it: whoever asks there fails."""
    nowhere = Ports(postgres=1, nats=1, nats_monitoring=1)
    around = Surroundings(ports=nowhere, secrets=secrets, python_path=PYTHON_PATH)
    with patch.dict(os.environ, around.of_service(service)):
        app: FastAPI = import_module(f"{service}.app").create_app()
    app.state.engine = None
    return app


async def knock(app: FastAPI, method: str, path: str, headers: Mapping[str, str]) -> Answer:
    """Send one request through the whole application."""
    status, body = 0, b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await app(scope_of(method, path, headers), receive, send)
    return Answer(status, body)


def scope_of(method: str, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
