"""What people answer in the forms: fitting their age, their programme and one another."""

from random import Random
from typing import Any

from demo.chance import happens, some
from demo.houses import House
from demo.words import words

PUBLICS = {
    "bursary": 0.22,
    "vocational": 0.08,
    "disability": 0.05,
    "refugee": 0.04,
    "dropout": 0.05,
    "carer": 0.03,
}
IN_CARE = 0.04
# After school and at the end of the week, as hours of the week.
HOURS = [day * 24 + hour for day in range(5) for hour in (17, 18, 19)] + [
    *(2 * 24 + hour for hour in (14, 15, 16)),
    *(5 * 24 + hour for hour in (10, 11, 14)),
]
# By age; whoever is older studies, learns a trade or works.
LEVELS = {
    6: ["cp"],
    7: ["ce1"],
    8: ["ce2"],
    9: ["cm1"],
    10: ["cm2"],
    11: ["6e"],
    12: ["5e"],
    13: ["4e"],
    14: ["3e"],
    15: ["2nde_gt", "2nde_gt", "2nde_pro", "cap"],
    16: ["1re_general", "1re_technological", "1re_pro", "cap"],
    17: ["tle_general", "tle_technological", "tle_pro", "cfa"],
}
HIGHER = ["licence", "licence", "bts_but", "bts_but", "cfa", "master"]
AT_WORK = ["jobseeker", "jobseeker", "jobseeker", "second_chance", "training"]
WORKING_FROM = 16


def young(source: Random, house: House, age: int) -> dict[str, Any]:
    """Fill in a referral, but for who and where."""
    [axis] = source.choices(list(house.axes), list(house.axes.values()))
    axis = axis if age >= WORKING_FROM else "education"
    at_work = axis == "employment"
    return {
        "axis": axis,
        "level": level_of(source, age, at_work=at_work),
        "needs": some(source, words("work_needs") if at_work else words("school_needs"), 1, 3),
        "sectors": some(source, words("sectors"), 1, 2)
        if at_work or source.random() < 1 / 3
        else [],
        "functions": some(source, words("functions"), 0, 2) if at_work else [],
        "motivation": source.choice(["succeed", "find_work"] if at_work else ["succeed", "meet"]),
        "modalities": modalities(source, house),
        "reach_km": house.reach_km + source.randint(-5, 15),
        "digital": source.choices(["computer", "phone", "none"], [0.55, 0.4, 0.05])[0],
        "publics": publics(source, house, age),
        "priority_district": source.choices([True, False, None], [0.3, 0.5, 0.2])[0],
        "chooses": False,
    } | answers(source)


def mentor(source: Random, house: House) -> dict[str, Any]:
    """Fill in the offer of a mentor, but for who and where."""
    settings = ["adult"] if house.template == "mentoru" else ["adult", "minor"]
    if "child_protection" in settings_of(house) and happens(source, 0.3):
        settings.append("child_protection")
    return {
        "sectors": some(source, words("sectors"), 1, 3),
        "functions": some(source, words("functions"), 0, 3),
        "motivation": source.choice(["transmit", "give_back", "meet", "learn"]),
        "modalities": modalities(source, house),
        "reach_km": house.reach_km + source.randint(0, 20),
        "settings": settings,
        "capacity": source.choices([1, 2, 3], [0.72, 0.23, 0.05])[0],
        "experienced": source.random() < 1 / 3,
    } | answers(source)


def answers(source: Random) -> dict[str, Any]:
    """Answer what both sides are asked."""
    tongue = source.choice(words("tongues")) if happens(source, 0.35) else None
    return {
        "languages": ["fr", tongue] if tongue else ["fr"],
        "mother_tongue": tongue if tongue and source.random() < 1 / 2 else None,
        "hobbies": some(source, words("hobbies"), 0, 4),
        "supports": some(source, words("supports"), 1, 3),
        "expectations": some(source, words("expectations"), 0, 3),
        "slots": sorted(some(source, HOURS, 6, 12)) if source.random() < 2 / 5 else [],
    }


def level_of(source: Random, age: int, *, at_work: bool) -> str:
    if at_work:
        return source.choice(AT_WORK)
    return source.choice(LEVELS.get(age, HIGHER))


def modalities(source: Random, house: House) -> list[str]:
    """Take some of what the programme does, in the order in which one likes it."""
    first, *others = house.modalities
    liked = [first, *(each for each in others if happens(source, 0.6))]
    source.shuffle(liked)
    return liked


def publics(source: Random, house: House, age: int) -> list[str]:
    known = [public for public, share in PUBLICS.items() if source.random() < share]
    in_care = "child_protection" in settings_of(house) and age in range(10, 17)
    return [*known, "child_protection"] if in_care and source.random() < IN_CARE else known


def settings_of(house: House) -> tuple[str, ...]:
    return ("child_protection",) if house.template in {"afev", "un_jeune_un_mentor"} else ()
