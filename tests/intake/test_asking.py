"""Whoever was asked answers, and nobody else; who has no place left cannot say yes."""

import pytest

from common.contracts.intake.referrals import DeclineReason
from intake.domain import asking
from intake.domain.asking import AskClosed, NoPlaceLeft, NotTheAskedAssociation
from tests.intake.cast import ANOTHER_ASSOCIATION, ASSOCIATION, NOW
from tests.intake.test_sight import ACCEPTED, OFFERED

ASKED = frozenset({ASSOCIATION})
OTHERS = frozenset({ANOTHER_ASSOCIATION})
FULL = DeclineReason.NO_CAPACITY


def test_nobody_answers_for_the_association_that_was_asked():
    with pytest.raises(NotTheAskedAssociation):
        asking.accept(OFFERED, by=OTHERS, free_places=1, at=NOW)
    with pytest.raises(NotTheAskedAssociation):
        asking.decline(OFFERED, by=OTHERS, reason=FULL, at=NOW)


def test_without_a_free_place_there_is_no_yes():
    with pytest.raises(NoPlaceLeft):
        asking.accept(OFFERED, by=ASKED, free_places=0, at=NOW)


def test_an_answer_is_given_once_and_in_time():
    with pytest.raises(AskClosed):
        asking.accept(ACCEPTED, by=ASKED, free_places=1, at=NOW)
    too_late = asking.open_ask(OFFERED).expires_at
    with pytest.raises(AskClosed):
        asking.decline(OFFERED, by=ASKED, reason=FULL, at=too_late)
