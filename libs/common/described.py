"""What the OpenAPI document of every service says beside its routes: every no, and the key."""

from typing import Any

from fastapi import FastAPI

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
NO = {
    "description": "No, and why (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Names the command: sent again under the same key, it is done once.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._:+/=-]{7,127}$"},
}


def described(app: FastAPI) -> dict[str, Any]:
    """Write the OpenAPI document of a service, once."""
    document = app.openapi()
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    if "Problem" not in schemas:
        schemas["Problem"] = PROBLEM
        for methods in document["paths"].values():
            for method, operation in methods.items():
                complete(method, operation)
    return document


def complete(method: str, operation: dict[str, Any]) -> None:
    """Say how an operation refuses, in place of what the framework would have answered."""
    operation["responses"].pop("422", None)
    operation["responses"]["4XX"] = NO
    if method == "post":
        operation.setdefault("parameters", []).append(KEY)
