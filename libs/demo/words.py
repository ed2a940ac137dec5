"""The words that the demo's people are made of: names, and codes of the vocabularies."""

import tomllib
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "words.toml"


@cache
def words(name: str) -> tuple[str, ...]:
    """Give a list by its name, such as "hobbies"."""
    return tuple(lists()[name].split())


@cache
def lists() -> dict[str, str]:
    read: dict[str, str] = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    return read
