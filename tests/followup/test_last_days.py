"""On its last day an agreement still runs, and a pair that ends then has kept its term."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from common.calendar import end_of, start_of
from common.contracts.followup.pairs import CloseReason, Side
from followup.domain import endings
from followup.domain.clauses import terms_of
from followup.domain.endings import Farewell
from followup.domain.pairs import ContactAfter, Status, open_pair
from tests.followup.facts import POLICY, T0, pair_formed

LAST_DAY = date(2027, 3, 1)
ITS_END = end_of(LAST_DAY)
A_SECOND = timedelta(seconds=1)
ACTIVE = replace(
    open_pair(pair_formed(), POLICY),
    status=Status.ACTIVE,
    terms=terms_of(POLICY),
    starts_on=date(2026, 9, 1),
    ends_on=LAST_DAY,
    agreement_id=UUID(int=99),
)
GOODBYE = Farewell(rematch_mentee=False, rematch_mentor=True, contact=ContactAfter.NONE)


def closed(at):
    closing, _ = endings.begin_closing(
        ACTIVE, reason=CloseReason.TERM_REACHED, by=Side.MENTEE, at=at
    )
    return endings.close(closing, set(Side), GOODBYE, at=at)


@pytest.mark.parametrize(
    ("at", "before_term", "lasted_days"),
    [
        (start_of(LAST_DAY) - A_SECOND, True, 180),
        (start_of(LAST_DAY), False, 181),
        (ITS_END, False, 182),
    ],
)
def test_a_pair_that_ends_on_its_last_day_has_kept_its_term(at, before_term, lasted_days):
    _, event = closed(at)

    assert (event.before_term, event.lasted_days) == (before_term, lasted_days)


@pytest.mark.parametrize(
    ("at", "status"), [(ITS_END - A_SECOND, Status.ACTIVE), (ITS_END, Status.CLEARED)]
)
def test_a_pair_is_opened_again_under_its_agreement_until_that_is_over(at, status):
    pair, _ = closed(start_of(LAST_DAY))

    reopened, _ = endings.reopen(pair, first_meeting_due=T0, at=at)

    assert reopened.status is status
    assert (reopened.terms is None) is (status is Status.CLEARED)
