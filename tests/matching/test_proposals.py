"""The machine of a proposal: whatever is tried, in whatever order, it never does two things."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from common.contracts.matching import (
    PairFormed,
    ProposalAccepted,
    ProposalDeclineReason,
    ProposalMade,
    WithdrawalReason,
)
from common.contracts.vocabulary import Setting
from common.errors import DomainError
from matching.domain import proposals
from matching.domain.judgement import judge
from matching.domain.proposals import Invitation, Proposal, ProposedBy, Standing, Status, siblings
from matching.domain.refusals import (
    CannotBeMatched,
    MentorUnavailable,
    NotTheInvitedMentor,
    NotWaiting,
    ProposalClosed,
)
from tests.matching.cast import (
    A_MENTEE,
    A_MENTOR,
    COORDINATOR,
    GUARDIAN,
    MENTEE,
    MENTOR,
    NOW,
    OTHER_MENTOR,
    TERMS,
)

INVITATION = Invitation(id=UUID(int=90), by=ProposedBy.COORDINATOR, at=NOW, proposer_id=COORDINATOR)
WAITING = replace(A_MENTEE, guardian_id=GUARDIAN)
OPEN, MADE = proposals.propose(WAITING, judge(WAITING, A_MENTOR, TERMS), TERMS, INVITATION)
STANDING = Standing(mentee=WAITING, mentor_available=True, free_places=1)
NO = ProposalDeclineReason.TOO_FAR


def test_an_invitation_says_why_and_until_when():
    assert MADE.expires_at == NOW + timedelta(days=7)
    assert OPEN.remind_at == NOW + timedelta(days=3)
    assert sum(part.contribution for part in MADE.contributions) == pytest.approx(MADE.fit)


def test_an_invitation_says_who_and_under_which_terms():
    verdict = judge(WAITING, A_MENTOR, TERMS)
    said: dict[str, Any] = {
        "association_id": WAITING.association_id,
        "referral_id": WAITING.referral_id,
        "mentee_id": MENTEE,
        "mentor_id": MENTOR,
        "programme_id": TERMS.programme_id,
        "fit": verdict.fit,
        "contributions": verdict.contributions,
        "remote": verdict.remote,
        "expires_at": NOW + timedelta(days=7),
    }
    kept: dict[str, Any] = {
        "policy_version": TERMS.policy_version,
        "proposed_by": ProposedBy.COORDINATOR,
        "proposer_id": COORDINATOR,
        "made_at": NOW,
        "remind_at": NOW + timedelta(days=3),
    }

    proposal, event = proposals.propose(WAITING, verdict, TERMS, INVITATION)

    assert proposal == Proposal(id=INVITATION.id, **said, **kept)
    assert event == ProposalMade(occurred_at=NOW, version=1, proposal_id=INVITATION.id, **said)


def test_an_invitation_against_a_rule_is_refused_with_its_name():
    full = replace(A_MENTOR, engaged=1)

    with pytest.raises(CannotBeMatched) as refused:
        proposals.propose(WAITING, judge(WAITING, full, TERMS), TERMS, INVITATION)

    assert refused.value.blocking == ("capacity",)


def test_a_yes_makes_a_pair_under_the_proposals_id():
    accepted, [yes, pair] = proposals.accept(OPEN, STANDING, by=MENTOR, at=NOW)

    assert accepted.status is Status.ACCEPTED
    assert isinstance(yes, ProposalAccepted)
    assert isinstance(pair, PairFormed)
    assert (pair.pair_id, pair.guardian_id, pair.mentee_id) == (OPEN.id, GUARDIAN, MENTEE)
    assert pair.proposed_by == COORDINATOR
    assert (OPEN.version, yes.version, pair.version, accepted.version) == (1, 2, 3, 3)


def test_an_adult_comes_into_a_pair_without_a_guardian():
    adult = replace(WAITING, facets=WAITING.facets.model_copy(update={"setting": Setting.ADULT}))

    pair = proposals.pair_formed(OPEN, adult, NOW)

    assert adult.guardian_id == GUARDIAN
    assert (pair.setting, pair.guardian_id) == (Setting.ADULT, None)


def test_only_the_invited_mentor_may_answer():
    with pytest.raises(NotTheInvitedMentor):
        proposals.accept(OPEN, STANDING, by=OTHER_MENTOR, at=NOW)
    with pytest.raises(NotTheInvitedMentor):
        proposals.decline(OPEN, NO, by=OTHER_MENTOR, at=NOW)


def test_no_answer_counts_when_the_time_is_up():
    with pytest.raises(ProposalClosed):
        proposals.accept(OPEN, STANDING, by=MENTOR, at=OPEN.expires_at)
    with pytest.raises(ProposalClosed):
        proposals.decline(OPEN, NO, by=MENTOR, at=OPEN.expires_at)


def test_a_proposal_does_not_expire_before_its_time():
    with pytest.raises(ProposalClosed):
        proposals.expire(OPEN, at=OPEN.expires_at - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("standing", "error"),
    [
        (replace(STANDING, mentee=None), NotWaiting),
        (replace(STANDING, mentor_available=False), MentorUnavailable),
        (replace(STANDING, free_places=0), MentorUnavailable),
    ],
)
def test_a_yes_that_comes_too_late_is_told_why(standing, error):
    with pytest.raises(error):
        proposals.accept(OPEN, standing, by=MENTOR, at=NOW)


def test_an_erased_person_has_no_proposal_to_speak_of():
    with pytest.raises(ProposalClosed):
        proposals.withdraw(replace(OPEN, mentee_id=None), WithdrawalReason.ERASED, at=NOW)


def test_a_yes_closes_what_else_is_open_for_the_mentee_and_what_the_mentor_outgrew():
    accepted = replace(OPEN, status=Status.ACCEPTED)
    same_mentee = replace(OPEN, id=UUID(int=91), mentor_id=OTHER_MENTOR)
    older = replace(OPEN, id=UUID(int=92), mentee_id=UUID(int=93))
    newer = replace(older, id=UUID(int=94), made_at=NOW + timedelta(days=1))
    open_ones = [newer, same_mentee, older]

    assert siblings(accepted, open_ones, free_places=2) == [same_mentee]
    assert siblings(accepted, open_ones, free_places=1) == [same_mentee, newer]
    assert siblings(accepted, open_ones, free_places=0) == [same_mentee, older, newer]


class ProposalMachine(RuleBasedStateMachine):
    """Try everything on one proposal, and compare with a model of three facts."""

    def __init__(self):
        super().__init__()
        self.proposal = OPEN
        self.now = NOW
        self.ended_as = None
        self.announced = [MADE]

    def attempt(self, act, ends_as, *, allowed):
        """Do it if the model allows it, and see it refused if not."""
        if not allowed or self.ended_as:
            with pytest.raises(DomainError):
                act()
            return
        self.proposal, said = act()
        self.announced += said if isinstance(said, list) else [said]
        self.ended_as = ends_as

    @property
    def in_time(self):
        return self.now < OPEN.expires_at

    @rule(days=st.integers(1, 3))
    def time_passes(self, days):
        self.now += timedelta(days=days)

    @rule(by=st.sampled_from([MENTOR, OTHER_MENTOR]))
    def accept(self, by):
        self.attempt(
            lambda: proposals.accept(self.proposal, STANDING, by=by, at=self.now),
            Status.ACCEPTED,
            allowed=by == MENTOR and self.in_time,
        )

    @rule(by=st.sampled_from([MENTOR, OTHER_MENTOR]), why=st.sampled_from(ProposalDeclineReason))
    def decline(self, by, why):
        self.attempt(
            lambda: proposals.decline(self.proposal, why, by=by, at=self.now),
            Status.DECLINED,
            allowed=by == MENTOR and self.in_time,
        )

    @rule()
    def expire(self):
        self.attempt(
            lambda: proposals.expire(self.proposal, at=self.now),
            Status.EXPIRED,
            allowed=not self.in_time,
        )

    @rule(why=st.sampled_from(WithdrawalReason))
    def withdraw(self, why):
        self.attempt(
            lambda: proposals.withdraw(self.proposal, why, at=self.now),
            Status.WITHDRAWN,
            allowed=True,
        )

    @precondition(lambda self: not self.proposal.reminded)
    @rule()
    def remind(self):
        self.attempt(lambda: proposals.remind(self.proposal, at=self.now), None, allowed=True)

    @invariant()
    def the_status_is_what_ended_it(self):
        assert self.proposal.status is (self.ended_as or Status.OPEN)
        assert (self.proposal.answered_at is not None) == bool(self.ended_as)

    @invariant()
    def versions_count_what_was_announced_without_a_gap(self):
        versions = [event.version for event in self.announced]
        assert versions == list(range(1, len(versions) + 1))
        assert self.proposal.version == versions[-1]

    @invariant()
    def a_pair_is_formed_at_most_once_and_only_by_a_yes(self):
        formed = sum(isinstance(event, PairFormed) for event in self.announced)
        assert formed == (self.ended_as is Status.ACCEPTED)


TestProposalMachine = ProposalMachine.TestCase
