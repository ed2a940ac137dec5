"""Who asks, and in which roles: what every rule about access speaks of."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from common.contracts.vocabulary import Role
from common.errors import Forbidden, NotYours

# Only these look after the whole collective, so only these may be held without an association.
EVERYWHERE = frozenset({Role.COLLECTIVE, Role.ADMIN})


class RoleNotAllowed(Forbidden):
    """None of your roles allows this."""

    fr = "Aucun de vos rôles ne le permet."


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that a person holds in one association, or everywhere if there is none."""

    role: Role
    association_id: UUID | None = None

    @property
    def everywhere(self) -> bool:
        return self.association_id is None and self.role in EVERYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The person who asks, with the grants that count for what is asked."""

    person_id: UUID
    grants: frozenset[Grant] = frozenset()
    language: str | None = None

    @property
    def associations(self) -> frozenset[UUID] | None:
        """The associations that these grants cover; None means all of them."""
        if any(grant.everywhere for grant in self.grants):
            return None
        return frozenset(grant.association_id for grant in self.grants if grant.association_id)

    def has(self, role: Role) -> bool:
        return any(grant.role is role for grant in self.grants)

    def require(self, association_id: UUID) -> None:
        """Raise NotYours unless a grant covers this association."""
        if self.associations is not None and association_id not in self.associations:
            raise NotYours(association_id)

    def narrowed(self, roles: Iterable[Role]) -> "Caller":
        """Keep only the grants that an action allows; raise if none is left."""
        allowed = frozenset(roles)
        kept = frozenset(grant for grant in self.grants if grant.role in allowed)
        if not kept:
            raise RoleNotAllowed
        return replace(self, grants=kept)
