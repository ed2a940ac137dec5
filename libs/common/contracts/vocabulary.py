"""The words that events are made of: coarse facets, never a name, a contact or a free text."""

from enum import StrEnum
from typing import Annotated, NewType

from pydantic import Field

from common.contracts import Fact

# A text that only a holder of the person's key can read; see common.seal.
Sealed = NewType("Sealed", str)

# An hour of the week in local time: 0 is Monday from 00:00 to 01:00, 167 is Sunday from 23:00.
HourOfWeek = Annotated[int, Field(ge=0, le=167)]

# A code of a vocabulary that ships with intake (sector, function, hobby, language, level, need).
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_-]+$")]


class Axis(StrEnum):
    EDUCATION = "education"
    EMPLOYMENT = "employment"


class Modality(StrEnum):
    """Where a pair would meet."""

    REMOTE = "remote"
    HOME = "home"
    SCHOOL = "school"
    ASSOCIATION = "association"
    COMPANY = "company"


class Support(StrEnum):
    """The five kinds of accompaniment of MentorU."""

    TECHNICAL = "technical"
    OBJECTIVE = "objective"
    CONCRETE = "concrete"
    PSYCHOLOGICAL = "psychological"
    RELATIONAL = "relational"


class AgeBand(StrEnum):
    """The age bands that the collective's figures are counted by."""

    FROM_5 = "5-10"
    FROM_11 = "11-14"
    FROM_15 = "15-17"
    FROM_18 = "18-20"
    FROM_21 = "21-25"
    FROM_26 = "26-30"
    FROM_31 = "31+"


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    NOT_STATED = "not_stated"


class Setting(StrEnum):
    """The context that decides how a mentor is screened and a mentee protected."""

    ADULT = "adult"
    MINOR = "minor"
    CHILD_PROTECTION = "child_protection"


class Door(StrEnum):
    """The way by which a referral came in."""

    PRESCRIBER = "prescriber"
    FAMILY = "family"
    SELF = "self"
    SPREADSHEET = "spreadsheet"
    API = "api"


class Digital(StrEnum):
    """What the person has to meet at a distance with."""

    NONE = "none"
    PHONE = "phone"
    COMPUTER = "computer"


class Public(StrEnum):
    """Priority publics, self-declared and used in aggregate only."""

    CHILD_PROTECTION = "child_protection"
    JUSTICE = "justice"
    DISABILITY = "disability"
    REFUGEE = "refugee"
    CARER = "carer"
    BURSARY = "bursary"
    VOCATIONAL = "vocational"
    DROPOUT = "dropout"


class Expectation(StrEnum):
    """What a mentor or a mentee hopes for in the pair."""

    REGULARITY = "regularity"
    LISTENING = "listening"
    METHOD = "method"
    NETWORK = "network"
    CULTURE = "culture"
    CONFIDENCE = "confidence"
    DISCOVERY = "discovery"


class Motivation(StrEnum):
    """Why somebody enters mentoring."""

    TRANSMIT = "transmit"
    LEARN = "learn"
    GIVE_BACK = "give_back"
    MEET = "meet"
    SUCCEED = "succeed"
    FIND_WORK = "find_work"
    CHOOSE_PATH = "choose_path"


class Role(StrEnum):
    """What a person may be to an association or to the collective."""

    COORDINATOR = "coordinator"
    VOLUNTEER = "volunteer"
    MENTOR = "mentor"
    MENTEE = "mentee"
    GUARDIAN = "guardian"
    PRESCRIBER = "prescriber"
    FUNDER = "funder"
    COLLECTIVE = "collective"
    ADMIN = "admin"


class Place(Fact):
    """A commune by its INSEE code, with its centroid: as near as events come to an address."""

    commune: Annotated[str, Field(pattern=r"^[0-9AB]{5}$")]
    department: Annotated[str, Field(pattern=r"^[0-9AB]{2,3}$")]
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    rural: bool
    # None: unknown, which is not the same as no.
    priority_district: bool | None


class MenteeFacets(Fact):
    """What may be known of a mentee without knowing who it is."""

    age_band: AgeBand
    gender: Gender
    setting: Setting
    axis: Axis
    level: Code
    needs: tuple[Code, ...]
    supports: tuple[Support, ...]
    sectors: tuple[Code, ...]
    functions: tuple[Code, ...]
    languages: tuple[Code, ...]
    # Only if the person chose to give it as a wish.
    mother_tongue: Code | None
    hobbies: tuple[Code, ...]
    motivation: Motivation | None
    expectations: tuple[Expectation, ...]
    modalities: tuple[Modality, ...]
    place: Place
    reach_km: Annotated[int, Field(ge=0, le=500)]
    # Empty: not given, which hinders nothing.
    slots: tuple[HourOfWeek, ...]
    digital: Digital
    publics: tuple[Public, ...]
    experience_wanted: bool


class MentorFacets(Fact):
    """What may be known of a mentor without knowing who it is."""

    age_band: AgeBand
    gender: Gender
    settings: tuple[Setting, ...]
    axes: tuple[Axis, ...]
    # Empty: any level.
    levels: tuple[Code, ...]
    supports: tuple[Support, ...]
    sectors: tuple[Code, ...]
    functions: tuple[Code, ...]
    languages: tuple[Code, ...]
    mother_tongue: Code | None
    hobbies: tuple[Code, ...]
    motivation: Motivation | None
    expectations: tuple[Expectation, ...]
    modalities: tuple[Modality, ...]
    place: Place
    reach_km: Annotated[int, Field(ge=0, le=500)]
    slots: tuple[HourOfWeek, ...]
    capacity: Annotated[int, Field(ge=0, le=10)]
    experienced: bool
