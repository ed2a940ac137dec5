"""Which mails people are owed, and when a mail that did not leave is tried again."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from common.contracts.vocabulary import Sealed

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)
MOST_TRIES = 14
# A mail being sent is nobody else's for so long; none is begun so late that it might not do.
LEASE = timedelta(minutes=5)
BEGUN_WITHIN = timedelta(minutes=2)
KEPT = timedelta(days=30)


class Kind(StrEnum):
    """What a mail is about; its words are in the catalogue under this name."""

    SIGN_IN = "sign_in"
    PROPOSAL = "proposal"
    PROPOSAL_REMINDER = "proposal_reminder"
    PAIR_FORMED = "pair_formed"
    AUTHORISATION = "authorisation"
    FIRST_MEETING = "first_meeting"
    AGREEMENT = "agreement"
    SIGNATURE_CODE = "signature_code"
    NUDGE = "nudge"
    TASK = "task"
    REFERRAL_OFFERED = "referral_offered"
    REFERRAL_REMINDER = "referral_reminder"
    PRESCRIBER_NEWS = "prescriber_news"
    FAMILY_NEWS = "family_news"
    NEED_ASKED = "need_asked"


# Somebody sits before the page and waits for these; they are of use for minutes.
CODES = frozenset({Kind.SIGN_IN, Kind.SIGNATURE_CODE})
OTHERS = frozenset(Kind) - CODES


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that somebody is owed: ids and sealed texts only, written out when it leaves."""

    id: UUID
    # None: whoever signs in; who that is, is not looked up before the mail leaves.
    person_id: UUID | None
    kind: Kind
    facts: dict[str, str] = field(default_factory=dict)
    sealed: dict[str, Sealed] = field(default_factory=dict)
    created_at: datetime
    next_try_at: datetime
    tries: int = 0


def next_try(tries: int, *, at: datetime) -> datetime | None:
    """Say when to try again after so many failures, ever later; None: give up."""
    if tries >= MOST_TRIES:
        return None
    doubled: timedelta = FIRST_RETRY * 2 ** (tries - 1)
    return at + min(doubled, LONGEST_RETRY)
