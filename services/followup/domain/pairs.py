"""The machine of a pair, from formed to closed: every step is named, and no other is possible."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypedDict
from uuid import UUID

from common.contracts.followup.pairs import CloseReason, PairCleared, PairPaused, PairResumed, Side
from common.contracts.matching import PairFormed
from common.contracts.policy import Policy
from common.contracts.vocabulary import Modality, Sealed, Setting
from followup.domain.clauses import Terms
from followup.domain.errors import GatesShut, NotWhileSo, PersonErased, TooFarAhead
from followup.domain.gates import Gate, Standing, missing, open_until

FURTHEST = timedelta(days=730)


class Status(StrEnum):
    FORMED = "formed"
    CLEARED = "cleared"
    FIRST_MEETING_PLANNED = "first_meeting_planned"
    FIRST_MEETING_HELD = "first_meeting_held"
    NO_SHOW = "no_show"
    AGREEMENT_PENDING = "agreement_pending"
    ACTIVE = "active"
    PAUSED = "paused"
    CLOSING = "closing"
    CLOSED = "closed"


class ContactAfter(StrEnum):
    """Whether mentor and mentee may stay in touch once the pair is closed."""

    NONE = "none"
    THROUGH_ASSOCIATION = "through_association"
    FREE = "free"


# Whatever is not closed may come to its end: a pair that never met must not stay for ever.
NEXT: Mapping[Status, frozenset[Status]] = {
    Status.FORMED: frozenset({Status.CLEARED, Status.CLOSING}),
    Status.CLEARED: frozenset({Status.FIRST_MEETING_PLANNED, Status.CLOSING}),
    Status.FIRST_MEETING_PLANNED: frozenset(
        {
            Status.FIRST_MEETING_PLANNED,
            Status.FIRST_MEETING_HELD,
            Status.NO_SHOW,
            Status.CLOSING,
        }
    ),
    Status.NO_SHOW: frozenset({Status.FIRST_MEETING_PLANNED, Status.CLOSING}),
    Status.FIRST_MEETING_HELD: frozenset({Status.AGREEMENT_PENDING, Status.CLOSING}),
    Status.AGREEMENT_PENDING: frozenset({Status.ACTIVE, Status.CLOSING}),
    Status.ACTIVE: frozenset({Status.PAUSED, Status.CLOSING}),
    Status.PAUSED: frozenset({Status.ACTIVE, Status.CLOSING}),
    Status.CLOSING: frozenset({Status.CLOSED}),
    # Re-opened: under the agreement if it still runs, or to a new first meeting.
    Status.CLOSED: frozenset({Status.CLEARED, Status.ACTIVE}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A mentor and a mentee from the mentor's yes on; it has the id of the proposal."""

    id: UUID
    association_id: UUID
    referral_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    guardian_id: UUID | None
    programme_id: UUID
    policy_version: int
    setting: Setting
    remote: bool
    formed_at: datetime
    # Who brought them together: the one coordinator who does not read its reports.
    made_by: UUID | None
    first_meeting_due: datetime
    status: Status = Status.FORMED
    version: int = 0
    missing: tuple[Gate, ...] = ()
    # The last day on which time alone leaves the gates open.
    gates_until: date | None = None
    meeting_at: datetime | None = None
    meeting_modality: Modality | None = None
    meeting_place: Sealed | None = None
    staff_id: UUID | None = None
    attendance_due: datetime | None = None
    met_at: datetime | None = None
    agreement_id: UUID | None = None
    sign_by: datetime | None = None
    terms: Terms | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    next_meeting_at: datetime | None = None
    paused_since: datetime | None = None
    closing_reason: CloseReason | None = None
    closing_by: Side | None = None
    closing_since: datetime | None = None
    closed_at: datetime | None = None
    rematch_mentee: bool | None = None
    rematch_mentor: bool | None = None
    contact_after: ContactAfter | None = None
    # A person of it was erased: it stays for the figures, and cannot go on.
    erased: bool = False
    # When time must look at it again.
    next_due: datetime | None = None

    @property
    def ended(self) -> bool:
        return self.status in {Status.CLOSING, Status.CLOSED}

    @property
    def for_minor(self) -> bool:
        return self.setting is not Setting.ADULT


class About(TypedDict):
    """What every fact about a pair says."""

    occurred_at: datetime
    association_id: UUID
    version: int
    pair_id: UUID


def about(pair: Pair, at: datetime) -> About:
    """Say of which pair, in which version, something is true."""
    return {
        "occurred_at": at,
        "association_id": pair.association_id,
        "version": pair.version,
        "pair_id": pair.id,
    }


def counted(pair: Pair) -> Pair:
    """Count one more change of this pair."""
    return replace(pair, version=pair.version + 1)


def move(pair: Pair, to: Status) -> Pair:
    """Take the next step, if there is such a step from here."""
    if to not in NEXT[pair.status]:
        raise NotWhileSo(pair.id)
    if pair.erased and to not in {Status.CLOSING, Status.CLOSED}:
        raise PersonErased(pair.id)
    return replace(counted(pair), status=to)


def open_pair(formed: PairFormed, policy: Policy) -> Pair:
    """Start to look after a new pair."""
    return Pair(
        id=formed.pair_id,
        association_id=formed.association_id,
        referral_id=formed.referral_id,
        mentee_id=formed.mentee_id,
        mentor_id=formed.mentor_id,
        guardian_id=formed.guardian_id,
        programme_id=formed.programme_id,
        policy_version=formed.policy_version,
        setting=formed.setting,
        remote=formed.remote,
        formed_at=formed.occurred_at,
        made_by=formed.proposed_by,
        first_meeting_due=first_meeting_due(policy, formed.occurred_at),
    )


def first_meeting_due(policy: Policy, since: datetime) -> datetime:
    return since + timedelta(days=policy.first_meeting_within_days)


def look_at_gates(pair: Pair, standing: Standing, on: date) -> Pair:
    """Note which gates are shut on that day, and until when time alone leaves them open."""
    return replace(
        pair,
        missing=missing(pair.setting, standing, on),
        gates_until=open_until(pair.setting, standing),
    )


def require_gates(pair: Pair) -> None:
    """Raise unless all gates are open; whoever asks has looked at them just before."""
    if pair.missing:
        raise GatesShut(pair.missing)


def require_near(planned: datetime, field: str, at: datetime) -> None:
    """Raise unless a meeting is planned for a time that people live to see."""
    if planned > at + FURTHEST:
        raise TooFarAhead(field)


def clear(pair: Pair, *, at: datetime) -> tuple[Pair, PairCleared]:
    """Let mentor and mentee meet."""
    require_gates(pair)
    cleared = move(pair, Status.CLEARED)
    return cleared, PairCleared(
        **about(cleared, at), screening_valid=Gate.MENTOR_SCREENED not in pair.missing
    )


def pause(pair: Pair, *, at: datetime) -> tuple[Pair, PairPaused]:
    paused = replace(move(pair, Status.PAUSED), paused_since=at)
    return paused, PairPaused(**about(paused, at))


def resume(pair: Pair, *, at: datetime) -> tuple[Pair, PairResumed]:
    """Go on after a pause: the gates must be as open as on the first day."""
    if pair.status is not Status.PAUSED:
        raise NotWhileSo(pair.id)
    require_gates(pair)
    resumed = replace(move(pair, Status.ACTIVE), paused_since=None, next_meeting_at=None)
    return resumed, PairResumed(**about(resumed, at))


def follow_gates(pair: Pair, *, at: datetime) -> tuple[Pair, list[PairCleared | PairPaused]]:
    """Do what the gates, as they are now, ask for: clear a new pair, rest an active one.

    A pair with a minor is never active behind a shut gate. An adult's pair rests only if its
    mentor left or is suspended: a check that ran out is a task for the coordinator.
    """
    if pair.status is Status.FORMED and not pair.missing:
        cleared, event = clear(pair, at=at)
        return cleared, [event]
    if pair.status is Status.ACTIVE and must_rest(pair):
        paused, pausing = pause(pair, at=at)
        return paused, [pausing]
    return pair, []


def must_rest(pair: Pair) -> bool:
    if pair.for_minor:
        return bool(pair.missing)
    return bool({Gate.MENTOR_APPROVED, Gate.MENTOR_NOT_SUSPENDED} & set(pair.missing))
