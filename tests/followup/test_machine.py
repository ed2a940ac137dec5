"""The machine of a pair, walked by chance: no way leads around a gate or a signature."""

from dataclasses import replace
from datetime import timedelta
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

from common.contracts.followup.pairs import CloseReason, Side
from common.contracts.policy import Signatory
from common.contracts.vocabulary import Modality, Setting
from common.errors import DomainError
from followup.domain import agreements, endings, first_meeting, pairs
from followup.domain.agreements import Agreement, signatories_of
from followup.domain.calendar import day_of
from followup.domain.clauses import terms_of
from followup.domain.endings import Farewell
from followup.domain.first_meeting import Appointment
from followup.domain.gates import Standing
from followup.domain.pairs import ContactAfter, Pair, Status
from tests.followup.facts import COORDINATOR, DAY, GUARDIAN, POLICY, T0, pair_formed

SETTINGS = tuple(Setting)
STEPS = ("plan", "hold", "miss_now", "sign_now", "activate", "pause", "resume", "close", "reopen")


def at(*statuses):
    """Take a step only where it makes sense; `out_of_turn` takes it everywhere else."""
    return precondition(lambda walk: walk.pair.status in statuses)


class Walk(RuleBasedStateMachine):
    """Facts, people and time in any order; the domain alone decides what may happen."""

    pair: Pair

    @initialize(setting=st.sampled_from(SETTINGS), is_active=st.booleans())
    def form(self, setting, is_active):
        self.at = T0
        self.pair = pairs.open_pair(pair_formed(setting=setting), POLICY)
        self.standing = Standing(settings=frozenset(SETTINGS))
        self.agreement: Agreement | None = None
        self.signed = set()
        self.heard = set()
        self.versions = [0]
        if is_active:
            self.go_all_the_way()

    def go_all_the_way(self):
        self.hear_everything_good()
        self.plan()
        self.hold()
        self.everyone_signs()
        assert self.pair.status is Status.ACTIVE

    def take(self, step, *args, **how):
        """Take a step if the domain allows it."""
        self.pair = pairs.look_at_gates(self.pair, self.standing, day_of(self.at))
        try:
            result = step(self.pair, *args, at=self.at, **how)
        except DomainError:
            return None
        self.keep(result[0])
        return result

    def keep(self, pair):
        assert pair.status == self.pair.status or pair.status in pairs.NEXT[self.pair.status]
        self.pair = pair
        self.versions.append(pair.version)

    def follow(self):
        looked = pairs.look_at_gates(self.pair, self.standing, day_of(self.at))
        followed, _ = pairs.follow_gates(looked, at=self.at)
        self.keep(followed)

    @rule(
        name=st.sampled_from(("approved", "trained", "authorised", "agrees", "suspended")),
        holds=st.booleans(),
    )
    def hear(self, name, holds):
        self.standing = replace(self.standing, **{name: holds})
        self.follow()

    @rule()
    def hear_everything_good(self):
        until = day_of(self.at + 400 * DAY)
        self.standing = Standing(
            approved=True,
            trained=True,
            settings=frozenset(SETTINGS),
            screened_until=until,
            authorised=True,
            agrees=True,
            protected_until=until,
        )
        self.follow()

    @rule(days=st.integers(-100, 400))
    def screen(self, days):
        until = day_of(self.at + days * DAY)
        self.standing = replace(self.standing, screened_until=until, protected_until=until)
        self.follow()

    @rule(days=st.integers(0, 40))
    def wait(self, days):
        self.at += days * DAY
        self.follow()

    @at(Status.CLEARED, Status.NO_SHOW)
    @rule()
    def plan(self):
        appointment = Appointment(
            at=self.at + DAY, modality=Modality.REMOTE, place=None, staff_id=COORDINATOR
        )
        self.take(first_meeting.plan, appointment, POLICY)

    @at(Status.FIRST_MEETING_PLANNED)
    @rule(absent=st.sampled_from((Side.MENTOR, Side.MENTEE)))
    def miss(self, absent):
        self.at += 2 * DAY
        self.take(first_meeting.miss, absent=absent)

    @at(Status.FIRST_MEETING_PLANNED)
    @rule()
    def hold(self):
        if self.take(first_meeting.hold, met_at=self.at) is None:
            return
        self.signed = set()
        self.agreement = Agreement(
            id=UUID(int=len(self.versions)),
            pair_id=self.pair.id,
            association_id=self.pair.association_id,
            template="clavim",
            template_version=1,
            policy_version=1,
            language="fr",
            terms=terms_of(POLICY),
            signatories=signatories_of(self.pair, POLICY, GUARDIAN),
            text_sha256="0" * 64,
            text=None,
            prepared_at=self.at,
            sign_by=self.at + 14 * DAY,
        )
        self.keep(agreements.await_signatures(self.pair, self.agreement, at=self.at)[0])

    @at(Status.AGREEMENT_PENDING)
    @rule()
    def everyone_signs(self):
        for number in range(len(Signatory)):
            self.sign(number)
        self.activate()

    @at(Status.AGREEMENT_PENDING)
    @rule(chance=st.integers(0, 9))
    def sign(self, chance):
        if self.agreement is None:
            return
        capacities = list(self.agreement.signatories)
        capacity = capacities[chance % len(capacities)]
        if self.take(agreements.sign, capacity, COORDINATOR, self.signed) is not None:
            self.signed.add(capacity)

    @at(Status.AGREEMENT_PENDING)
    @rule()
    def activate(self):
        if self.agreement is not None:
            self.take(agreements.activate, self.agreement, self.signed)

    @at(Status.ACTIVE)
    @rule()
    def pause(self):
        self.take(pairs.pause)

    @at(Status.PAUSED)
    @rule()
    def resume(self):
        self.take(pairs.resume)

    @at(Status.ACTIVE, Status.PAUSED, Status.NO_SHOW)
    @rule(reason=st.sampled_from(CloseReason), by=st.sampled_from(Side))
    def begin_closing(self, reason, by):
        if self.take(endings.begin_closing, reason=reason, by=by) is not None:
            self.heard = set()

    @at(Status.CLOSING)
    @rule(side=st.sampled_from((Side.MENTOR, Side.MENTEE, Side.GUARDIAN)))
    def interview(self, side):
        self.heard.add(side)

    @at(Status.CLOSING)
    @rule()
    def close(self):
        farewell = Farewell(rematch_mentee=True, rematch_mentor=True, contact=ContactAfter.NONE)
        closed = self.take(endings.close, self.heard, farewell)
        if closed is not None:
            assert endings.sides_to_hear(self.pair) <= self.heard
            assert closed[1].lasted_days >= 0

    @at(Status.CLOSED)
    @rule()
    def reopen(self):
        due = self.at + timedelta(days=14)
        self.take(endings.reopen, first_meeting_due=due)

    @rule(step=st.sampled_from(STEPS))
    def out_of_turn(self, step):
        """Let somebody click on what they should not see: either it may be, or nothing changes."""
        getattr(self, step)()

    def miss_now(self):
        self.take(first_meeting.miss, absent=Side.MENTOR)

    def sign_now(self):
        self.sign(0)

    @invariant()
    def an_active_pair_with_a_minor_has_every_gate_open_and_every_signature(self):
        pair = getattr(self, "pair", None)
        if pair is None or pair.status is not Status.ACTIVE:
            return
        assert self.agreement is not None
        assert set(self.agreement.signatories) <= self.signed
        if pair.for_minor:
            assert self.standing.approved
            assert self.standing.trained
            assert self.standing.authorised
            assert self.standing.agrees
            assert not self.standing.suspended
            until = self.standing.screened_until
            assert until is not None
            assert until >= day_of(self.at)

    @invariant()
    def versions_never_go_back(self):
        assert self.versions == sorted(self.versions)

    @invariant()
    def safeguarding_is_never_said(self):
        assert self.pair.closing_reason is not CloseReason.SAFEGUARDING


Walk.TestCase.settings = settings(max_examples=80, stateful_step_count=50)
TestWalk = Walk.TestCase
