"""The figures of the year, as reporting counts them for the collective."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from demo.actors import Actor

PERCENT = {"share_6_months": "≥ 6 mois", "share_12_months": "≥ 12 mois"}
DAYS = {"median": "médiane", "p90": "90 %"}
# Small, or hidden so that a small one cannot be worked out.
HIDDEN = "non publié"


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator: its number, what it counts, and the figure in words."""

    number: str
    words: str
    figure: str


async def figures_of(reader: Actor, first: date, last: date) -> list[Row]:
    """Ask for every indicator in every version, and write them as people read them."""
    rows: list[Row] = []
    for told in await reader.get("reporting", "/indicators"):
        period = {"version": told["version"], "from": first.isoformat(), "to": last.isoformat()}
        answer = await reader.get("reporting", f"/indicators/{told['name']}", **period)
        rows += rows_of(answer)
    return rows


def rows_of(answer: dict[str, Any]) -> Iterator[Row]:
    told = answer["indicator"]
    number = str(told["number"])
    for measure in told["measures"]:
        cells = [each for each in answer["figures"] if each["measure"] == measure["code"]]
        words = told["definition"].rstrip(".")
        several = len(told["measures"]) > 1
        if cells:
            yield Row(number, measure["label"] if several else words, in_words(cells))


def in_words(cells: list[dict[str, Any]]) -> str:
    """Say the whole first, then its parts, the largest first."""
    total = next(each for each in cells if each["group"] is None)
    parts = [each for each in cells if each["group"] is not None]
    parts.sort(key=lambda each: (-(each["n"] or 0), str(each["label"])))
    split = ", ".join(f"{each['label']} {figure(each)}" for each in parts)
    return f"{figure(total)} : {split}" if split else figure(total)


def figure(cell: dict[str, Any]) -> str:
    if cell["hidden"]:
        return HIDDEN
    said = [
        *(f"{words} {days(cell, name)}" for name, words in DAYS.items() if has(cell, name)),
        *(
            f"{words} {100 * cell['values'][name]:.0f} %"
            for name, words in PERCENT.items()
            if has(cell, name)
        ),
    ]
    return f"{cell['n']} ({', '.join(said)})" if said else str(cell["n"])


def has(cell: dict[str, Any], name: str) -> bool:
    return cell["values"].get(name) is not None


def days(cell: dict[str, Any], name: str) -> str:
    return f"{cell['values'][name]:.1f} j".replace(".", ",")
