"""Who people are to intake: an age, a setting and somebody who answers for a minor."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from common.contracts.vocabulary import AgeBand, Public, Setting
from common.errors import Conflict, Forbidden, Invalid, NotFound
from intake.domain.calendar import full_years

MAJORITY = 18
OLDEST = 120
BANDS = {
    AgeBand.FROM_5: (5, 10),
    AgeBand.FROM_11: (11, 14),
    AgeBand.FROM_15: (15, 17),
    AgeBand.FROM_18: (18, 20),
    AgeBand.FROM_21: (21, 25),
    AgeBand.FROM_26: (26, 30),
    AgeBand.FROM_31: (31, OLDEST),
}


class PersonNotFound(NotFound):
    """There is no such person here."""

    fr = "Cette personne n'est pas connue ici."


class PersonForgotten(Conflict):
    """This person was erased and is not known any more."""

    fr = "Cette personne a été effacée et n'est plus connue."


class NotTheirs(Forbidden):
    """Only the person, their guardian or those who look after them may do this."""

    fr = "Seules la personne, son responsable légal ou celles et ceux qui la suivent le peuvent."


class GuardianMissing(Invalid):
    """A minor needs a guardian who answers for them."""

    fr = "Pour une personne mineure, un responsable légal est nécessaire."


class GuardianUnreachable(Invalid):
    """A guardian must be reachable by mail or by phone."""

    fr = "Il faut une adresse mail ou un téléphone pour joindre le responsable légal."


class AgeMissing(Invalid):
    """A birth date or an age band is needed."""

    fr = "Il faut une date de naissance ou une tranche d'âge."


class ImpossibleBirthDate(Invalid):
    """Nobody who needs a mentor was born on this day."""

    fr = "Cette date de naissance n'est pas possible."


class TooYoung(Invalid):
    """This person is too young."""

    fr = "Cette personne est trop jeune."


class ContactMissing(Invalid):
    """A mail address or a phone number is needed."""

    fr = "Il faut une adresse mail ou un numéro de téléphone."


class NameMissing(Invalid):
    """A name is needed."""

    fr = "Il faut un nom."


class Part(StrEnum):
    """As what a person is known here; two people of different parts are never duplicates."""

    MENTEE = "mentee"
    GUARDIAN = "guardian"
    MENTOR = "mentor"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What names a person; it exists in the clear only while it is being sealed."""

    given_name: str
    family_name: str
    email: str | None = None
    phone: str | None = None
    birth_date: date | None = None

    @property
    def reachable(self) -> bool:
        return bool(self.email or self.phone)

    def texts(self) -> dict[str, str]:
        """List what must be sealed, field by field; what was not given is absent."""
        given = {
            "given_name": self.given_name,
            "family_name": self.family_name,
            "email": self.email,
            "phone": self.phone,
            "birth_date": self.birth_date.isoformat() if self.birth_date else None,
        }
        return {field: text for field, text in given.items() if text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person that this platform knows; who it is stays sealed."""

    id: UUID
    part: Part
    language: str
    sealed: dict[str, str]
    version: int = 1
    erased: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """How old a person is, or between which ages if only a band is known."""

    youngest: int
    oldest: int

    @property
    def minor(self) -> bool:
        return self.youngest < MAJORITY

    @property
    def band(self) -> AgeBand:
        return next(band for band, (_, last) in BANDS.items() if self.youngest <= last)

    def overlaps(self, first: int, last: int) -> bool:
        return self.youngest <= last and first <= self.oldest


def ages_of(birth_date: date | None, band: AgeBand | None, *, on: date) -> Ages:
    """Know the age from the birth date, or else from the band."""
    if birth_date is not None:
        age = age_on(birth_date, on=on)
        return Ages(youngest=age, oldest=age)
    if band is None:
        raise AgeMissing("birth_date")
    youngest, oldest = BANDS[band]
    return Ages(youngest=youngest, oldest=oldest)


def age_on(birth_date: date, *, on: date) -> int:
    age = full_years(birth_date, on)
    if birth_date > on or age > OLDEST:
        raise ImpossibleBirthDate("birth_date")
    return age


def mentee_ages(birth_date: date | None, band: AgeBand | None, *, on: date) -> Ages:
    """Know the age of a mentee, who is old enough for the youngest band that is counted."""
    ages = ages_of(birth_date, band, on=on)
    if ages.youngest < BANDS[AgeBand.FROM_5][0]:
        raise TooYoung("birth_date")
    return ages


def mentor_ages(birth_date: date, *, on: date) -> Ages:
    """Know the age of a mentor, who must be of age."""
    ages = ages_of(birth_date, None, on=on)
    if ages.minor:
        raise TooYoung("birth_date")
    return ages


def setting_of(ages: Ages, publics: tuple[Public, ...]) -> Setting:
    """Tell how this mentee is protected, from age and from who has them in care."""
    if not ages.minor:
        return Setting.ADULT
    if Public.CHILD_PROTECTION in publics:
        return Setting.CHILD_PROTECTION
    return Setting.MINOR


def check_guardian(ages: Ages, guardian: Identity | None) -> None:
    """Raise unless somebody who can be reached answers for a minor."""
    if ages.minor and guardian is None:
        raise GuardianMissing("guardian")
    if guardian is not None and not guardian.reachable:
        raise GuardianUnreachable("guardian.email")
