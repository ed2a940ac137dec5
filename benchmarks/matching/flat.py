"""The rival of suggestions: one flat, indexed table in PostgreSQL, and one statement on it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
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
BITS = 64
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
    names = ", ".join(COLUMNS)
    given = ", ".join(
        f"cast(cast(:{name} as text) as bit({LISTS[name]}))" if name in LISTS else f":{name}"
        for name in COLUMNS
    )
    added = text(f"insert into flat ({names}) values ({given})")  # noqa: S608 -- our own names
    rows = [written(row_of(each)) for each in mentors]
    for start in range(0, len(rows), 5000):
        await tx.execute(added, rows[start : start + 5000])


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(row) | {name: f"{row[name]:0{width}b}" for name, width in LISTS.items()}


def overlaps() -> str:
    """Weigh in SQL what is shared of each list."""
    return " + ".join(
        f"(case when {name} = 0 or cast(:{name} as bigint) = 0 then 0.5 else"
        f" bit_count(({name} & :{name})::bit(64))::float8"
        f" / least(bit_count({name}::bit(64)), bit_count(cast(:{name} as bigint)::bit(64))) end)"
        f" * {WEIGHTS[criterion]}"
        for name, criterion in WEIGHED.items()
    )


BEST = text(f"""
    select mentor_id, fit, km from (
        select *, {overlaps()}
            + (case when cast(:motivation as bigint) = 0 or motivation = 0 then 0.5
               when motivation = any(cast(:answers as bigint[])) then 1 else 0 end)
              * {WEIGHTS[Criterion.MOTIVATION]}
            + (1 - abs(band - :band) / {len(BANDS) - 1}.0) * {WEIGHTS[Criterion.AGE]}
            + (case when cast(:tongue as text) is null then 0.5
               when tongue = :tongue or (languages & cast(cast(:wish as text) as bit(192)))
                    <> cast(0 as bit(192)) then 1
               when tongue is null then 0.5 else 0 end) * {WEIGHTS[Criterion.MOTHER_TONGUE]} as fit
        from (
            select *, round((2 * 6371.0088 * asin(least(1, sqrt(
                    sin(radians(latitude - :latitude) / 2) ^ 2
                    + cos(radians(:latitude)) * cos(radians(latitude))
                    * sin(radians(longitude - :longitude) / 2) ^ 2))))::numeric, 3) as km
            from flat
            where (latitude between :latitude - :degrees and :latitude + :degrees
                   or remote and :remote)
            and axes & :axis <> 0 and settings & :setting <> 0
            and band >= :youngest and (experienced or not :experience)
            and (slots & cast(cast(:slots as text) as bit(192)) <> cast(0 as bit(192))
                 or slots = cast(0 as bit(192)) or :any_slot)
            and (languages & cast(cast(:languages as text) as bit(192)) <> cast(0 as bit(192))
                 or languages = cast(0 as bit(192)))
            and (levels & cast(cast(:levels as text) as bit(64)) <> cast(0 as bit(64))
                 or levels = cast(0 as bit(64)))
        ) as likely
        where km <= least(reach, :reach) and offered & :rooms <> 0 or remote and :remote
    ) as weighed
    order by round(fit::numeric, 9) desc, km, mentor_id limit :most
""")  # noqa: S608 -- our own names


async def best_by_sql(tx: AsyncConnection, mentee: Mentee, most: int) -> list[Any]:
    return list(await tx.execute(BEST, asked(mentee) | {"most": most}))


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
