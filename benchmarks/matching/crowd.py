"""A national crowd, made up: as many people as one likes, with all that the rules ask of them.

Homes are communes, drawn by population from those that intake ships, the far ones overseas too;
45 % accept to meet remotely; lists are as long as people fill them in, and one in six is empty.
The same seed makes the same crowd.
"""

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

from common.contracts.vocabulary import (
    AgeBand,
    Axis,
    Digital,
    Expectation,
    Gender,
    MenteeFacets,
    MentorFacets,
    Modality,
    Motivation,
    Place,
    Setting,
    Support,
)
from demo.chance import Chance
from local.platform import ROOT
from matching.domain.people import Mentee, Mentor
from tests.matching.cast import ASSOCIATION, NOW, PROGRAMME

SHIPPED = ROOT / "services" / "intake" / "data"
ACCEPT_REMOTE = 0.45
GIVEN = 5 / 6
ROOMS = tuple(each for each in Modality if each is not Modality.REMOTE)
HOURS = tuple(24 * day + hour for day in range(7) for hour in range(8, 21))
REACHES_KM = (5, 10, 15, 20, 30, 50)
AT_SCHOOL = (AgeBand.FROM_5, AgeBand.FROM_11, AgeBand.FROM_15, AgeBand.FROM_18)
GROWN_UP = (AgeBand.FROM_18, AgeBand.FROM_21, AgeBand.FROM_26, AgeBand.FROM_31)


@cache
def codes(vocabulary: str) -> tuple[str, ...]:
    """Read the codes of a vocabulary that intake ships."""
    with (SHIPPED / f"{vocabulary}.csv").open(encoding="utf-8") as text:
        return tuple(row["code"] for row in csv.DictReader(text))


@cache
def communes() -> tuple[tuple[Place, ...], tuple[int, ...]]:
    """Read the communes, and by how many people they weigh."""
    with gzip.open(SHIPPED / "communes.csv.gz", "rt", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    return tuple(map(place_of, rows)), tuple(int(row["population"] or 0) for row in rows)


def place_of(row: dict[str, str]) -> Place:
    return Place(
        commune=row["code"],
        department=row["department"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        rural=False,
        priority_district=None,
    )


@dataclass(frozen=True, slots=True)
class Draw:
    """Draws people; which they are depends on the seed alone."""

    random: Random

    def some(self, from_: Sequence[Any], most: int) -> tuple[Any, ...]:
        """Draw a list as people fill it in: one in six leaves it empty."""
        if self.random.random() > GIVEN:
            return ()
        return tuple(self.random.sample(from_, self.random.randint(1, most)))

    def one(self, of: Sequence[Any]) -> Any:
        """Draw one of several, the first oftenest."""
        return of[min(int(self.random.expovariate(6 / len(of))), len(of) - 1)]

    def homes(self, count: int) -> list[Place]:
        places, population = communes()
        return self.random.choices(places, population, k=count)

    def both_sides(self) -> dict[str, Any]:
        """Draw what mentees and mentors give alike."""
        random, wish = self.random, self.some(codes("languages"), 1)
        remote = (Modality.REMOTE,) if random.random() < ACCEPT_REMOTE else ()
        return {
            "gender": Gender.NOT_STATED,
            "supports": self.some(tuple(Support), 2),
            "sectors": self.some(codes("sectors"), 3),
            "functions": self.some(codes("functions"), 2),
            "languages": ("fr", *wish) if random.random() < ACCEPT_REMOTE else ("fr",),
            "mother_tongue": self.one(("fr", *wish)) if random.random() < ACCEPT_REMOTE else None,
            "hobbies": self.some(codes("hobbies"), 3),
            "motivation": self.one((*Motivation, None)),
            "expectations": self.some(tuple(Expectation), 2),
            "modalities": (*random.sample(ROOMS, 2), *remote),
            "reach_km": random.choice(REACHES_KM),
            "slots": self.some(HOURS, 5),
        }

    def mentee(self, number: int, home: Place) -> Mentee:
        facets = MenteeFacets(
            **self.both_sides(),
            place=home,
            age_band=self.random.choice(AT_SCHOOL),
            setting=self.one(tuple(reversed(Setting))[1:]),
            axis=self.one(tuple(Axis)),
            level=self.random.choice(codes("levels")),
            needs=(),
            digital=self.one((Digital.COMPUTER, Digital.PHONE, Digital.NONE)),
            publics=(),
            experience_wanted=self.random.random() > GIVEN,
        )
        return Mentee(
            referral_id=UUID(int=1 << 64 | number),
            mentee_id=UUID(int=2 << 64 | number),
            association_id=ASSOCIATION,
            programme_id=PROGRAMME,
            facets=facets,
            waiting_since=NOW - timedelta(hours=self.random.randrange(2000)),
        )

    def mentor(self, number: int, home: Place) -> Mentor:
        facets = MentorFacets(
            **self.both_sides(),
            place=home,
            age_band=self.random.choice(GROWN_UP),
            settings=tuple(Setting)[: self.random.randint(1, 3)],
            axes=tuple(Axis)[: self.random.randint(1, 2)],
            levels=self.some(codes("levels"), 12),
            capacity=self.one((1, 2, 3)),
            experienced=self.random.random() < ACCEPT_REMOTE,
        )
        return Mentor(
            mentor_id=UUID(int=3 << 64 | number),
            association_id=ASSOCIATION,
            facets=facets,
            available=True,
            programmes=frozenset({PROGRAMME}),
            trained_for=frozenset({PROGRAMME}),
            screened_until=None,
            engaged=int(self.random.random() > GIVEN),
        )


def mentees(count: int, seed: int = 1) -> list[Mentee]:
    draw = Draw(Chance(seed).about("mentees"))
    return [draw.mentee(number, home) for number, home in enumerate(draw.homes(count))]


def mentors(count: int, seed: int = 2) -> list[Mentor]:
    draw = Draw(Chance(seed).about("mentors"))
    return [draw.mentor(number, home) for number, home in enumerate(draw.homes(count))]
