"""The machine of a pair, walked by chance: no way leads around a gate or a signature."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from common.calendar import day_of
from common.contracts.followup.pairs import CloseReason, Side
from common.contracts.policy import Signatory
from common.contracts.vocabulary import Modality, Setting
from common.errors import DomainError
from followup.domain import agreements, endings, first_meeting, pairs
from followup.domain.agreements import Agreement, Signer
from followup.domain.endings import Farewell
from followup.domain.first_meeting import Appointment
from followup.domain.gates import Standing
from followup.domain.pairs import ContactAfter, Pair, Status
from tests.followup.facts import COORDINATOR, DAY, POLICY, T0, a_text_for, pair_formed

SETTINGS = tuple(Setting)
# As far as a pair may have come when chance takes over.
WAYS = (Status.FORMED, Status.ACTIVE, Status.CLOSING, Status.CLOSED)
STEPS = (
    "plan",
    "hold",
    "miss_now",
    "sign_now",
    "activate",
    "pause",
    "resume",
    "close_now",
    "reopen",
)


def at(*statuses):
    """Take a step only where it makes sense; `out_of_turn` takes it everywhere else."""
    return precondition(lambda walk: walk.pair.status in statuses)


class Walk(RuleBasedStateMachine):
    """Facts, people and time in any order; the domain alone decides what may happen."""

    pair: Pair

    @initialize(
        setting=st.sampled_from(SETTINGS),
        as_far_as=st.sampled_from(WAYS),
        reason=st.sampled_from(CloseReason),
    )
    def form(self, setting, as_far_as, reason):
        """Begin at the start or further on: by chance alone nobody comes to the end in time."""
        self.at = T0
        self.pair = pairs.open_pair(pair_formed(setting=setting), POLICY)
        self.standing = Standing(settings=frozenset(SETTINGS))
        self.agreement: Agreement | None = None
        self.signed = set()
        self.heard = set()
        self.versions = [0]
        way = WAYS[: WAYS.index(as_far_as) + 1]
        if Status.ACTIVE in way:
            self.hear_everything_good()
            self.plan()
            self.hold()
            self.everyone_signs()
        if Status.CLOSING in way:
            self.begin_closing(reason, Side.MENTEE)
        if Status.CLOSED in way:
            for side in endings.sides_to_hear(self.pair):
                self.interview(side)
            self.close(rematch_mentee=True, rematch_mentor=False)
        assert self.pair.status is as_far_as

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
        self.agreement = a_text_for(self.pair, number=len(self.versions), at=self.at)
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
        signer = Signer(person_id=COORDINATOR)
        if self.take(agreements.sign, capacity, signer, self.signed) is not None:
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
        begun = self.take(endings.begin_closing, reason=reason, by=by)
        if begun is None:
            return
        self.heard = set()
        pair, event = begun
        assert (pair.closing_by, pair.closing_since) == (by, self.at)
        assert event.reason is pair.closing_reason
        assert event.reason in {reason, CloseReason.OTHER}
        assert (event.reason is reason) is (reason is not CloseReason.SAFEGUARDING)

    @at(Status.CLOSING)
    @rule(side=st.sampled_from((Side.MENTOR, Side.MENTEE, Side.GUARDIAN)))
    def interview(self, side):
        self.heard.add(side)

    @at(Status.CLOSING)
    @rule(rematch_mentee=st.booleans(), rematch_mentor=st.booleans())
    def close(self, rematch_mentee, rematch_mentor):
        again = {"rematch_mentee": rematch_mentee, "rematch_mentor": rematch_mentor}
        farewell = Farewell(**again, contact=ContactAfter.NONE)
        before = self.pair
        everyone = {Side.MENTOR, Side.MENTEE, *([Side.GUARDIAN] if before.for_minor else [])}
        closed = self.take(endings.close, self.heard, farewell)
        may_close = before.status is Status.CLOSING and everyone <= self.heard
        assert (closed is not None) is may_close
        if closed is None or before.closing_since is None:
            return
        pair, event = closed
        assert pair.contact_after is ContactAfter.NONE
        for said in (pair, event):
            assert (said.rematch_mentee, said.rematch_mentor) == (rematch_mentee, rematch_mentor)
        since = before.starts_on or day_of(before.formed_at)
        ended = day_of(before.closing_since)
        assert event.lasted_days == (ended - since).days
        assert event.before_term is (before.ends_on is None or ended < before.ends_on)
        assert (event.reason, event.by) == (before.closing_reason, before.closing_by)

    @at(Status.CLOSED)
    @rule()
    def reopen(self):
        due = self.at + timedelta(days=14)
        before = self.pair
        reopened = self.take(endings.reopen, first_meeting_due=due)
        if reopened is None:
            return
        pair, _ = reopened
        runs = before.ends_on is not None and day_of(self.at) <= before.ends_on
        assert pair.status is (Status.ACTIVE if runs else Status.CLEARED)
        assert (pair.terms is not None) is runs
        assert pair.first_meeting_due == (before.first_meeting_due if runs else due)

    @rule(step=st.sampled_from(STEPS))
    def out_of_turn(self, step):
        """Let somebody click on what they should not see: either it may be, or nothing changes."""
        getattr(self, step)()

    def close_now(self):
        self.close(rematch_mentee=True, rematch_mentor=True)

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

    @invariant()
    def what_is_said_of_a_rest_and_of_an_end_goes_with_them(self):
        pair = self.pair
        resting = pair.status is Status.PAUSED
        closed = pair.status is Status.CLOSED
        assert (pair.paused_since is not None) is resting
        for why in (pair.closing_reason, pair.closing_by, pair.closing_since):
            assert (why is not None) is pair.ended
        again = (pair.rematch_mentee, pair.rematch_mentor)
        for said in (pair.closed_at, pair.contact_after, *again):
            assert (said is not None) is closed
        assert not (closed and pair.next_meeting_at)


Walk.TestCase.settings = settings(max_examples=150, stateful_step_count=40)
TestWalk = Walk.TestCase
