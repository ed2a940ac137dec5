"""A history that never was: people who might be, drawn by a seed, for whom has no history yet."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from common.contracts.policy import Policy
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
from matching.domain.people import Mentee, Mentor, Terms
from matching.lab.history import Arrival, History

BEGINNING = datetime(2026, 9, 1, 8, tzinfo=UTC)
ASSOCIATION, PROGRAMME = UUID(int=1), UUID(int=2)
# Commune, department, latitude, longitude, and how many come from there out of a hundred.
CITIES = (
    ("75056", "75", 48.8566, 2.3522, 34),
    ("13055", "13", 43.2965, 5.3698, 16),
    ("69123", "69", 45.7640, 4.8357, 14),
    ("31555", "31", 43.6047, 1.4442, 10),
    ("59350", "59", 50.6292, 3.0573, 10),
    ("29019", "29", 48.3904, -4.4861, 6),
    ("48095", "48", 44.5181, 3.5006, 10),
)
SECTORS = ("health", "industry", "law", "trade", "digital", "art")
HOBBIES = ("football", "music", "reading", "cooking", "games")
# One is rarely understood in another language than that of the schools.
LANGUAGES = (("fr",), ("fr",), ("fr",), ("fr", "en"), ("fr", "ar"), ("en",))
ADULT = 18
SCATTER_DEGREES = 0.15
ACCEPT_REMOTE = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many come, and within how many days."""

    mentees: int
    mentors: int
    days: int


def invented(policy: Policy, size: Size, seed: int) -> History:
    """Draw arrivals under a policy: most mentees early, as after the summer; mentors all along."""
    random = Random(seed)  # noqa: S311 - nothing depends on nobody guessing it
    until = BEGINNING + timedelta(days=size.days)
    mentees = tuple(mentee(random, policy, number, size) for number in range(size.mentees))
    mentors = tuple(mentor(random, number, size) for number in range(size.mentors))
    terms = Terms(
        programme_id=PROGRAMME,
        policy_version=1,
        policy=policy,
        associations=frozenset({ASSOCIATION}),
        today=BEGINNING.date(),
    )
    return History(mentees=mentees, mentors=mentors, terms=(terms,), until=until)


def mentee(random: Random, policy: Policy, number: int, size: Size) -> Mentee:
    band = random.choice([each for each in AgeBand if is_of(each, policy)] or list(AgeBand))
    setting = Setting.MINOR if first_age(band) < ADULT else Setting.ADULT
    facets = MenteeFacets(
        **shared(random),
        age_band=band,
        setting=setting,
        axis=random.choice(policy.axes or tuple(Axis)),
        level=random.choice(policy.levels or ("lycee",)),
        needs=(),
        digital=random.choice((Digital.COMPUTER, Digital.PHONE, Digital.PHONE, Digital.NONE)),
        publics=(),
        experience_wanted=happens(random, 0.05),
    )
    return Mentee(
        referral_id=UUID(int=10_000 + number),
        mentee_id=UUID(int=20_000_000 + number),
        association_id=ASSOCIATION,
        programme_id=PROGRAMME,
        facets=facets,
        waiting_since=moment(random.triangular(0, 1, 0.15) * size.days),
    )


def mentor(random: Random, number: int, size: Size) -> Arrival:
    """Draw a mentor: half of them are there when the history begins."""
    facets = MentorFacets(
        **shared(random),
        age_band=random.choice((AgeBand.FROM_21, AgeBand.FROM_26, AgeBand.FROM_31)),
        settings=tuple(Setting),
        axes=tuple(Axis) if happens(random, 0.7) else (random.choice(tuple(Axis)),),
        levels=(),
        capacity=random.choice((1, 1, 1, 2, 3)),
        experienced=happens(random, 0.5),
    )
    found = Mentor(
        mentor_id=UUID(int=40_000_000 + number),
        association_id=ASSOCIATION,
        facets=facets,
        available=True,
        programmes=frozenset({PROGRAMME}),
        trained_for=frozenset({PROGRAMME}),
        screened_until=None,
    )
    return Arrival(mentor=found, since=moment(max(random.uniform(-1, 1), 0) * size.days))


def moment(days: float) -> datetime:
    return BEGINNING + timedelta(seconds=round(days * 24 * 3600))


def shared(random: Random) -> dict[str, Any]:
    """Draw what mentees and mentors are both asked; some of it nobody answers."""
    in_person = random.sample([each for each in Modality if each is not Modality.REMOTE], 2)
    remote = [Modality.REMOTE] if happens(random, ACCEPT_REMOTE) else []
    return {
        "gender": random.choice(tuple(Gender)),
        "supports": tuple(random.sample(tuple(Support), 2)),
        "sectors": tuple(random.sample(SECTORS, random.randint(0, 3))),
        "functions": (),
        "languages": random.choice(LANGUAGES),
        "mother_tongue": None,
        "hobbies": tuple(random.sample(HOBBIES, random.randint(0, 3))),
        "motivation": random.choice((None, *Motivation)),
        "expectations": tuple(random.sample(tuple(Expectation), 2)),
        "modalities": tuple(in_person + remote),
        "place": place(random),
        "reach_km": random.choice((10, 20, 30, 40, 60)),
        "slots": tuple(sorted(random.sample(EVENINGS, random.randint(0, 8)))),
    }


EVENINGS = [24 * day + hour for day in range(5) for hour in (16, 17, 18)]


def place(random: Random) -> Place:
    """Draw a place near a city, the larger ones more often."""
    [city] = random.choices(CITIES, weights=[each[4] for each in CITIES])
    commune, department, latitude, longitude, _ = city
    return Place(
        commune=commune,
        department=department,
        latitude=round(latitude + random.gauss(0, SCATTER_DEGREES), 4),
        longitude=round(longitude + random.gauss(0, SCATTER_DEGREES), 4),
        rural=department == "48",
        priority_district=None,
    )


def happens(random: Random, probability: float) -> bool:
    return random.random() < probability


def first_age(band: AgeBand) -> int:
    return int(band.rstrip("+").split("-")[0])


def is_of(band: AgeBand, policy: Policy) -> bool:
    youngest, oldest = policy.ages
    return youngest <= first_age(band) <= oldest
