"""Arrivals for the tests of the policy lab, made of the cast."""

from dataclasses import replace
from datetime import timedelta
from math import inf
from uuid import UUID

from matching.lab.history import Arrival, History
from matching.lab.scenarios import Conduct, Scenario
from tests.matching import cast
from tests.matching.cast import A_MENTEE, A_MENTOR, NOW, TERMS

POLICY = cast.policy()
CALM = Conduct(seed=0, refusal=0.0, answer_days=2, patience_days=None)
DAILY = Scenario(name="daily", every_days=1)


def mentees(*days):
    """Make mentees like the cast's, who arrive on some days."""
    return tuple(
        replace(
            A_MENTEE,
            referral_id=UUID(int=800 + number),
            mentee_id=UUID(int=900 + number),
            waiting_since=NOW + timedelta(days=day),
        )
        for number, day in enumerate(days)
    )


def history(waiting, number_of_mentors, days=60):
    """Let so many mentors like the cast's be there from the beginning."""
    there = tuple(
        Arrival(mentor=replace(A_MENTOR, mentor_id=UUID(int=300 + each)), since=NOW)
        for each in range(number_of_mentors)
    )
    until = NOW + timedelta(days=days)
    return History(mentees=waiting, mentors=there, terms=(TERMS,), until=until)


def waits(lived):
    return [
        (each.served_at - each.mentee.waiting_since) / timedelta(days=1) if each.served_at else inf
        for each in lived.journeys
    ]
