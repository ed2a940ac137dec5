"""What people are shown: figures with their definition, and journeys by who may follow them."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from common.caller import Caller
from common.contracts.suppression import FEWEST, hidden
from common.contracts.vocabulary import Role
from reporting.domain.definitions import Definition, Split
from reporting.domain.figures import Cell, Figure, figures
from reporting.domain.journeys import (
    NotYourJourney,
    for_association,
    for_prescriber,
    in_charge,
)
from reporting.domain.linked import LINKED, Hidden, hidden_beside
from reporting.domain.periods import Period
from reporting.domain.sheet import sheet
from reporting.domain.words import COLUMNS, Language, group_words
from reporting.store import figures as counted
from reporting.store.figures import Question
from reporting.store.journeys import find_referral, journey_of
from reporting.store.populations import POPULATIONS, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question about one indicator, as far as the asker may ask it."""

    definition: Definition
    period: Period
    split: Split | None
    # None: all of them.
    association_ids: frozenset[UUID] | None
    language: Language
    as_sheet: bool

    @property
    def file_name(self) -> str:
        days = f"{self.period.first}-{self.period.last}"
        return f"{self.definition.code}-v{self.definition.version}-{days}"


def definition_shown(each: Definition, language: Language) -> dict[str, Any]:
    return {
        "number": each.number,
        "name": each.code,
        "version": each.version,
        "recommended": each.recommended,
        "definition": getattr(each.words, language),
        "formula": getattr(each.formula, language),
        "unit": getattr(each.unit, language),
        "splits": each.splits,
        "usual_split": each.usual_split,
        "measures": [
            {"code": measure.code, "label": getattr(measure.words, language)}
            for measure in each.measures
        ],
    }


async def indicator(tx: AsyncConnection, asked: Asked, now: datetime) -> dict[str, Any]:
    """Compute an indicator; every answer carries its definition, period and coverage."""
    span = Span(start=asked.period.start, end=asked.period.watched_until(now))
    found = await compute(tx, asked, span)
    names = await counted.names(tx, asked.split)
    coverage = await counted.coverage(tx, span, asked.association_ids)
    return {
        "indicator": definition_shown(asked.definition, asked.language),
        "period": {
            "from": asked.period.first,
            "to": asked.period.last,
            "complete": asked.period.end <= now,
        },
        "split": asked.split,
        "computed_at": now,
        "coverage": dict(coverage),
        "hidden_under": FEWEST,
        "figures": [figure_shown(each, names, asked.language) for each in found],
    }


async def compute(tx: AsyncConnection, asked: Asked, span: Span) -> list[Figure]:
    found: list[Figure] = []
    for measure in asked.definition.measures:
        if asked.split and asked.split not in measure.splits:
            continue
        population = POPULATIONS[asked.definition.code, asked.definition.version, measure.code]
        question = Question(
            rows=population,
            kind=measure.kind,
            span=span,
            split=asked.split,
            association_ids=asked.association_ids,
        )
        groups, total = await counted.cells(tx, question)
        found += figures(measure.code, groups, total, await hidden_of(tx, question, groups))
    return found


async def hidden_of(tx: AsyncConnection, asked: Question, groups: list[Cell]) -> Hidden:
    """Choose the groups to hide, minding the split beside which this one is asked for too."""
    cells = {str(each.group): each.n for each in groups}
    if asked.split is None or asked.split not in LINKED:
        return hidden(cells)
    others = await counted.beside(tx, asked, LINKED[asked.split])
    return hidden_beside(asked.split, cells, others)


def figure_shown(each: Figure, names: dict[str, str], language: Language) -> dict[str, Any]:
    group = each.group
    label = names.get(group or "") or group_words(group, language)
    return asdict(each) | {"label": label}


def as_sheet(answer: dict[str, Any], language: Language) -> bytes:
    """Write one line a figure; each line carries its definition, as figures are copied alone."""
    told, period, coverage = answer["indicator"], answer["period"], answer["coverage"]
    labels = {each["code"]: each["label"] for each in told["measures"]}
    around = (told["name"], told["version"], told["definition"], told["unit"])
    when = (period["from"], period["to"], period["complete"], answer["computed_at"])
    rests_on = (coverage["heard_until"], coverage["events"], coverage["associations"])
    rows = [
        [
            *(*around, *when, *rests_on, answer["split"]),
            *(labels[each["measure"]], each["group"], each["label"], each["hidden"], each["n"]),
            *(each["values"].get(name) for name in ("median", "p90")),
            *(each["values"].get(f"share_{months}_months") for months in (6, 12)),
        ]
        for each in answer["figures"]
    ]
    return sheet(COLUMNS[language], [[in_words(cell, language) for cell in row] for row in rows])


def in_words(cell: object, language: Language) -> object:
    if isinstance(cell, bool):
        return {"fr": ("non", "oui"), "en": ("no", "yes")}[language][cell]
    return cell.isoformat() if isinstance(cell, datetime) else cell


async def journey(tx: AsyncConnection, caller: Caller, referral_id: UUID) -> dict[str, Any]:
    """Show the association in charge the whole journey, and the prescriber where it stands."""
    referral = await find_referral(tx, referral_id)
    steps = await journey_of(tx, referral_id)
    charged = in_charge(steps)
    mine = {grant.association_id for grant in caller.grants if grant.role is Role.COORDINATOR}
    if charged and charged in mine:
        shown = [asdict(step) for step in for_association(steps, charged)]
        return {"referral_id": referral_id, "association_id": charged, "steps": shown}
    if caller.has(Role.PRESCRIBER) and caller.person_id == referral["prescriber_id"]:
        status = for_prescriber(steps)
        return {
            "referral_id": referral_id,
            "status": status[-1][1] if status else None,
            "steps": [{"at": at, "status": stands} for at, stands in status],
        }
    raise NotYourJourney(referral_id)
