"""The smallest body that a route understands, written from its OpenAPI schema."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]
Ids: TypeAlias = Mapping[str, Sequence[str]]

# What a schema alone does not tell: a town of France, a grown-up, a moment that has passed.
WORDS = {
    "commune": "29019",
    "birth_date": "1985-05-20",
    "held_at": "2026-01-05T10:00:00Z",
    "level": "3e",
    "template": "un_jeune_un_mentor",
    "mood": 3,
    "code": "123456",
}
PATTERNS = {"^[0-9a-f]{64}$": "0" * 64, "^[0-9]{6}$": "123456"}
FORMATS = {
    "date": "2026-12-01",
    "date-time": "2026-12-01T10:00:00Z",
    "email": "somebody@mail.example",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "binary": "Prénom;Nom\nYanis;Moreau\n",
}


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes bodies in the terms of one OpenAPI document, about things that exist."""

    document: Schema
    ids: Ids

    def content(self, method: str, path: str) -> tuple[str, Any] | None:
        """Give the media type and the body of an operation, or None if it takes none."""
        operation = self.document["paths"].get(path, {}).get(method.lower(), {})
        for media_type, described in operation.get("requestBody", {}).get("content", {}).items():
            return media_type, self.value("", described["schema"])
        return None

    def value(self, name: str, schema: Schema) -> Any:
        schema = self.resolved(schema)
        if name in WORDS:
            return WORDS[name]
        if known := self.known(name):
            return [known] if schema.get("type") == "array" else known
        if "enum" in schema or "const" in schema:
            return schema.get("enum", [schema.get("const")])[0]
        return self.written(name, schema)

    def written(self, name: str, schema: Schema) -> Any:
        match schema.get("type"):
            case "object":
                return self.record(schema)
            case "array":
                return [self.value(name, schema["items"])] * schema.get("minItems", 0)
            case "integer" | "number":
                return int(schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1))
            case "boolean":
                return True
            case _:
                return text(schema)

    def record(self, schema: Schema) -> dict[str, Any]:
        """Fill in what must be there, and whatever could speak of somebody else's things."""
        needed = schema.get("required", ())
        return {
            name: self.value(name, each)
            for name, each in schema.get("properties", {}).items()
            if name in needed or self.known(name)
        }

    def known(self, name: str) -> str | None:
        """Find something that exists: `programme_ids` asks for what `programme_id` names."""
        found = self.ids.get(name) or self.ids.get(name.removesuffix("s"))
        return found[0] if found and name != "line" else None

    def resolved(self, schema: Schema) -> Schema:
        """Follow references, and of several forms take the first that is something."""
        while "$ref" in schema or "anyOf" in schema:
            if "$ref" in schema:
                schema = self.document["components"]["schemas"][schema["$ref"].split("/")[-1]]
            else:
                schema = next(each for each in schema["anyOf"] if each.get("type") != "null")
        return schema


def text(schema: Schema) -> str:
    pattern = str(schema.get("pattern"))
    if pattern in PATTERNS:
        return PATTERNS[pattern]
    return FORMATS.get(str(schema.get("format")), "x" * max(int(schema.get("minLength", 1)), 1))
