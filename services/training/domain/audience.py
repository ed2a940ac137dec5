"""For whom a session is: what somebody may see, and may sign up for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from common.contracts.training import SessionKind
from common.contracts.vocabulary import Role
from common.errors import Forbidden
from training.domain.sessions import Session

ALL_KINDS = frozenset(SessionKind)
KINDS_FOR: dict[str, frozenset[SessionKind]] = {
    Role.COORDINATOR: ALL_KINDS,
    Role.COLLECTIVE: ALL_KINDS,
    Role.ADMIN: ALL_KINDS,
    Role.VOLUNTEER: ALL_KINDS - {SessionKind.STEERING},
    Role.MENTOR: ALL_KINDS - {SessionKind.STEERING},
    Role.MENTEE: frozenset({SessionKind.OUTING}),
    Role.GUARDIAN: frozenset({SessionKind.OUTING}),
}
EVERYWHERE = frozenset({Role.COLLECTIVE.value, Role.ADMIN.value})


class NotForYou(Forbidden):
    """This session is meant for others."""

    fr = "Cette séance s'adresse à d'autres personnes."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The kinds of session that a role shows in one association, or everywhere if None."""

    kinds: frozenset[SessionKind]
    association_id: UUID | None


def sights(grants: Iterable[tuple[str, UUID | None]]) -> list[Sight]:
    """Say what roles let somebody see; only who looks after the whole collective sees it whole."""
    return [
        Sight(kinds=KINDS_FOR[role], association_id=association_id)
        for role, association_id in grants
        if role in KINDS_FOR and (association_id or role in EVERYWHERE)
    ]


def require_visible(session: Session, seen: Sequence[Sight]) -> None:
    """Raise NotForYou unless one of the roles shows this session."""
    if not any(
        session.kind in sight.kinds and sight.association_id in (None, session.association_id)
        for sight in seen
    ):
        raise NotForYou(session.id)
