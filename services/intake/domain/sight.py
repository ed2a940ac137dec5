"""Who sees what of a case: an association its own, a prescriber the status, people themselves."""

from dataclasses import dataclass, field
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
    # Where they coordinate or volunteer.
    staff_of: frozenset[UUID] = frozenset()
    # The collective routes what is in nobody's hands.
    collective: bool = False
    prescriber: bool = False

    def works_at(self, association_id: UUID | None) -> bool:
        """Tell whether a case in these hands is theirs to work on."""
        if association_id is None:
            return self.collective
        return association_id in self.staff_of


def sight_of(referral: Referral, reader: Reader) -> Sight:
    """Decide how much of a referral a reader may see."""
    if reader.person_id in {referral.mentee_id, referral.guardian_id}:
        return Sight.WHOLE
    if reader.works_at(referral.custodian_id):
        return Sight.WHOLE
    brought_it = reader.prescriber and reader.person_id == referral.prescriber_id
    # The collective follows every case by its state, and reads the story of none.
    if brought_it or referral.origin_id in reader.staff_of or reader.collective:
        return Sight.STATUS
    return Sight.NOTHING


def check_sight(referral: Referral, reader: Reader) -> Sight:
    """Give what may be seen, or raise if that is nothing."""
    sight = sight_of(referral, reader)
    if sight is Sight.NOTHING:
        raise NotYourCase(referral.id)
    return sight


def check_in_charge(referral: Referral, reader: Reader) -> None:
    """Raise unless the reader's association has the case in its hands."""
    if not reader.works_at(referral.custodian_id):
        raise NotYourCase(referral.id)


def check_may_qualify(referral: Referral, reader: Reader) -> None:
    """Raise unless it is the reader's work to check a need: never of those who have it."""
    # Until an association took it, the collective may route any referral.
    if not (reader.collective and referral.accepted_at is None):
        check_in_charge(referral, reader)


def check_may_choose(referral: Referral, reader: Reader) -> None:
    """Raise unless the reader may choose an offer or answer about the need."""
    its_people = {referral.mentee_id, referral.guardian_id}
    prescribes = reader.prescriber and reader.person_id == referral.prescriber_id
    # Until an association took it, the collective may route any referral.
    routes = reader.collective and referral.accepted_at is None
    if reader.person_id in its_people or prescribes or routes:
        return
    check_in_charge(referral, reader)


class Look(StrEnum):
    """How much of a person's card may be read."""

    WHOLE = "whole"
    # A name and how to reach them: what two people of a pair need, and those who work together.
    CONTACT = "contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """What ties a person's card to others: their referrals, wards, pairs and associations."""

    person_id: UUID
    # Referrals in which the person is the mentee or the guardian.
    referrals: tuple[Referral, ...] = ()
    # Where the person is a mentor, or was first named among those who work there.
    home_id: UUID | None = None
    # Where the person works.
    works_at: frozenset[UUID] = frozenset()
    pairs: tuple[Pair, ...] = ()
    # Who answers for the mentees of those pairs.
    guardians: dict[UUID, UUID] = field(default_factory=dict)


def check_may_open(ties: Ties, reader: Reader) -> Look:
    """Say how much of this person's card this reader may read; raise if nothing."""
    itself = reader.person_id == ties.person_id
    wards = any(reader.person_id in {r.guardian_id, r.mentee_id} for r in ties.referrals)
    if itself or wards or looks_after(ties, reader):
        return Look.WHOLE
    if paired(ties, reader) or ties.works_at & reader.staff_of:
        return Look.CONTACT
    raise NotTheirs(ties.person_id)


def paired(ties: Ties, reader: Reader) -> bool:
    """Contacts come after the yes: while there is a pair, both sides know each other."""
    return any(
        pair.open
        and reader.person_id in {pair.mentor_id, pair.mentee_id, ties.guardians.get(pair.mentee_id)}
        for pair in ties.pairs
    )


def looks_after(ties: Ties, reader: Reader) -> bool:
    """Tell whether the reader has the person's case in hands, or works at their home."""
    cases = any(reader.works_at(referral.custodian_id) for referral in ties.referrals)
    return cases or ties.home_id in reader.staff_of


def check_may_erase(ties: Ties, reader: Reader) -> None:
    """Raise unless the person, their guardian or a coordinator in charge asks."""
    guards = any(
        reader.person_id == r.guardian_id and ties.person_id == r.mentee_id for r in ties.referrals
    )
    if reader.person_id != ties.person_id and not guards and not looks_after(ties, reader):
        raise NotTheirs(ties.person_id)
