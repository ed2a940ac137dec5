"""When somebody has time, as people write it: "mercredi après-midi, samedi 10h-12h"."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

from intake.spelling import plain

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS_A_DAY = 24
WORKING_DAYS = range(5)
WEEKEND = range(5, 7)
WAKING = (8, 20)
PARTS = {
    "apres midi": (14, 18),
    "aprem": (14, 18),
    "afternoon": (14, 18),
    "matin": (8, 12),
    "morning": (8, 12),
    "midi": (12, 14),
    "noon": (12, 14),
    "soir": (18, 21),
    "evening": (18, 21),
    "journee": WAKING,
}
ANY_TIME = frozenset(
    (
        *("flexible", "indifferent", "toujours", "variable", "libre", "any", "anytime", "tous"),
        *("a definir", "a voir", "tout le temps", "sans contrainte"),
    )
)

_DAY = "|".join(
    chain(
        (f"{name}s?" for name in (*DAYS, *ENGLISH_DAYS)),
        (f"{name[:3]}" for name in DAYS),
        (f"{name[:3]}" for name in ENGLISH_DAYS),
    )
)
_DAYS = re.compile(rf"\b({_DAY})\b")
_RANGE = re.compile(rf"\b({_DAY}) (?:au|a|to|-) ({_DAY})\b")
_HOURS = re.compile(
    r"\b(\d{1,2}) ?(?:h|:|heures?)? ?(\d\d)? ?(?:a|-|to|et) ?(\d{1,2}) ?(?:h|:|heures?)? ?(\d\d)?\b"
)
# What turns a day or an hour into something else than that time: better asked than guessed.
_TURNED = re.compile(
    r"\b(?:pas|sauf|hors|hormis|excepte\w*|except|but|sans|jamais|ni|aucune?|indispo\w*|occupee?|not?"
    r"|never|unavailable|impossible|without|avant|jusqu|before|until|[ap] ?m)\b"
)
_HOLIDAYS = re.compile(r"\b(?:hors|sauf)(?: les?)? (?:periodes? de )?vacances\b")
_EVERY_DAY = re.compile(
    r"\b(?:toute la semaine|(?:tous les|chaque|every) (?:jours?|matins?|midis?|apres midis?|soirs?"
    r"|day|morning|afternoon|evening))\b"
)
_FROM = re.compile(r"\b(?:a partir de|apres|des|from|after) (\d{1,2}) ?h? ?(?:\d\d)?\b")
_PARTS = re.compile(rf"\b({'|'.join(PARTS)})(?:s|ee|ees)?\b")
_JOINED = re.compile(r"\b(week|apr[eè]s)-", re.IGNORECASE)
_DASH = re.compile(r"[-–—→]")
_SEPARATORS = re.compile(r"[;,/|\n]")


class NotHours(ValueError):
    """Nobody can tell which hours of the week are meant."""


@lru_cache(maxsize=20_000)
def hours_of(text: str) -> tuple[int, ...]:
    """Read the hours of the week that are meant; none if any time is good."""
    if plain(text) in ANY_TIME:
        return ()
    hours: set[int] = set()
    days: list[int] = []
    waiting: list[int] = []
    for part in filter(None, map(_legible, _SEPARATORS.split(text))):
        check_whole(part)
        named, spans = days_in(part), spans_in(part)
        if not named and not spans:
            raise NotHours
        waiting.extend(named)
        if not spans:
            # "lundi, mardi soir": the evening is meant for both.
            continue
        # "lundi 9h-12h, 14h-17h": the afternoon is meant for the same day.
        days = waiting or days
        hours.update(_spread(days or range(7), spans))
        waiting = []
    hours.update(_spread(waiting, [WAKING]))
    return tuple(sorted(hours))


def check_whole(part: str) -> None:
    """Refuse what would be understood by half: a no, or an hour that no span takes in."""
    left = _FROM.sub(" ", _HOURS.sub(" ", part))
    if _TURNED.search(_HOLIDAYS.sub(" ", part)) or re.search(r"\d", left):
        raise NotHours


def days_in(part: str) -> list[int]:
    found = {day_of(each) for each in _DAYS.findall(part)}
    for first, last in _RANGE.findall(part):
        start, end = day_of(first), day_of(last)
        found.update((start + days) % 7 for days in range((end - start) % 7 + 1))
    if re.search(r"\b(?:week ?ends?|we)\b", part):
        found.update(WEEKEND)
    elif re.search(r"\b(?:en semaine|jours? ouvres?|weekdays?)\b", part):
        found.update(WORKING_DAYS)
    elif _EVERY_DAY.search(part):
        found.update(range(7))
    return sorted(found)


def day_of(word: str) -> int:
    for names in (DAYS, ENGLISH_DAYS):
        for place, name in enumerate(names):
            if name.startswith(word[:3]) and word.rstrip("s") in {name, name[:3]}:
                return place
    raise NotHours


def spans_in(part: str) -> list[tuple[int, int]]:
    spans = [
        (int(start), min(int(end) + (1 if minutes and int(minutes) else 0), HOURS_A_DAY))
        for start, _, end, minutes in _HOURS.findall(part)
    ]
    spans += [(int(start), 21) for start in _FROM.findall(part)]
    if not spans:
        spans = [PARTS[each] for each in _PARTS.findall(part)]
    if any(not 0 <= start < end for start, end in spans):
        raise NotHours
    return spans


def _legible(part: str) -> str:
    """Reduce to plain words, and keep the dash that stands between two hours or two days."""
    joined = _JOINED.sub(r"\1 ", part.replace(":", "h"))
    return " - ".join(plain(each) for each in _DASH.split(joined)).strip(" -")


def _spread(days: Iterable[int], spans: Sequence[tuple[int, int]]) -> set[int]:
    hours = {hour for start, end in spans for hour in range(start, end)}
    return {day * HOURS_A_DAY + hour for day in days for hour in hours}
