"""For whom a session is: what somebody may see, and may sign up for.

On an outing mentors meet children, so a role alone does not open it to a mentor: who asks to be
one has the role before anybody looked at them, and keeps it after a refusal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from common.contracts.training import SessionKind
from common.contracts.vocabulary import Role
from common.errors import Forbidden, Invalid
from training.domain.paths import MentorState
from training.domain.sessions import Session

ALL_KINDS = frozenset(SessionKind)
# What is asked of those who are not approved yet, and meets nobody but mentors and staff.
LEARNING = frozenset({SessionKind.TRAINING, SessionKind.EXCHANGE})
KINDS_FOR: dict[str, frozenset[SessionKind]] = {
    Role.COORDINATOR: ALL_KINDS,
    Role.COLLECTIVE: ALL_KINDS,
    Role.ADMIN: ALL_KINDS,
    Role.VOLUNTEER: ALL_KINDS - {SessionKind.STEERING},
    Role.MENTOR: LEARNING,
    Role.MENTEE: frozenset({SessionKind.OUTING}),
    Role.GUARDIAN: frozenset({SessionKind.OUTING}),
}
EVERYWHERE = frozenset({Role.COLLECTIVE.value, Role.ADMIN.value})


class NotForYou(Forbidden):
    """This session is meant for others."""

    fr = "Cette séance s'adresse à d'autres personnes."


class NotAmongChildren(Invalid):
    """A mentor takes part in an outing once approved, and while not suspended."""

    fr = "Un mentor participe à une sortie une fois validé, et tant qu'il n'est pas suspendu."


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a mentor stands in their association, as far as training has heard."""

    association_id: UUID
    state: MentorState
    suspended: bool

    @property
    def trusted(self) -> bool:
        """Tell whether children may meet this mentor."""
        return self.state is MentorState.APPROVED and not self.suspended

    @property
    def kinds(self) -> frozenset[SessionKind]:
        if self.state is MentorState.GONE:
            return frozenset()
        return LEARNING | {SessionKind.OUTING} if self.trusted else LEARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The kinds of session that a role shows in one association, or everywhere if None."""

    kinds: frozenset[SessionKind]
    association_id: UUID | None


def sights(
    grants: Iterable[tuple[str, UUID | None]], standing: Standing | None = None
) -> list[Sight]:
    """Say what roles let somebody see; only who looks after the whole collective sees it whole."""
    return [
        Sight(kinds=kinds_for(role, association_id, standing), association_id=association_id)
        for role, association_id in grants
        if role in KINDS_FOR and (association_id or role in EVERYWHERE)
    ]


def kinds_for(
    role: str, association_id: UUID | None, standing: Standing | None
) -> frozenset[SessionKind]:
    if role == Role.MENTOR and standing and standing.association_id == association_id:
        return standing.kinds
    return KINDS_FOR[role]


def require_visible(session: Session, seen: Sequence[Sight]) -> None:
    """Raise NotForYou unless one of the roles shows this session."""
    if not any(
        session.kind in sight.kinds and sight.association_id in (None, session.association_id)
        for sight in seen
    ):
        raise NotForYou(session.id)


def require_trusted(session: Session, standing: Standing | None) -> None:
    """Raise NotAmongChildren if this is an outing and this a mentor whom children may not meet."""
    if session.kind is SessionKind.OUTING and standing and not standing.trusted:
        raise NotAmongChildren("person_id")
