"""Passing a referral on: to the best offer, or onto the waiting list; and when to forget it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from common.calendar import MONTHS_A_YEAR, after_months
from common.contracts import Event
from common.contracts.policy import Policy, Retention
from intake.domain.asking import expire, offer, remind
from intake.domain.calendar import after_working_days
from intake.domain.referrals import PAIRED, Referral, Status, missing, qualify
from intake.domain.routing import Shelf, best, rank, want_of
from intake.domain.waiting import ask_need, give_up, waitlist

Step: TypeAlias = tuple[Referral, tuple[Event, ...]]


@dataclass(slots=True)
class Catalogue:
    """The offers as they are now, and as they become while referrals are handed out."""

    shelves: list[Shelf]
    # What holds for referrals that no programme has taken.
    rules: Policy

    def note_asked(self, offer_id: UUID) -> None:
        """Count a question just asked, so that the next referral sees the queue."""
        for place, shelf in enumerate(self.shelves):
            if shelf.offer_id == offer_id:
                self.shelves[place] = replace(shelf, asked=shelf.asked + 1)


def enter(referral: Referral, catalogue: Catalogue, *, wish: Shelf | None, at: datetime) -> Step:
    """Take a new referral as far as it goes by itself: complete, it is qualified and passed on."""
    if missing(referral):
        return referral, ()
    return qualify_and_pass(referral, catalogue, wish=wish, at=at)


def qualify_and_pass(
    referral: Referral, catalogue: Catalogue, *, wish: Shelf | None, at: datetime
) -> Step:
    """Qualify a referral; ask the offer that is wished for, or let its people choose in time."""
    days = catalogue.rules.referral_answer_working_days
    qualified, event = qualify(referral, choose_by=after_working_days(at, days), at=at)
    ranking = rank(want_of(qualified), catalogue.shelves)
    suitable = {rated.shelf.offer_id: rated.shelf for rated in ranking if rated.suits}
    if wish is not None and wish.offer_id in suitable:
        passed, more = ask(qualified, suitable[wish.offer_id], catalogue, at=at)
    elif suitable and qualified.chooses:
        passed, more = qualified, ()
    else:
        passed, more = pass_to(best(ranking), qualified, catalogue, at=at)
    return passed, (event, *more)


def ask(referral: Referral, shelf: Shelf, catalogue: Catalogue, *, at: datetime) -> Step:
    offered, event = offer(referral, shelf.askable(), at=at)
    catalogue.note_asked(shelf.offer_id)
    return offered, (event,)


def pass_on(referral: Referral, catalogue: Catalogue, *, at: datetime) -> Step:
    """Ask the best offer that suits; if there is none, let the referral wait for one."""
    return pass_to(best(rank(want_of(referral), catalogue.shelves)), referral, catalogue, at=at)


def pass_to(shelf: Shelf | None, referral: Referral, catalogue: Catalogue, *, at: datetime) -> Step:
    waits = referral.status is Status.WAITING_LIST
    # Who waits goes on waiting until a place is there that nobody else was asked to fill.
    if shelf is not None and not (waits and shelf.crowded):
        return ask(referral, shelf, catalogue, at=at)
    if waits:
        return referral, ()
    waiting, event = waitlist(referral, catalogue.rules.waiting_list, at=at)
    return waiting, (event,)


def take_due_step(referral: Referral, catalogue: Catalogue, *, at: datetime) -> Step:
    """Do what time asks of a referral: remind, expire, choose for it, or ask about the need."""
    if referral.status is Status.OFFERED and referral.asked is not None:
        return press(referral, catalogue, at=at)
    if referral.status is Status.WAITING_LIST and referral.waiting is not None:
        return question(referral, catalogue, at=at)
    return pass_on(referral, catalogue, at=at)


def press(referral: Referral, catalogue: Catalogue, *, at: datetime) -> Step:
    """Remind the association that was asked, or give up on it and ask the next."""
    if referral.asked is not None and at < referral.asked.expires_at:
        reminded, event = remind(referral, at=at)
        return reminded, (event,)
    expired, gone = expire(referral, at=at)
    passed, more = pass_on(expired, catalogue, at=at)
    return passed, (gone, *more)


def question(referral: Referral, catalogue: Catalogue, *, at: datetime) -> Step:
    """Ask whether the need is still there; without an answer in time, withdraw."""
    if referral.waiting is not None and referral.waiting.reminded:
        ended, end = give_up(referral, at=at)
        return ended, (end,)
    asked, event = ask_need(referral, catalogue.rules.waiting_list, at=at)
    return asked, (event,)


def with_retention(referral: Referral, rules: Retention) -> Referral:
    """Know when to forget: soon what nobody took, later what became a case."""
    # A mentoring that goes on is nobody's to forget.
    if referral.status in PAIRED or referral.facets is None:
        return replace(referral, forget_at=None)
    taken = referral.accepted_at is not None
    months = rules.case_years * MONTHS_A_YEAR if taken else rules.unanswered_referral_months
    return replace(referral, forget_at=after_months(referral.last_contact_at, months))
