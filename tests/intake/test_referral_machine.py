"""A referral under any sequence of events keeps to the machine as it is drawn."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from common.contracts.followup.agreements import AgreementSigned
from common.contracts.followup.pairs import CloseReason, PairClosed, PairReopened, Side
from common.contracts.intake.referrals import DeclineReason, ReferralAccepted, ReferralEnd
from common.contracts.matching import PairFormed
from common.contracts.policy import Meetings, Per
from common.contracts.vocabulary import Door, Setting
from common.errors import DomainError
from intake.blueprints import collective_policy
from intake.domain import asking, forwarding, pairs, referrals, waiting
from intake.domain.forwarding import Catalogue
from intake.domain.referrals import OVER, PLACED, Referral, Status
from tests.intake.cast import FACETS, NOW, SHELF, WANT

# The machine as it is drawn in the handbook, with the ends that are open from anywhere.
DRAWN = {
    Status.SUBMITTED: {Status.QUALIFIED},
    Status.QUALIFIED: {Status.OFFERED, Status.WAITING_LIST},
    Status.OFFERED: {Status.OFFERED, Status.DECLINED, Status.EXPIRED, Status.ACCEPTED},
    Status.DECLINED: {Status.OFFERED, Status.WAITING_LIST},
    Status.EXPIRED: {Status.OFFERED, Status.WAITING_LIST},
    Status.WAITING_LIST: {Status.OFFERED},
    Status.ACCEPTED: {Status.IN_MATCHING},
    Status.IN_MATCHING: {Status.MATCHED, Status.IN_PROGRESS},
    Status.MATCHED: {Status.IN_PROGRESS, Status.IN_MATCHING, Status.COMPLETED},
    Status.IN_PROGRESS: {Status.IN_MATCHING, Status.COMPLETED, Status.MATCHED},
    # A pair that is opened again takes its referral along.
    Status.COMPLETED: {Status.IN_PROGRESS, Status.MATCHED},
    Status.WITHDRAWN: {Status.IN_PROGRESS, Status.MATCHED},
}
ENDS = {Status(end.value) for end in ReferralEnd}
OFFERS = [
    replace(SHELF, offer_id=UUID(int=50 + n), association_id=UUID(int=60 + n)) for n in range(3)
]
# Mostly the association that was asked, sometimes another one.
ANYBODY = st.sampled_from([None, None, None, *OFFERS])
NEW = Referral(
    id=UUID(int=40),
    mentee_id=UUID(int=41),
    guardian_id=UUID(int=42),
    door=Door.PRESCRIBER,
    prescriber_id=None,
    origin_id=None,
    facets=FACETS,
    ages=WANT.ages,
    reachable=True,
    submitted_at=NOW,
    last_contact_at=NOW,
)


class ReferralMachine(RuleBasedStateMachine):
    """Do anything to one referral, in any order; what is refused must change nothing."""

    def __init__(self):
        super().__init__()
        self.referral: Any = NEW
        self.now = NOW
        self.told = [1]
        self.pair: Any = None
        self.pair_number = 0
        self.catalogue = Catalogue(shelves=list(OFFERS), rules=collective_policy())
        self.waiting_since = set()

    @initialize(accepted=st.booleans())
    def begin(self, accepted):
        """Be asked for at once, and half of the time be taken, or most steps would be refused."""
        self.qualify()
        self.choose(OFFERS[0])
        if accepted:
            self.accept(None, 1)

    def step(self, decision):
        """Apply a decision; check each state that was passed through and each fact announced."""
        try:
            result = decision(self.referral)
        except DomainError:
            return
        after, events = result if isinstance(result, tuple) else (result, ())
        events = [each for each in (events if isinstance(events, tuple) else (events,)) if each]
        self.told += [event.version for event in events]
        self.waiting_since |= {
            event.waiting_since for event in events if isinstance(event, ReferralAccepted)
        }
        before = self.referral.status
        if after.status is not before and after.status not in ENDS:
            assert after.status in self.reachable_from(before), (before, after.status)
        self.referral = after

    def reachable_from(self, status):
        """Accepting and declining pass through a state in which nothing rests."""
        near = DRAWN.get(status, set())
        passing = {Status.ACCEPTED, Status.DECLINED, Status.EXPIRED, Status.QUALIFIED}
        return near.union(*(self.reachable_from(each) for each in near & passing))

    @rule(days=st.integers(1, 45))
    def let_time_pass(self, days):
        self.now += timedelta(days=days)

    @rule()
    def do_what_is_due(self):
        due = self.referral.due_at
        if due is not None and due <= self.now:
            self.step(lambda r: forwarding.take_due_step(r, self.catalogue, at=self.now))
            assert self.referral.due_at is None or self.referral.due_at > due

    @rule()
    def qualify(self):
        self.step(lambda r: forwarding.qualify_and_pass(r, self.catalogue, wish=None, at=self.now))

    @rule(offer=st.sampled_from(OFFERS))
    def choose(self, offer):
        self.step(lambda r: asking.offer(r, offer.askable(), at=self.now))

    @rule(who=ANYBODY, free=st.sampled_from([0, 1, 1]))
    def accept(self, who, free):
        def accept(referral):
            by = self.answering(who)
            accepted, event = asking.accept(referral, by=by, free_places=free, at=self.now)
            return asking.seek_mentor(accepted), event

        self.step(accept)

    @rule(who=ANYBODY, reason=st.sampled_from(DeclineReason))
    def decline(self, who, reason):
        def decline(referral):
            by = self.answering(who)
            declined, event = asking.decline(referral, by=by, reason=reason, at=self.now)
            passed, more = forwarding.pass_on(declined, self.catalogue, at=self.now)
            return passed, (event, *more)

        self.step(decline)

    def answering(self, who):
        """Speak for one of the associations; None is the one that was asked, if any was."""
        asked = self.referral.asked
        if who is None and asked is not None:
            return frozenset({asked.association_id})
        return frozenset({who.association_id}) if who else frozenset()

    @rule(hours=st.just(1))
    def no_place_is_left_anywhere(self, hours):
        self.now += timedelta(hours=hours)
        full = [replace(shelf, taken=shelf.capacity) for shelf in self.catalogue.shelves]
        self.catalogue = replace(self.catalogue, shelves=full)

    @rule()
    def places_come_up(self):
        shelves = [replace(shelf, taken=0, opened_at=self.now) for shelf in OFFERS]
        self.catalogue = replace(self.catalogue, shelves=shelves)
        if self.referral.status is Status.WAITING_LIST:
            self.step(lambda r: forwarding.pass_on(r, self.catalogue, at=self.now))

    @rule()
    def confirm_need(self):
        rules = collective_policy().waiting_list
        self.step(lambda r: waiting.confirm_need(r, rules, at=self.now))

    # Not too early, or most stories would be over before they begin.
    @precondition(lambda self: len(self.told) > 8)
    @rule(reason=st.sampled_from(ReferralEnd))
    def end(self, reason):
        self.step(lambda r: referrals.end(r, reason, at=self.now))

    @precondition(lambda self: self.referral.status is Status.IN_MATCHING)
    @rule()
    def a_pair_forms(self):
        self.pair_number += 1
        asked = self.referral.asked
        event = PairFormed(
            occurred_at=self.now,
            association_id=asked.association_id,
            version=1,
            pair_id=UUID(int=1000 + self.pair_number),
            referral_id=NEW.id,
            mentee_id=NEW.mentee_id,
            mentor_id=UUID(int=99),
            guardian_id=None,
            programme_id=asked.programme_id,
            policy_version=1,
            setting=Setting.MINOR,
            remote=False,
            waiting_since=NOW,
        )
        self.pair = pairs.formed(event)
        self.step(lambda r: pairs.match(r, self.pair))

    @precondition(lambda self: self.pair is not None and self.pair.open)
    @rule()
    def everybody_signs(self):
        event = AgreementSigned(
            **self.said(),
            agreement_id=UUID(int=1),
            meetings=Meetings(count=1, per=Per.WEEK, minutes=60),
            starts_on=self.now.date(),
            ends_on=self.now.date(),
            modalities=(),
        )
        self.pair = pairs.signed(self.pair, event)
        self.step(lambda r: pairs.start(r, self.pair, at=self.now))

    @precondition(lambda self: self.pair is not None and self.pair.open)
    @rule(again=st.booleans(), reason=st.sampled_from(CloseReason), before_term=st.booleans())
    def the_pair_closes(self, again, reason, before_term):
        event = PairClosed(
            **self.said(),
            **self.parties(),
            reason=reason,
            by=Side.MENTOR,
            lasted_days=10,
            before_term=before_term,
            rematch_mentee=again,
            rematch_mentor=False,
        )
        self.pair = pairs.closed(self.pair, event)
        self.step(lambda r: pairs.finish(r, event))

    @precondition(lambda self: self.pair is not None and not self.pair.open)
    @rule()
    def the_pair_is_opened_again(self):
        event = PairReopened(**self.said(), **self.parties())
        self.pair = pairs.reopened(self.pair, event)
        self.step(lambda r: pairs.resume(r, self.pair, at=self.now))

    def said(self):
        return {
            "occurred_at": self.now,
            "association_id": self.pair.association_id,
            "version": self.pair.followup_version + 1,
            "pair_id": self.pair.id,
        }

    def parties(self):
        return {
            "referral_id": NEW.id,
            "mentee_id": NEW.mentee_id,
            "mentor_id": self.pair.mentor_id,
        }

    @invariant()
    def every_fact_has_the_next_version(self):
        assert self.told == list(range(1, len(self.told) + 1))
        assert self.referral.version == self.told[-1]

    @invariant()
    def no_state_is_only_passed_through(self):
        assert self.referral.status not in {Status.DECLINED, Status.EXPIRED, Status.ACCEPTED}

    @invariant()
    def only_who_has_it_in_hands_has_it(self):
        asked = self.referral.asked
        if self.referral.status in PLACED | {Status.OFFERED}:
            assert self.referral.custodian_id == asked.association_id
        if self.referral.status is Status.WAITING_LIST:
            assert self.referral.custodian_id is None

    @invariant()
    def what_is_over_is_not_due(self):
        if self.referral.status in OVER | PLACED:
            assert self.referral.due_at is None

    @invariant()
    def the_waiting_time_is_kept_however_often_a_mentor_is_sought(self):
        assert self.waiting_since <= {NOW}

    @invariant()
    def an_end_is_dated(self):
        assert (self.referral.status in OVER) == (self.referral.ended_at is not None)


TestReferralMachine = ReferralMachine.TestCase
TestReferralMachine.settings = settings(max_examples=100, stateful_step_count=50)
