"""When somebody must look at a pair: derived from the clauses it signed and what it did since."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.calendar import after_months, day_of, end_of, start_of
from common.contracts.followup.alerts import AlertKind, AlertLevel
from common.contracts.followup.endings import OutcomeStage
from common.contracts.followup.pairs import Side
from common.contracts.policy import Ladder
from followup.domain.clauses import (
    Rest,
    check_in_dues,
    missed_in_a_row,
    period_at,
    silent_from,
)
from followup.domain.pairs import Pair, Status

# How long before a check or an agreement of child protection ends its renewal is asked for.
RENEWAL_NOTICE = timedelta(days=30)
OUTCOME_AFTER_MONTHS = 6
# Above the warning, the ladder goes on period by period: pause, then close; people decide both.
LADDER_STEPS = ("warn", "pause", "close")


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary:
    """What a pair did so far, as far as deadlines depend on it."""

    meetings: tuple[datetime, ...] = ()
    contacts: tuple[datetime, ...] = ()
    check_ins: tuple[tuple[Side, datetime], ...] = ()
    rests: tuple[Rest, ...] = ()
    outcomes: frozenset[OutcomeStage] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A moment from which somebody must look at a pair, unless the pair does something first.

    The occasion tells one such moment from the next of its kind, whoever computes it, and when.
    """

    kind: AlertKind
    occasion: str
    level: AlertLevel
    due_at: datetime
    # Which step of the ladder is proposed; 0 if none.
    step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is due now, and when time must look again if nothing happens until then."""

    due: tuple[Deadline, ...]
    next_at: datetime | None


def look(pair: Pair, diary: Diary, at: datetime) -> Outlook:
    deadlines = tuple(_deadlines(pair, diary, at))
    later = [each.due_at for each in deadlines if each.due_at > at]
    wake = _next_period(pair, at)
    if wake is not None:
        later.append(wake)
    return Outlook(
        due=tuple(each for each in deadlines if each.due_at <= at), next_at=min(later, default=None)
    )


def _deadlines(pair: Pair, diary: Diary, at: datetime) -> Iterator[Deadline]:
    if pair.erased:
        return
    for rule in RULES.get(pair.status, ()):
        yield from rule(pair, diary, at)


def _first_meeting(pair: Pair, _: Diary, __: datetime) -> Iterator[Deadline]:
    yield Deadline(
        kind=AlertKind.FIRST_MEETING_LATE,
        occasion=pair.first_meeting_due.isoformat(),
        level=AlertLevel.TASK,
        due_at=pair.first_meeting_due,
    )


def _attendance(pair: Pair, _: Diary, __: datetime) -> Iterator[Deadline]:
    if pair.attendance_due is not None:
        yield Deadline(
            kind=AlertKind.LOG_DUE,
            occasion=f"first meeting {pair.attendance_due.isoformat()}",
            level=AlertLevel.TASK,
            due_at=pair.attendance_due,
        )


def _no_show(pair: Pair, _: Diary, __: datetime) -> Iterator[Deadline]:
    if pair.meeting_at is not None:
        yield Deadline(
            kind=AlertKind.NO_SHOW,
            occasion=pair.meeting_at.isoformat(),
            level=AlertLevel.TASK,
            due_at=pair.meeting_at,
        )


def _signature(pair: Pair, _: Diary, __: datetime) -> Iterator[Deadline]:
    if pair.sign_by is not None:
        yield Deadline(
            kind=AlertKind.SIGNATURE_LATE,
            occasion=str(pair.agreement_id),
            level=AlertLevel.TASK,
            due_at=pair.sign_by,
        )


def _screening(pair: Pair, _: Diary, at: datetime) -> Iterator[Deadline]:
    if pair.gates_until is None:
        return
    occasion = pair.gates_until.isoformat()
    end = end_of(pair.gates_until)
    notice = max(pair.formed_at, start_of(pair.gates_until) - RENEWAL_NOTICE)
    level, due_at = (AlertLevel.LADDER, end) if end <= at else (AlertLevel.TASK, notice)
    yield Deadline(kind=AlertKind.SCREENING_ENDS, occasion=occasion, level=level, due_at=due_at)
    if level is AlertLevel.TASK:
        yield Deadline(
            kind=AlertKind.SCREENING_ENDS, occasion=occasion, level=AlertLevel.LADDER, due_at=end
        )


def _missed_periods(pair: Pair, diary: Diary, at: datetime) -> Iterator[Deadline]:
    if pair.terms is None or pair.starts_on is None:
        return
    missed = missed_in_a_row(pair.terms, pair.starts_on, diary.meetings, diary.rests, at)
    reached = _reached(pair.terms.ladder, len(missed))
    if reached is not None:
        level, number = reached
        yield Deadline(
            kind=AlertKind.MISSED_PERIOD,
            occasion=f"from {missed[0].start.isoformat()}",
            level=level,
            due_at=missed[number - 1].end,
            step=max(0, number - pair.terms.ladder.warn + 1),
        )


def _reached(ladder: Ladder, missed: int) -> tuple[AlertLevel, int] | None:
    """Return the highest level that so many missed periods reach, and at which number."""
    rungs = [(AlertLevel.NUDGE, ladder.nudge), (AlertLevel.TASK, ladder.task)]
    rungs += [(AlertLevel.LADDER, ladder.warn + step) for step in range(len(LADDER_STEPS))]
    return next((rung for rung in reversed(rungs) if rung[1] <= missed), None)


def _silence(pair: Pair, diary: Diary, _: datetime) -> Iterator[Deadline]:
    if pair.terms is None or pair.starts_on is None:
        return
    resumed = [rest.end for rest in diary.rests if rest.end is not None]
    last = max([start_of(pair.starts_on), *diary.meetings, *diary.contacts, *resumed])
    yield Deadline(
        kind=AlertKind.SILENCE,
        occasion=f"since {last.isoformat()}",
        level=AlertLevel.TASK,
        due_at=silent_from(pair.terms, pair.starts_on, last),
    )


def _log(pair: Pair, _: Diary, __: datetime) -> Iterator[Deadline]:
    """Ask for the meeting that was planned: one reminder a period, however many were planned."""
    if pair.terms is None or pair.starts_on is None or pair.next_meeting_at is None:
        return
    span = period_at(pair.terms, pair.starts_on, pair.next_meeting_at)
    yield Deadline(
        kind=AlertKind.LOG_DUE,
        occasion=f"period {span.index}",
        level=AlertLevel.NUDGE,
        due_at=pair.next_meeting_at + timedelta(days=pair.terms.meeting_log_due_days),
    )


def _check_ins(pair: Pair, diary: Diary, at: datetime) -> Iterator[Deadline]:
    if pair.terms is None or pair.starts_on is None:
        return
    dues = list(check_in_dues(pair.terms, pair.starts_on, at))
    for side in (Side.MENTOR, Side.MENTEE):
        held = [when for asked, when in diary.check_ins if asked is side]
        known = [when for when in held if start_of(pair.starts_on) < when <= at]
        answered = _answered(dues, known)
        # Only the last one that is due, and the one to come: the others are past asking.
        for due in dues[-2:]:
            if due not in answered:
                yield Deadline(
                    kind=AlertKind.CHECK_IN_DUE,
                    occasion=f"{side} {due.date().isoformat()}",
                    level=AlertLevel.TASK,
                    due_at=due,
                )


def _answered(dues: Sequence[datetime], held: Sequence[datetime]) -> set[datetime]:
    """Let each check-in answer one date: the last that was due, or else the one to come."""
    answered: set[datetime] = set()
    for when in sorted(held):
        number = bisect_right(dues, when)
        late = number > 0 and dues[number - 1] not in answered
        answered.add(dues[number - 1 if late else number])
    return answered


def _outcomes(pair: Pair, diary: Diary, _: datetime) -> Iterator[Deadline]:
    if pair.closed_at is None:
        return
    later = start_of(after_months(day_of(pair.closed_at), OUTCOME_AFTER_MONTHS))
    for stage, due in ((OutcomeStage.EXIT, pair.closed_at), (OutcomeStage.SIX_MONTHS, later)):
        if stage not in diary.outcomes:
            yield Deadline(
                kind=AlertKind.OUTCOME_DUE,
                occasion=f"{stage} {pair.closed_at.isoformat()}",
                level=AlertLevel.TASK,
                due_at=due,
            )


def _next_period(pair: Pair, at: datetime) -> datetime | None:
    """Look again at the end of the period, in which alone a missed one can be counted."""
    if pair.status is not Status.ACTIVE or pair.terms is None or pair.starts_on is None:
        return None
    return period_at(pair.terms, pair.starts_on, at).end


Rule = Callable[[Pair, Diary, datetime], Iterator[Deadline]]

RULES: Mapping[Status, Sequence[Rule]] = {
    Status.FORMED: (_first_meeting,),
    Status.CLEARED: (_first_meeting, _screening),
    Status.FIRST_MEETING_PLANNED: (_first_meeting, _attendance, _screening),
    Status.NO_SHOW: (_first_meeting, _no_show, _screening),
    Status.FIRST_MEETING_HELD: (_screening,),
    Status.AGREEMENT_PENDING: (_signature, _screening),
    Status.ACTIVE: (_missed_periods, _silence, _log, _check_ins, _screening),
    Status.PAUSED: (_screening,),
    Status.CLOSED: (_outcomes,),
}
