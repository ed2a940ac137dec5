"""Who may see a pair, and as whom: the coordinators of its association and its own people."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from common.contracts.followup.pairs import Side
from followup.domain.errors import NotOfThisPair
from followup.domain.pairs import ContactAfter, Pair, Status


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


def may_reach(pair: Pair, viewer: Viewer) -> bool:
    """Tell whether somebody who sees a pair reads how to reach its people.

    Once it is closed, its people do only if that was agreed; its association still does.
    """
    if pair.status is Status.FORMED or pair.missing:
        return False
    apart = pair.status is Status.CLOSED and pair.contact_after is not ContactAfter.FREE
    of_pair = viewer.person_id in {pair.mentor_id, pair.mentee_id, pair.guardian_id}
    return not apart or (pair.association_id in viewer.coordinates and not of_pair)


def require_side(side: Side, *allowed: Side) -> None:
    if side not in allowed:
        raise NotOfThisPair


def is_second_person(pair: Pair, side: Side, viewer: Viewer) -> bool:
    """Tell whether somebody reads what is reported: a coordinator who did not make the pair."""
    return side is Side.ASSOCIATION and viewer.person_id != pair.made_by
