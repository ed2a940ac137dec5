"""A history: who came to wait for a mentor, who came to be one, and when."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from common.contracts.policy import Policy
from matching.domain.computation import INPUTS, Inputs, ordered
from matching.domain.people import Mentee, Mentor, Terms
from matching.lab.chance import chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A mentor, and since when they can be asked."""

    mentor: Mentor
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All arrivals until a moment; a mentee arrives when their waiting begins."""

    mentees: tuple[Mentee, ...]
    mentors: tuple[Arrival, ...]
    terms: tuple[Terms, ...]
    until: datetime


HISTORY: TypeAdapter[History] = TypeAdapter(History)


def written(history: History) -> str:
    """Write a history in the one way that equal histories are written."""
    return json.dumps(ordered(HISTORY.dump_python(history)), sort_keys=True, ensure_ascii=False)


def history_of(texts: Sequence[str]) -> History:
    """Read one history, or the inputs of one or several runs as what they tell of it."""
    if len(texts) == 1 and "until" in json.loads(texts[0]):
        return sound(HISTORY.validate_json(texts[0]))
    return sound(seen_by([INPUTS.validate_json(text) for text in texts]))


def sound(history: History) -> History:
    """Refuse a history that nobody could have lived."""
    ruled = {each.programme_id for each in history.terms}
    referrals = {each.referral_id for each in history.mentees}
    mentors = {each.mentor.mentor_id for each in history.mentors}
    if not ruled or any(each.programme_id not in ruled for each in history.mentees):
        raise ValueError("somebody waits for a programme without rules")
    if len(referrals) < len(history.mentees) or len(mentors) < len(history.mentors):
        raise ValueError("somebody is in the history twice")
    if any(each.mentor.engaged < 0 for each in history.mentors):
        raise ValueError("a mentor is engaged less than never")
    return history


def seen_by(runs: Sequence[Inputs]) -> History:
    """Put together what runs saw: a mentor is there from the first run that knew them on.

    Those of the first run were there from the beginning; the last run's rules hold.
    """
    in_order = sorted(runs, key=lambda each: each.at)
    mentees = {each.referral_id: each for run in in_order for each in run.mentees}
    beginning = min((each.waiting_since for each in mentees.values()), default=in_order[0].at)
    mentors: dict[UUID, Arrival] = {}
    for number, run in enumerate(in_order):
        since = run.at if number else min(beginning, run.at)
        for each in run.mentors:
            mentors.setdefault(each.mentor_id, Arrival(mentor=each, since=since))
    return History(
        mentees=tuple(mentees.values()),
        mentors=tuple(mentors.values()),
        terms=in_order[-1].terms,
        until=in_order[-1].at,
    )


def with_share_of_mentors(history: History, share: float, seed: int) -> History:
    """Keep a share of the mentors; whoever is kept of fewer is kept of more."""
    drawn = sorted(
        history.mentors, key=lambda each: (chance(seed, "kept", each.mentor.mentor_id), each.since)
    )
    return replace(history, mentors=tuple(drawn[: round(share * len(drawn))]))


def under(history: History, policy: Policy) -> History:
    """Let another policy hold in every programme."""
    return replace(history, terms=tuple(replace(each, policy=policy) for each in history.terms))
