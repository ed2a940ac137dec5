"""What may happen to a session: it is planned, filled, attended, or called off."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from common.contracts.training import (
    AttendanceRecorded,
    SessionCancelled,
    SessionKind,
    SessionScheduled,
    SignedUp,
)
from common.errors import Conflict, Invalid, NotFound

# Further ahead a date is a slip of the pen.
FURTHEST = timedelta(days=730)


class SessionNotFound(NotFound):
    """No session has this id."""

    fr = "Aucune séance n'a cet identifiant."


class SignUpNotFound(NotFound):
    """No sign-up has this id."""

    fr = "Aucune inscription n'a cet identifiant."


class SessionFull(Conflict):
    """Every place of this session is taken."""

    fr = "Cette séance est complète."


class AlreadySignedUp(Conflict):
    """This person already has a place in this session."""

    fr = "Cette personne est déjà inscrite à cette séance."


class SessionCalledOff(Conflict):
    """This session will not take place."""

    fr = "Cette séance est annulée."


class SessionStarted(Conflict):
    """This session has already started."""

    fr = "Cette séance a déjà commencé."


class SessionNotStarted(Conflict):
    """Who came is known only once the session has started."""

    fr = "On ne sait qui est venu qu'une fois la séance commencée."


class NotSignedUp(Conflict):
    """This sign-up was cancelled."""

    fr = "Cette inscription est annulée."


class DateNotPossible(Invalid):
    """A session is planned in the future, and within two years."""

    fr = "Une séance se planifie dans l'avenir, et dans les deux ans."


class ModuleNotOfAnyPath(Invalid):
    """No path of this association or programme has this module."""

    fr = "Aucun parcours de cette association ou de ce programme n'a ce module."


class LongerThanTheSession(Invalid):
    """Nobody can attend for longer than the session lasts."""

    fr = "Personne ne peut être présent plus longtemps que la séance ne dure."


class SessionState(StrEnum):
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"


class SignUpState(StrEnum):
    SIGNED_UP = "signed_up"
    CANCELLED = "cancelled"
    PRESENT = "present"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is decided about a session when its date is set."""

    association_id: UUID
    programme_id: UUID | None
    kind: SessionKind
    modules: tuple[str, ...]
    starts_at: datetime
    minutes: int
    places: int
    remote: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(Plan):
    """A date on which mentors learn, exchange, go out or steer together."""

    id: UUID
    taken: int = 0
    state: SessionState = SessionState.SCHEDULED
    version: int = 1
    changed_at: datetime

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """One person's place in a session, and then whether they came."""

    id: UUID
    session_id: UUID
    association_id: UUID
    # None: the person was erased, and the place still counts.
    person_id: UUID | None
    state: SignUpState = SignUpState.SIGNED_UP
    minutes: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A person who wants a place in a session, and the id that the sign-up would have."""

    sign_up_id: UUID
    session_id: UUID
    person_id: UUID


def schedule(
    plan: Plan, *, session_id: UUID, known_modules: Collection[str], at: datetime
) -> tuple[Session, SessionScheduled]:
    """Set the date of a session; its modules must be of a path that its mentors take."""
    if not at < plan.starts_at <= at + FURTHEST:
        raise DateNotPossible("starts_at")
    if not set(plan.modules) <= set(known_modules):
        raise ModuleNotOfAnyPath("modules")
    plan = replace(plan, starts_at=plan.starts_at.astimezone(UTC))
    return announced(plan, session_id=session_id, at=at)


def announced(plan: Plan, *, session_id: UUID, at: datetime) -> tuple[Session, SessionScheduled]:
    session = Session(
        id=session_id,
        association_id=plan.association_id,
        programme_id=plan.programme_id,
        kind=plan.kind,
        modules=plan.modules,
        starts_at=plan.starts_at,
        minutes=plan.minutes,
        places=plan.places,
        remote=plan.remote,
        changed_at=at,
    )
    return session, SessionScheduled(
        occurred_at=at,
        association_id=plan.association_id,
        version=session.version,
        session_id=session_id,
        programme_id=plan.programme_id,
        kind=plan.kind,
        modules=plan.modules,
        starts_at=plan.starts_at,
        minutes=plan.minutes,
        places=plan.places,
        remote=plan.remote,
    )


def cancel(session: Session, *, at: datetime) -> tuple[Session, SessionCancelled]:
    """Call a session off, while nobody has come yet."""
    if session.state is SessionState.CANCELLED:
        raise SessionCalledOff(session.id)
    if at >= session.starts_at:
        raise SessionStarted(session.id)
    cancelled = replace(
        session, state=SessionState.CANCELLED, version=session.version + 1, changed_at=at
    )
    return cancelled, SessionCancelled(
        occurred_at=at,
        association_id=session.association_id,
        version=cancelled.version,
        session_id=session.id,
    )


def sign_up(
    session: Session, wish: Wish, held: SignUp | None, *, at: datetime
) -> tuple[Session, SignUp, SignedUp]:
    """Take a place for oneself, before the session starts."""
    if at >= session.starts_at:
        raise SessionStarted(session.id)
    return enrol(session, wish, held, at=at)


def enrol(
    session: Session, wish: Wish, held: SignUp | None, *, at: datetime
) -> tuple[Session, SignUp, SignedUp]:
    """Give somebody a place; staff may do so afterwards too, for those who simply came.

    Who cancelled and comes back keeps the same sign-up, so that it has one history.
    """
    if session.state is SessionState.CANCELLED:
        raise SessionCalledOff(session.id)
    if held and held.state is not SignUpState.CANCELLED:
        raise AlreadySignedUp(session.id)
    if session.taken >= session.places:
        raise SessionFull(session.id)
    taken = replace(held or new_sign_up(session, wish), state=SignUpState.SIGNED_UP)
    if held:
        taken = replace(taken, version=held.version + 1)
    return (
        replace(session, taken=session.taken + 1),
        taken,
        SignedUp(
            occurred_at=at,
            association_id=session.association_id,
            version=taken.version,
            sign_up_id=taken.id,
            session_id=session.id,
            person_id=wish.person_id,
        ),
    )


def new_sign_up(session: Session, wish: Wish) -> SignUp:
    return SignUp(
        id=wish.sign_up_id,
        session_id=session.id,
        association_id=session.association_id,
        person_id=wish.person_id,
        version=1,
    )


def give_up(session: Session, place: SignUp, *, at: datetime) -> tuple[Session, SignUp]:
    """Give a place back before the session starts; somebody else may then take it."""
    if at >= session.starts_at:
        raise SessionStarted(session.id)
    if place.state is SignUpState.CANCELLED:
        raise NotSignedUp(place.id)
    return (
        replace(session, taken=session.taken - 1),
        replace(place, state=SignUpState.CANCELLED, version=place.version + 1),
    )


def record(
    session: Session, place: SignUp, *, minutes: int, at: datetime
) -> tuple[SignUp, AttendanceRecorded]:
    """Say for how long somebody was there: 0 is absent; a slip may be corrected later."""
    if session.state is SessionState.CANCELLED:
        raise SessionCalledOff(session.id)
    if at < session.starts_at:
        raise SessionNotStarted(session.id)
    if place.state is SignUpState.CANCELLED:
        raise NotSignedUp(place.id)
    if place.person_id is None:
        raise SignUpNotFound(place.id)
    if minutes > session.minutes:
        raise LongerThanTheSession("minutes")
    recorded = replace(
        place,
        state=SignUpState.PRESENT if minutes else SignUpState.ABSENT,
        minutes=minutes,
        version=place.version + 1,
    )
    return recorded, AttendanceRecorded(
        occurred_at=at,
        association_id=session.association_id,
        version=recorded.version,
        sign_up_id=place.id,
        session_id=session.id,
        person_id=place.person_id,
        kind=session.kind,
        present=minutes > 0,
        minutes=minutes,
    )
