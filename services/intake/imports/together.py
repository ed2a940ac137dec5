"""Answers that stand in more than one cell, or in a cell that may be answered in two ways."""

from collections.abc import Mapping

from intake.imports.cells import CellProblem, Value, read_commune, read_word, read_words, split_name

WRITTEN = {"motivation": "motivation", "expectations": "expectation"}


def words_or_text(name: str, text: str) -> dict[str, Value]:
    """Take what is in the list as words, and anything else as the person's own text."""
    try:
        if name == "motivation":
            return {name: read_word(text, words=WRITTEN[name])}
        return {name: read_words(text, words=WRITTEN[name])}
    except CellProblem:
        return {f"{name}_text": text}


def names(given: dict[str, Value], prefix: str) -> None:
    """Part a full name in two, unless both parts are given."""
    full = given.pop(f"{prefix}full_name", None)
    parts = (f"{prefix}given_name", f"{prefix}family_name")
    if isinstance(full, str) and not all(part in given for part in parts):
        first, family = split_name(full)
        given.setdefault(parts[0], first)
        given.setdefault(parts[1], family)


def commune(given: dict[str, Value], texts: Mapping[str, list[str]]) -> None:
    """Know the town from its name, its postcode and its INSEE code together."""
    cells = [" ".join(texts.get(name, ())) for name in ("commune", "postcode", "insee")]
    for name in ("commune", "postcode", "insee"):
        given.pop(name, None)
    if any(cells):
        given["commune"] = read_commune(cells)
