"""Who may see a pair, and as whom: the coordinators of its association and its own people."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from common.contracts.followup.pairs import Side
from followup.domain.errors import FourEyes, NotOfThisPair
from followup.domain.pairs import Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A person who asks, with the associations that they coordinate."""

    person_id: UUID
    coordinates: frozenset[UUID] = frozenset()


def side_of(pair: Pair, viewer: Viewer, guardians: Collection[UUID]) -> Side:
    """Say as whom a person meets a pair, or that they have nothing to do with it."""
    people = {pair.mentor_id: Side.MENTOR, pair.mentee_id: Side.MENTEE}
    if viewer.person_id in people:
        return people[viewer.person_id]
    if pair.for_minor and viewer.person_id in {*guardians, pair.guardian_id}:
        return Side.GUARDIAN
    if pair.association_id in viewer.coordinates:
        return Side.ASSOCIATION
    raise NotOfThisPair(pair.id)


def require_side(side: Side, *allowed: Side) -> None:
    if side not in allowed:
        raise NotOfThisPair


def require_second_person(pair: Pair, viewer: Viewer) -> None:
    """Raise if it is this coordinator who made the pair, whether or not there is a report."""
    if viewer.person_id == pair.made_by:
        raise FourEyes(pair.id)
