"""A history lived once under one scenario: run after run, invitations, answers, who leaves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import log
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from common.calendar import day_of
from common.contracts.policy import Policy
from matching.domain.assignment import Instance, assign, points
from matching.domain.computation import objective_of
from matching.domain.criteria import contributions, fit
from matching.domain.people import Mentee, Mentor, places
from matching.domain.pool import judge_all, pool_of
from matching.domain.protection import in_order
from matching.lab.chance import chance
from matching.lab.history import History
from matching.lab.scenarios import Conduct, Scenario, staged

Ints = NDArray[np.int64]
# A place is free again after the least duration of the policy, in months of so many days.
MONTH = timedelta(days=30)


@dataclass(slots=True, kw_only=True)
class Journey:
    """What became of one mentee."""

    mentee: Mentee
    served_at: datetime | None = None
    left_at: datetime | None = None
    fit: float | None = None
    invited: bool = False
    refused_by: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A pair that was shown to a mentor: nothing touches it until the answer."""

    mentee: int
    mentor: int
    made_at: datetime
    answered_at: datetime
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """How it went."""

    journeys: list[Journey]
    invitations: list[Invitation]
    until: datetime


def replay(history: History, scenario: Scenario, conduct: Conduct) -> Lived:
    """Live through a history; the same arguments always give the same."""
    # Fits are told by the history's own weights, so that scenarios with others compare.
    measures = {each.programme_id: each.policy for each in history.terms}
    world = World(staged(history, scenario, conduct.seed), conduct, measures)
    for at in runs(world.history, scenario.every_days):
        world.run(at)
    world.settle(history.until)
    return Lived(journeys=world.journeys, invitations=world.invitations, until=history.until)


def runs(history: History, every_days: int) -> Iterator[datetime]:
    """Tell when runs are made, from the first arrival to the end."""
    at = min((each.waiting_since for each in history.mentees), default=history.until)
    while at <= history.until:
        yield at
        at += timedelta(days=every_days)


class World:
    """Who waits, who is invited and who is free, as time goes by."""

    def __init__(self, history: History, conduct: Conduct, measures: Mapping[UUID, Policy]) -> None:
        self.history, self.conduct, self.measures = history, conduct, measures
        self.terms = {each.programme_id: each for each in history.terms}
        arrivals = sorted(history.mentors, key=lambda each: each.mentor.mentor_id)
        self.mentors = [each.mentor for each in arrivals]
        self.since = [each.since for each in arrivals]
        self.journeys = [Journey(mentee=each) for each in by_arrival(history)]
        self.couples = list(self._couples())
        self.open: list[Invitation] = []
        self.invitations: list[Invitation] = []
        self.ends: list[tuple[datetime, int]] = []
        self.taken = np.zeros(len(self.mentors), dtype=np.int64)

    def _couples(self) -> Iterator[tuple[Ints, Ints]]:
        """Find who may ever be whose mentor; places and checks are looked at in each run."""
        free = [replace(each, engaged=0, screened_until=None) for each in self.mentors]
        pool = pool_of(free)
        for journey in self.journeys:
            verdicts = judge_all(journey.mentee, pool, self.terms[journey.mentee.programme_id])
            possible = np.flatnonzero(verdicts.feasible)
            yield possible, points(verdicts.fit[possible])

    def run(self, at: datetime) -> None:
        """Make one run over all who wait, and invite the mentors that it chose."""
        self.settle(at)
        waiting = [
            number
            for number, journey in enumerate(self.journeys)
            if journey.mentee.waiting_since <= at and is_waiting(journey)
        ]
        if not waiting:
            return
        order = sorted(waiting, key=lambda each: self.journeys[each].mentee.referral_id)
        for row, mentor in self.pairs(self.instance(order, at)):
            self.invite(order[row], mentor, at)

    def pairs(self, instance: Instance) -> list[tuple[int, int]]:
        return assign(instance, objective_of(self.history.terms), self.conduct.seed).pairs

    def instance(self, order: list[int], at: datetime) -> Instance:
        mentees = [self.journeys[each].mentee for each in order]
        free = self.free_places(at)
        found = [self.open_couples(number, free) for number in order]
        return Instance(
            mentees=len(order),
            places=free,
            mentee=np.repeat(np.arange(len(found)), [len(each[0]) for each in found]),
            mentor=np.concatenate([each[0] for each in found]),
            points=np.concatenate([each[1] for each in found]),
            protected=in_order(mentees, self.terms, at),
        )

    def free_places(self, at: datetime) -> Ints:
        """Count the places of those who are there, and whose checks still hold."""
        today = day_of(at)
        counted = [
            min((places(mentor, each.policy) for each in self.history.terms), default=0)
            if since <= at and (mentor.screened_until is None or mentor.screened_until >= today)
            else 0
            for mentor, since in zip(self.mentors, self.since, strict=True)
        ]
        free: Ints = np.maximum(np.array(counted, dtype=np.int64) - self.taken, 0)
        return free

    def open_couples(self, number: int, free: Ints) -> tuple[Ints, Ints]:
        mentors, worth = self.couples[number]
        said_no = self.journeys[number].refused_by
        kept = (free[mentors] > 0) & ~np.isin(mentors, list(said_no))
        return mentors[kept], worth[kept]

    def invite(self, number: int, mentor: int, at: datetime) -> None:
        journey = self.journeys[number]
        pair = (journey.mentee.referral_id, self.mentors[mentor].mentor_id)
        invitation = Invitation(
            mentee=number,
            mentor=mentor,
            made_at=at,
            answered_at=at + timedelta(days=self.conduct.answer_days),
            accepted=chance(self.conduct.seed, "no", *pair) >= self.conduct.refusal,
        )
        journey.invited = True
        self.taken[mentor] += 1
        self.open.append(invitation)
        self.invitations.append(invitation)

    def settle(self, at: datetime) -> None:
        """Let happen what was due by now: answers, then pairs that end, then who gives up."""
        due = [each for each in self.open if each.answered_at <= at]
        self.open = [each for each in self.open if each.answered_at > at]
        for invitation in due:
            self.answer(invitation)
        for _, mentor in (each for each in self.ends if each[0] <= at):
            self.taken[mentor] -= 1
        self.ends = [each for each in self.ends if each[0] > at]
        for journey in self.journeys:
            gives_up = patience_ends(journey.mentee, self.conduct)
            if is_waiting(journey) and gives_up is not None and gives_up <= at:
                journey.left_at = gives_up

    def answer(self, invitation: Invitation) -> None:
        journey = self.journeys[invitation.mentee]
        journey.invited = False
        if not invitation.accepted:
            journey.refused_by.add(invitation.mentor)
            self.taken[invitation.mentor] -= 1
            return
        journey.served_at = invitation.answered_at
        journey.fit = self.fit_of(journey.mentee, self.mentors[invitation.mentor])
        months = self.terms[journey.mentee.programme_id].policy.min_duration_months
        self.ends.append((invitation.answered_at + months * MONTH, invitation.mentor))

    def fit_of(self, mentee: Mentee, mentor: Mentor) -> float:
        policy = self.measures[mentee.programme_id]
        return fit(contributions(mentee.facets, mentor.facets, policy))


def by_arrival(history: History) -> list[Mentee]:
    return sorted(history.mentees, key=lambda each: (each.waiting_since, each.referral_id))


def is_waiting(journey: Journey) -> bool:
    return not (journey.invited or journey.served_at or journey.left_at)


def patience_ends(mentee: Mentee, conduct: Conduct) -> datetime | None:
    """Draw when a mentee gives up, with one chance for every day (exponential waiting)."""
    if conduct.patience_days is None:
        return None
    drawn = chance(conduct.seed, "patience", mentee.referral_id)
    return mentee.waiting_since + timedelta(days=-conduct.patience_days * log(1 - drawn))
