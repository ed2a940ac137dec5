"""Who sees what of a case: an association its own, a prescriber the status, people themselves."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from common.errors import Forbidden
from intake.domain.pairs import Pair
from intake.domain.people import NotTheirs
from intake.domain.referrals import Referral


class NotYourCase(Forbidden):
    """This case is not in your hands."""

    fr = "Ce dossier n'est pas entre vos mains."


class Sight(StrEnum):
    """How much of a case somebody may read."""

    NOTHING = "nothing"
    STATUS = "status"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who asks, as far as it decides what they may see."""

    person_id: UUID
    # Where they coordinate or volunteer; None is the collective, which routes what is nobody's.
    staff_of: frozenset[UUID] | None = frozenset()
    prescriber: bool = False

    def works_at(self, association_id: UUID | None) -> bool:
        """Tell whether a case in these hands is theirs to work on."""
        if self.staff_of is None:
            return association_id is None
        return association_id in self.staff_of


def sight_of(referral: Referral, reader: Reader) -> Sight:
    """Decide how much of a referral a reader may see."""
    if reader.person_id in {referral.mentee_id, referral.guardian_id}:
        return Sight.WHOLE
    if reader.works_at(referral.custodian_id):
        return Sight.WHOLE
    brought_it = reader.prescriber and reader.person_id == referral.prescriber_id
    its_staff = reader.staff_of is not None and referral.origin_id in reader.staff_of
    # The collective follows every case by its state, and reads the story of none.
    if brought_it or its_staff or reader.staff_of is None:
        return Sight.STATUS
    return Sight.NOTHING


def check_in_charge(referral: Referral, reader: Reader) -> None:
    """Raise unless the reader's association has the case in its hands."""
    if not reader.works_at(referral.custodian_id):
        raise NotYourCase(referral.id)


def check_may_choose(referral: Referral, reader: Reader) -> None:
    """Raise unless the reader may choose an offer or answer about the need."""
    its_people = {referral.mentee_id, referral.guardian_id, referral.prescriber_id}
    # Until an association took it, the collective may route any referral.
    routes = reader.staff_of is None and referral.accepted_at is None
    if reader.person_id in its_people or routes:
        return
    check_in_charge(referral, reader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """What ties a person's card to others: their referrals, wards, pairs and associations."""

    person_id: UUID
    # Referrals in which the person is the mentee or the guardian.
    referrals: tuple[Referral, ...] = ()
    # Where the person is a mentor or works.
    associations: frozenset[UUID] = frozenset()
    pairs: tuple[Pair, ...] = ()


def check_may_open(ties: Ties, reader: Reader) -> None:
    """Raise unless this reader may read this person's card."""
    itself = reader.person_id == ties.person_id
    wards = any(reader.person_id in {r.guardian_id, r.mentee_id} for r in ties.referrals)
    if itself or wards or paired(ties, reader) or looks_after(ties, reader):
        return
    raise NotTheirs(ties.person_id)


def paired(ties: Ties, reader: Reader) -> bool:
    """Contacts come after the yes: while there is a pair, both sides know each other."""
    guardians = {r.mentee_id: r.guardian_id for r in ties.referrals}
    return any(
        pair.open
        and reader.person_id in {pair.mentor_id, pair.mentee_id, guardians.get(pair.mentee_id)}
        for pair in ties.pairs
    )


def looks_after(ties: Ties, reader: Reader) -> bool:
    cases = any(reader.works_at(referral.custodian_id) for referral in ties.referrals)
    if reader.staff_of is None:
        return cases
    return cases or bool(ties.associations & reader.staff_of)


def may_erase(ties: Ties, reader: Reader) -> bool:
    """Let the person, their guardian or a coordinator in charge ask for the erasure."""
    guards = any(
        reader.person_id == r.guardian_id and ties.person_id == r.mentee_id for r in ties.referrals
    )
    return reader.person_id == ties.person_id or guards or looks_after(ties, reader)
