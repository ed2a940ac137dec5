"""The rival of suggestions: one flat, indexed table in PostgreSQL, and one statement on it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Text, bindparam, cast, column, insert, table, text
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.policy import Criterion
from common.contracts.vocabulary import Axis, Modality, Setting
from matching.domain.candidates.roster import BANDS, MOTIVATIONS, SHARED
from matching.domain.constraints import places_to_meet, youngest_allowed
from matching.domain.criteria import ANSWERS
from matching.domain.people import Mentee, Mentor
from tests.matching.cast import TERMS, WEIGHTS

WEIGHED = dict(
    zip(
        SHARED,
        (
            Criterion.SECTOR,
            Criterion.FUNCTION,
            Criterion.EXPECTATIONS,
            Criterion.HOBBY,
            Criterion.MODALITY,
        ),
        strict=True,
    )
)
LISTS = {"slots": 192, "languages": 192, "levels": 64}
COLUMNS = (
    "mentor_id",
    "latitude",
    "longitude",
    "reach",
    "band",
    "motivation",
    "tongue",
    "experienced",
    "remote",
    "axes",
    "settings",
    "offered",
    *LISTS,
    *SHARED,
)
KINDS = {
    "mentor_id": "uuid primary key",
    "latitude": "float8",
    "longitude": "float8",
    "tongue": "text",
    "experienced": "boolean",
    "remote": "boolean",
}
MAKE = (
    "create table flat ("
    + ", ".join(
        f"{name} {KINDS.get(name, f'bit({LISTS[name]})' if name in LISTS else 'bigint')}"
        for name in COLUMNS
    )
    + ")"
)
# What is shared of two lists, by the shorter one; half where a side gave nothing.
OVERLAP = """
create function overlap(one bigint, other bigint) returns float8 immutable language sql as $$
    select case when one = 0 or other = 0 then 0.5
           else bit_count((one & other)::bit(64))::float8
                / least(bit_count(one::bit(64)), bit_count(other::bit(64))) end
$$
"""
flat = table("flat", *(column(name) for name in COLUMNS))
ADD = insert(flat).values(
    {
        name: cast(cast(bindparam(name), Text), BIT(LISTS[name]))
        if name in LISTS
        else bindparam(name)
        for name in COLUMNS
    }
)
INDEX = (
    "create index on flat (latitude)",
    "create index on flat (axes, settings) where remote",
    "vacuum analyze flat",
)


@dataclass(frozen=True, slots=True)
class Numbered:
    """Codes by the order in which they came."""

    of: dict[object, int] = field(default_factory=dict)

    def mask(self, codes: Iterable[object]) -> int:
        return sum(1 << self.of.setdefault(code, len(self.of)) for code in set(codes))


CODES = {name: Numbered() for name in (*LISTS, *SHARED)}
PLACES = {each: 1 << place for place, each in enumerate(Modality)}
AXES = {each: 1 << place for place, each in enumerate(Axis)}
SETTINGS = {each: 1 << place for place, each in enumerate(Setting)}


def row_of(mentor: Mentor) -> dict[str, Any]:
    facets = mentor.facets
    return {
        "mentor_id": mentor.mentor_id,
        "latitude": facets.place.latitude,
        "longitude": facets.place.longitude,
        "reach": facets.reach_km,
        "band": BANDS[facets.age_band],
        "motivation": MOTIVATIONS[facets.motivation],
        "tongue": facets.mother_tongue,
        "experienced": facets.experienced,
        "remote": Modality.REMOTE in facets.modalities,
        "axes": sum(AXES[each] for each in facets.axes),
        "settings": sum(SETTINGS[each] for each in facets.settings),
        "offered": sum(PLACES[each] for each in set(facets.modalities)),
        **{name: CODES[name].mask(getattr(facets, name)) for name in LISTS},
        **{name: CODES[name].mask(codes(facets)) for name, codes in SHARED.items()},
    }


async def fill(tx: AsyncConnection, mentors: Sequence[Mentor]) -> None:
    """Lay everybody out in one table."""
    await tx.execute(text(MAKE))
    await tx.execute(text(OVERLAP))
    rows = [written(row_of(each)) for each in mentors]
    for start in range(0, len(rows), 5000):
        await tx.execute(ADD, rows[start : start + 5000])


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(row) | {name: f"{row[name]:0{width}b}" for name, width in LISTS.items()}


BEST = text((Path(__file__).parent / "best.sql").read_text(encoding="utf-8"))
CONSTANTS = {
    **{f"w_{name}": WEIGHTS[criterion] for name, criterion in WEIGHED.items()},
    "w_motivation": WEIGHTS[Criterion.MOTIVATION],
    "w_age": WEIGHTS[Criterion.AGE],
    "w_mother_tongue": WEIGHTS[Criterion.MOTHER_TONGUE],
    "last_band": len(BANDS) - 1,
}


async def best_by_sql(tx: AsyncConnection, mentee: Mentee, most: int) -> list[Any]:
    return list(await tx.execute(BEST, asked(mentee) | CONSTANTS | {"most": most}))


def asked(mentee: Mentee) -> dict[str, Any]:
    facets, wanted = mentee.facets, places_to_meet(mentee, TERMS)
    lists = {"slots": facets.slots, "languages": facets.languages, "levels": (facets.level,)}
    answers: Collection[Any] = ANSWERS[facets.motivation] if facets.motivation else ()
    return {
        **{name: f"{CODES[name].mask(codes):0{LISTS[name]}b}" for name, codes in lists.items()},
        **{name: CODES[name].mask(codes(facets)) for name, codes in SHARED.items()},
        "any_slot": not facets.slots,
        "motivation": MOTIVATIONS[facets.motivation],
        "answers": [MOTIVATIONS[each] for each in answers],
        "band": BANDS[facets.age_band],
        "youngest": youngest_allowed(facets.age_band, TERMS.policy),
        "tongue": facets.mother_tongue,
        "wish": f"{CODES['languages'].mask([facets.mother_tongue]):0{LISTS['languages']}b}",
        "latitude": facets.place.latitude,
        "longitude": facets.place.longitude,
        "degrees": (facets.reach_km + 0.001) / 111.19,
        "reach": facets.reach_km,
        "remote": Modality.REMOTE in wanted,
        "rooms": sum(PLACES[each] for each in wanted - {Modality.REMOTE}),
        "axis": AXES[facets.axis],
        "setting": SETTINGS[facets.setting],
        "experience": facets.experience_wanted,
    }
