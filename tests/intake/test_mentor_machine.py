"""A mentor under any sequence of decisions: no approval without screening, no way back."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from common.calendar import start_of
from common.contracts.intake.mentors import MentorApplied, MentorApproved
from common.contracts.policy import Check
from common.contracts.vocabulary import Setting
from common.errors import DomainError
from intake.blueprints import policy_from
from intake.domain import mentors, screening
from intake.domain.mentors import (
    CapacityBeyondPolicy,
    Mentor,
    NoSuchPublic,
    RefusalReason,
    ScreeningMissing,
    Seen,
    Status,
)
from tests.intake.cast import ASSOCIATION, COORDINATOR, MENTOR_FACETS, NOW, POLICY

APPLICANT = Mentor(
    id=UUID(int=70),
    association_id=ASSOCIATION,
    programme_ids=(UUID(int=30),),
    facets=MENTOR_FACETS,
    applied_at=NOW,
    sealed={},
)
POLICIES = (POLICY,)
DRAWN = {
    Status.APPLIED: {Status.SCREENING, Status.AVAILABLE, Status.REFUSED, Status.LEFT},
    Status.SCREENING: {Status.AVAILABLE, Status.REFUSED, Status.LEFT},
    Status.AVAILABLE: {Status.PAUSED, Status.SUSPENDED, Status.LEFT},
    Status.PAUSED: {Status.AVAILABLE, Status.SUSPENDED, Status.LEFT},
    Status.SUSPENDED: {Status.AVAILABLE, Status.LEFT},
    Status.REFUSED: set(),
    Status.LEFT: set(),
}


def seen(mentor, check, on, at=NOW):
    return screening.see(mentor, (check, on, COORDINATOR), POLICIES, at=at)


def test_approval_is_refused_by_the_name_of_the_check_that_is_missing():
    with pytest.raises(ScreeningMissing) as no:
        screening.approve(APPLICANT, POLICIES, at=NOW)

    assert no.value.checks == (Check.CRIMINAL_RECORD_3,)
    assert "criminal_record_3" in no.value.sentences["fr"]


def test_each_public_has_its_path():
    care = replace(
        APPLICANT,
        facets=MENTOR_FACETS.model_copy(
            update={"settings": (Setting.CHILD_PROTECTION, Setting.ADULT)}
        ),
    )

    assert screening.required(care, POLICIES) == {
        Setting.CHILD_PROTECTION: {Check.HONOURABILITY},
        Setting.ADULT: {Check.IDENTITY, Check.DECLARATION},
    }


def test_an_approval_says_until_when_and_for_whom():
    screened, _ = seen(APPLICANT, Check.CRIMINAL_RECORD_3, date(2026, 9, 1))

    _, event = screening.approve(screened, POLICIES, at=NOW)

    assert event.screened_until == date(2027, 9, 1)
    assert event.facets.settings == (Setting.MINOR,)


def test_a_check_that_is_no_longer_valid_does_not_count():
    screened, _ = seen(APPLICANT, Check.CRIMINAL_RECORD_3, date(2026, 9, 1))

    with pytest.raises(ScreeningMissing):
        screening.approve(screened, POLICIES, at=NOW + timedelta(days=366))


def test_a_check_is_over_when_its_last_day_is_where_people_live():
    screened, _ = seen(APPLICANT, Check.CRIMINAL_RECORD_3, date(2026, 9, 1))
    its_end = start_of(date(2027, 9, 1))

    screening.approve(screened, POLICIES, at=its_end - timedelta(seconds=1))
    with pytest.raises(ScreeningMissing):
        screening.approve(screened, POLICIES, at=its_end)


def test_the_fact_of_a_check_says_who_saw_it_and_until_when_it_counts():
    screened, (event,) = seen(APPLICANT, Check.CRIMINAL_RECORD_3, date(2026, 9, 1))

    assert screened.seen == (
        Seen(
            check=Check.CRIMINAL_RECORD_3,
            seen_on=date(2026, 9, 1),
            seen_by=COORDINATOR,
            valid_until=date(2027, 9, 1),
        ),
    )
    assert (event.check, event.valid_until) == (Check.CRIMINAL_RECORD_3, date(2027, 9, 1))
    assert screened.status is Status.SCREENING


def test_a_renewed_check_of_an_approved_mentor_is_announced():
    screened, _ = seen(APPLICANT, Check.CRIMINAL_RECORD_3, date(2026, 9, 1))
    approved, _ = screening.approve(screened, POLICIES, at=NOW)

    later = NOW + timedelta(days=300)
    renewed, (_, event) = seen(approved, Check.CRIMINAL_RECORD_3, later.date(), at=later)

    assert isinstance(event, MentorApproved)
    assert event.screened_until
    assert event.screened_until > date(2027, 9, 1)
    assert len(renewed.seen) == 1


def test_an_application_says_who_wants_to_be_a_mentor_of_what():
    applied, event = mentors.apply(APPLICANT, POLICIES)

    assert applied == APPLICANT
    assert event == MentorApplied(
        occurred_at=NOW,
        association_id=ASSOCIATION,
        version=1,
        mentor_id=APPLICANT.id,
        programme_ids=APPLICANT.programme_ids,
        facets=MENTOR_FACETS,
    )


def test_a_public_that_no_programme_has_is_refused():
    with pytest.raises(NoSuchPublic):
        mentors.apply(APPLICANT, (policy_from("mentoru", {}),))


def test_nobody_offers_to_take_more_than_the_policy_lets():
    many = replace(APPLICANT, facets=MENTOR_FACETS.model_copy(update={"capacity": 4}))

    with pytest.raises(CapacityBeyondPolicy):
        mentors.apply(many, POLICIES)


HERE = {Status.APPLIED, Status.SCREENING, Status.AVAILABLE, Status.PAUSED, Status.SUSPENDED}
GONE = {Status.LEFT, Status.REFUSED}


class MentorMachine(RuleBasedStateMachine):
    """Decide anything about one mentor, in any order; a drawn model says what may be."""

    def __init__(self):
        super().__init__()
        self.mentor = APPLICANT
        self.now = NOW
        self.told = [1]

    @initialize(as_far_as=st.sampled_from([None, None, "approve", "pause", "suspend"]))
    def begin(self, as_far_as):
        """Be approved most of the time: by chance alone nearly nobody is."""
        if as_far_as:
            self.see_a_check(Check.CRIMINAL_RECORD_3, 1)
            self.approve()
            assert self.mentor.status is Status.AVAILABLE
        if as_far_as in {"pause", "suspend"}:
            getattr(self, as_far_as)()

    def step(self, decision):
        """Apply a decision, and give what it announced, or None if it was refused."""
        try:
            after, events = decision(self.mentor)
        except DomainError:
            return None
        events = events if isinstance(events, tuple) else (events,)
        self.told += [event.version for event in events]
        for event in events:
            assert (event.mentor_id, event.occurred_at) == (APPLICANT.id, self.now)
            assert event.association_id == ASSOCIATION
        if after.status is not self.mentor.status:
            assert after.status in DRAWN[self.mentor.status]
        if after.status is Status.AVAILABLE and self.mentor.status in mentors.APPLYING:
            assert not screening.lacking(after, POLICIES, on=self.now.date())
        self.mentor = after
        return events

    def decide(self, decision, *, allowed, ends_as):
        """Take a decision that the model allows in some states, and see it refused in others."""
        may = self.mentor.status in allowed
        events = self.step(decision)
        assert (events is not None) is may
        if may:
            assert self.mentor.status is ends_as
        return events

    @rule(days=st.integers(1, 200))
    def let_time_pass(self, days):
        self.now += timedelta(days=days)

    @rule(check=st.sampled_from(Check), ago=st.integers(-2, 400))
    def see_a_check(self, check, ago):
        on = (self.now - timedelta(days=ago)).date()
        self.step(lambda m: screening.see(m, (check, on, COORDINATOR), POLICIES, at=self.now))

    @rule()
    def approve(self):
        self.step(lambda m: screening.approve(m, POLICIES, at=self.now))

    @rule()
    def pause(self):
        told = self.decide(
            lambda m: mentors.pause(m, at=self.now),
            allowed={Status.AVAILABLE},
            ends_as=Status.PAUSED,
        )
        assert not told or told[0].suspended is False

    @rule()
    def suspend(self):
        told = self.decide(
            lambda m: mentors.suspend(m, at=self.now),
            allowed={Status.AVAILABLE, Status.PAUSED},
            ends_as=Status.SUSPENDED,
        )
        assert not told or told[0].suspended is True

    @rule(by_association=st.booleans())
    def resume(self, by_association):
        self.decide(
            lambda m: mentors.resume(m, by_association=by_association, at=self.now),
            allowed={Status.PAUSED, *([Status.SUSPENDED] if by_association else [])},
            ends_as=Status.AVAILABLE,
        )

    @rule(reason=st.sampled_from(RefusalReason))
    def refuse(self, reason):
        told = self.decide(
            lambda m: mentors.refuse(m, reason, at=self.now),
            allowed=mentors.APPLYING,
            ends_as=Status.REFUSED,
        )
        assert not told or self.mentor.refusal is reason

    # Not too early, or most stories would be over before they begin.
    @precondition(lambda self: len(self.told) > 4)
    @rule()
    def leave(self):
        self.decide(lambda m: mentors.leave(m, at=self.now), allowed=HERE, ends_as=Status.LEFT)

    @precondition(lambda self: len(self.told) > 4)
    @rule()
    def be_forgotten(self):
        self.step(lambda m: mentors.forget(m, at=self.now))
        assert self.mentor.status in GONE
        assert (self.mentor.facets, self.mentor.seen, self.mentor.sealed) == (None, (), {})

    @invariant()
    def every_fact_has_the_next_version(self):
        assert self.told == list(range(1, len(self.told) + 1))
        assert self.mentor.version == self.told[-1]

    @invariant()
    def only_the_fact_of_a_check_is_kept_and_each_once(self):
        checks = [each.check for each in self.mentor.seen]
        assert len(checks) == len(set(checks))

    @invariant()
    def who_is_gone_has_a_day_from_which_their_retention_counts(self):
        assert (self.mentor.left_at is not None) is (self.mentor.status in GONE)


TestMentorMachine = MentorMachine.TestCase
TestMentorMachine.settings = settings(max_examples=100, stateful_step_count=25)


def test_a_mentor_cannot_take_a_suspension_back():
    screened, _ = seen(APPLICANT, Check.CRIMINAL_RECORD_3, date(2026, 9, 1))
    approved, _ = screening.approve(screened, POLICIES, at=NOW)
    suspended, _ = mentors.suspend(approved, at=NOW)

    with pytest.raises(mentors.NotWithThisMentor):
        mentors.resume(suspended, by_association=False, at=NOW)
