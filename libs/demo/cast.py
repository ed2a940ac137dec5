"""Who lives the year: mentors and young people, as they are before anything happens to them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import Any

from demo import places, profiles
from demo.chance import Chance, happens
from demo.houses import HOUSES, House
from demo.names import FAMILY, FEMALE, MALE, plain

# The first and the last day, from the start of the year, on which people come.
MENTORS_COME = {(0, 10): 0.5, (11, 40): 0.3, (41, 130): 0.2}
YOUNG_COME = {(4, 30): 0.4, (31, 70): 0.3, (71, 150): 0.2, (151, 210): 0.1}
DOORS = {"prescriber": 0.52, "spreadsheet": 0.26, "association": 0.12, "family": 0.06, "self": 0.04}
MAJORITY = 18
OLD_ENOUGH_FOR_MAIL = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a number of their own, from which all about them follows."""

    number: int
    given_name: str
    family_name: str
    email: str
    house: House
    # The day of the year on which they first turn up.
    comes_on: int
    form: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Young(Person):
    """A young person or a job seeker, the door they come by, and their guardian's address."""

    door: str
    age: int
    guardian_email: str | None

    @property
    def minor(self) -> bool:
        return self.age < MAJORITY

    @property
    def address(self) -> str | None:
        """Give the address of those who are old enough to have one."""
        return self.email if self.age >= OLD_ENOUGH_FOR_MAIL else None

    @property
    def protected(self) -> bool:
        return "child_protection" in self.form["publics"]


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Everybody, from one seed, as many as are wanted."""

    chance: Chance
    starts_on: date
    mentor_count: int
    young_count: int
    doors: Mapping[str, float] = field(default_factory=lambda: DOORS)

    @cached_property
    def mentors(self) -> list[Person]:
        return [self._mentor(*each) for each in numbered(self.mentor_count)]

    @cached_property
    def young(self) -> list[Young]:
        return [self._young(*each) for each in numbered(self.young_count)]

    @cached_property
    def _areas(self) -> dict[str, places.Area]:
        return {house.key: area_of(house) for house in HOUSES}

    def _mentor(self, number: int, house: House) -> Person:
        source = self.chance.about("mentor", number)
        gender, given, family = named(source, number, "mentor")
        form = profiles.mentor(source, house) | {
            "gender": gender,
            "commune": self._areas[house.key].home(source).code,
            "birth_date": self._born(source, source.randint(*house.mentor_ages)),
        }
        return Person(
            number=number,
            given_name=given,
            family_name=family,
            email=address(given, family, number, "mentors.example"),
            house=house,
            comes_on=day_from(source, MENTORS_COME),
            form=form,
        )

    def _young(self, number: int, house: House) -> Young:
        source = self.chance.about("young", number)
        gender, given, family = named(source, number, "young")
        age = source.randint(*house.mentee_ages)
        door = door_of(source, age, self.doors)
        guardian = guardian_of(source, family, number) if age < MAJORITY else None
        form = profiles.young(source, house, age) | {
            "gender": gender,
            "commune": self._areas[house.key].home(source).code,
            "birth_date": self._born(source, age),
            "guardian": guardian,
        }
        return Young(
            number=number,
            given_name=given,
            family_name=family,
            email=address(given, family, number, "jeunes.example"),
            house=house,
            comes_on=day_from(source, YOUNG_COME),
            form=form,
            door=door,
            age=age,
            guardian_email=guardian["email"] if guardian else None,
        )

    def _born(self, source: Random, age: int) -> str:
        """Give a birth date by which somebody keeps this age through most of the year."""
        month = self.starts_on.replace(year=self.starts_on.year - age, day=1)
        return (month - timedelta(days=source.randint(0, 90))).isoformat()


def numbered(count: int) -> Iterator[tuple[int, House]]:
    """Hand people out to associations by their shares, mixed, the same for every seed."""
    given = dict.fromkeys(HOUSES, 0)
    for number in range(count):
        poorest = max(HOUSES, key=lambda house: house.share * (number + 1) - given[house])
        given[poorest] += 1
        yield number, poorest


def area_of(house: House) -> places.Area:
    if house.circle_km is None:
        return places.everywhere(places.country_first)
    weigh = places.country_first if house.key == "rural" else places.inhabitants
    return places.around(house.commune, house.circle_km, weigh)


def named(source: Random, number: int, part: str) -> tuple[str, str, str]:
    """Call people so that no two of one part have the same name."""
    gender = source.choices(["female", "male", "not_stated"], [0.56, 0.41, 0.03])[0]
    given_names = FEMALE if gender == "female" else MALE
    given = source.choice(given_names)
    # Neighbours in number get family names far apart; a round of all of them shifts the first name.
    family = FAMILY[(number * 7 + len(part)) % len(FAMILY)]
    second = source.choice(FAMILY) if number >= len(FAMILY) else ""
    return gender, given, f"{family}-{second}" if second and second != family else family


def address(given: str, family: str, number: int, domain: str) -> str:
    return f"{plain(given)}.{plain(family)}{number}@{domain}"


def guardian_of(source: Random, family: str, number: int) -> dict[str, Any]:
    given = source.choice(FEMALE if happens(source, 0.7) else MALE)
    return {
        "given_name": given,
        "family_name": family,
        "email": address(given, family, number, "familles.example"),
        "phone": "06 " + " ".join(f"{source.randint(0, 99):02}" for _ in range(4)),
    }


def door_of(source: Random, age: int, doors: Mapping[str, float]) -> str:
    """Choose a door: a minor does not come alone, and a grown-up not with a parent."""
    [door] = source.choices(list(doors), list(doors.values()))
    if door == "self" and age < MAJORITY:
        return "family"
    return "self" if door == "family" and age >= MAJORITY else door


def day_from(source: Random, waves: Mapping[tuple[int, int], float]) -> int:
    [(first, last)] = source.choices(list(waves), list(waves.values()))
    return source.randint(first, last)
