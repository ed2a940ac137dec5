"""What a mentor must have learnt before the start, and when that is so.

Readiness is announced once for a mentor in a programme and is never taken back: a later policy
with more modules asks them of those who come later, and the path shows the others what is new.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.contracts.policy import TrainingModule
from common.contracts.training import MentorReady, SessionKind
from common.errors import NotFound


class MentorNotFound(NotFound):
    """No mentor has this id."""

    fr = "Aucun mentor n'a cet identifiant."


class ProgrammeNotFound(NotFound):
    """No programme has this id."""

    fr = "Aucun programme n'a cet identifiant."


class MentorState(StrEnum):
    APPLIED = "applied"
    APPROVED = "approved"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentor:
    """What training has heard of a mentor."""

    id: UUID
    association_id: UUID
    programme_ids: tuple[UUID, ...]
    state: MentorState
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The modules of a programme, as its latest policy lists them."""

    programme_id: UUID
    association_id: UUID
    name: str
    version: int
    modules: tuple[TrainingModule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """A session that a mentor was at."""

    association_id: UUID
    programme_id: UUID | None
    kind: SessionKind
    modules: tuple[str, ...]
    starts_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One module of a path, and when the mentor completed it."""

    module: TrainingModule
    completed_at: datetime | None


def counts_for(path: Path, attended: Attended) -> bool:
    """Tell whether a session belongs to a path: its programme's, or its association's for all."""
    return attended.association_id == path.association_id and attended.programme_id in (
        None,
        path.programme_id,
    )


def progress(path: Path, attended: Iterable[Attended]) -> tuple[Step, ...]:
    """Set the path beside what was attended; a module counts from its first session on."""
    first: dict[str, datetime] = {}
    for session in sorted(attended, key=lambda each: each.starts_at):
        if counts_for(path, session):
            for code in session.modules:
                first.setdefault(code, session.starts_at)
    return tuple(
        Step(module=module, completed_at=first.get(module.code)) for module in path.modules
    )


def training_minutes(path: Path, attended: Iterable[Attended]) -> int:
    return sum(
        session.minutes
        for session in attended
        if session.kind is SessionKind.TRAINING and counts_for(path, session)
    )


def is_complete(path: Path, attended: Iterable[Attended]) -> bool:
    return all(step.completed_at for step in progress(path, attended))


def newly_ready(
    mentor: Mentor, paths: Iterable[Path], attended: Sequence[Attended], ready_in: Iterable[UUID]
) -> list[Path]:
    """Name the paths that this mentor has completed and that were not announced before."""
    if mentor.state is MentorState.GONE:
        return []
    known = set(ready_in)
    return [
        path
        for path in paths
        if path.programme_id in mentor.programme_ids
        and path.programme_id not in known
        and is_complete(path, attended)
    ]


def ready(
    mentor: Mentor, path: Path, attended: Iterable[Attended], *, readiness_id: UUID, at: datetime
) -> MentorReady:
    """Announce that a mentor may start in a programme."""
    return MentorReady(
        occurred_at=at,
        association_id=path.association_id,
        version=1,
        readiness_id=readiness_id,
        mentor_id=mentor.id,
        programme_id=path.programme_id,
        minutes=training_minutes(path, attended),
    )
