"""What people fill in to ask for a mentor or to be one: the same questions at every door.

A form is read twice: by its shape (pydantic), and by its sense (`request`), which knows the
communes, the vocabularies and the calendar, and names the field that it cannot accept.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from common.contracts.vocabulary import (
    AgeBand,
    Axis,
    Code,
    Digital,
    Door,
    Expectation,
    Gender,
    HourOfWeek,
    MenteeFacets,
    MentorFacets,
    Modality,
    Motivation,
    Place,
    Public,
    Setting,
    Support,
)
from common.models import Model
from intake import territories
from intake.domain.people import (
    ContactMissing,
    Identity,
    check_guardian,
    mentee_ages,
    mentor_ages,
    setting_of,
)
from intake.domain.requests import MentorRequest, ReferralRequest
from intake.vocabularies import UnknownWord, vocabulary

# How far people come in a minute, door to door and all means taken together.
KM_A_MINUTE = 0.5
USUAL_REACH_KM = 15
FARTHEST_KM = 500

Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S")]
# A mail address as browsers check one (HTML, 4.10.5.1.5: input type=email), with a dot in its
# domain. Whatever else a mail server would take apart at its signs: a,b@x.fr is two addresses.
MAIL_NAME = r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+"
MAIL_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
MAIL_PATTERN = rf"^{MAIL_NAME}@{MAIL_LABEL}(?:\.{MAIL_LABEL})+$"
Email = Annotated[str, Field(max_length=254, pattern=MAIL_PATTERN)]
Phone = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ().-]{5,19}$")]
Words = Annotated[str, Field(max_length=4000)]
Codes = Annotated[tuple[Code, ...], Field(max_length=30)]
Commune = Annotated[str, Field(min_length=1, max_length=120)]
Slots = Annotated[tuple[HourOfWeek, ...], Field(max_length=168)]

# Which list each field of a form is answered from.
LISTS = {
    "level": "levels",
    "levels": "levels",
    "needs": "needs",
    "sectors": "sectors",
    "functions": "functions",
    "languages": "languages",
    "mother_tongue": "languages",
    "hobbies": "hobbies",
}


class IdentityForm(Model):
    """Who somebody is, and how to reach them."""

    given_name: Name
    family_name: Name
    email: Email | None = None
    phone: Phone | None = None

    def identity(self, birth_date: date | None = None) -> Identity:
        return Identity(
            given_name=self.given_name.strip(),
            family_name=self.family_name.strip(),
            email=self.email,
            phone=self.phone,
            birth_date=birth_date,
        )


class ProfileForm(IdentityForm):
    """What mentees and mentors are both asked."""

    language: Literal["fr", "en"] = "fr"
    gender: Gender = Gender.NOT_STATED
    commune: Commune
    # In a priority district of the city; None is not known.
    priority_district: bool | None = None
    supports: tuple[Support, ...] = ()
    sectors: Codes = ()
    functions: Codes = ()
    languages: Codes = ("fr",)
    mother_tongue: Code | None = None
    hobbies: Codes = ()
    motivation: Motivation | None = None
    motivation_text: Words | None = None
    expectations: tuple[Expectation, ...] = ()
    expectations_text: Words | None = None
    notes: Words | None = None
    # In the order in which the person likes them.
    modalities: tuple[Modality, ...] = ()
    reach_km: Annotated[int, Field(ge=0, le=FARTHEST_KM)] | None = None
    reach_minutes: Annotated[int, Field(ge=0, le=600)] | None = None
    slots: Slots = ()

    def place(self) -> Place:
        return place_of(self.commune, priority_district=self.priority_district)

    def reach(self) -> int:
        """Know the reach in kilometres, given as such or in minutes of travel."""
        if self.reach_km is not None:
            return self.reach_km
        if self.reach_minutes is not None:
            return round(self.reach_minutes * KM_A_MINUTE)
        return USUAL_REACH_KM

    def texts(self) -> dict[str, str]:
        """List the free texts, which must be sealed."""
        fields = ("motivation_text", "expectations_text", "other_schemes", "notes")
        return {field: text for field in fields if (text := getattr(self, field, None))}

    def check_words(self) -> None:
        """Raise for the first code that is in no list."""
        for field, name in LISTS.items():
            given = getattr(self, field, None) or ()
            for code in (given,) if isinstance(given, str) else given:
                if code not in vocabulary(name):
                    raise UnknownWord(field)


class ReferralForm(ProfileForm):
    """A request for a mentor, for oneself, one's child or somebody whom one looks after."""

    birth_date: date | None = None
    age_band: AgeBand | None = None
    guardian: IdentityForm | None = None
    door: Door | None = None
    axis: Axis
    level: Code
    needs: Codes = ()
    digital: Digital = Digital.PHONE
    publics: tuple[Public, ...] = ()
    experience_wanted: bool = False
    other_schemes: Words | None = None
    minutes_a_month: Annotated[int, Field(ge=15, le=6000)] | None = None
    chooses: bool = True
    offer_id: UUID | None = None

    def request(
        self,
        *,
        on: date,
        door: Door,
        prescriber_id: UUID | None = None,
        origin_id: UUID | None = None,
    ) -> ReferralRequest:
        """Understand the form as of a day; raise for the first field that makes no sense."""
        self.check_words()
        ages = mentee_ages(self.birth_date, self.age_band, on=on)
        guardian = self.guardian.identity() if self.guardian else None
        check_guardian(ages, guardian)
        facets = MenteeFacets(
            age_band=ages.band,
            setting=setting_of(ages, self.publics),
            axis=self.axis,
            level=self.level,
            needs=self.needs,
            digital=self.digital,
            publics=self.publics,
            experience_wanted=self.experience_wanted,
            place=self.place(),
            reach_km=self.reach(),
            **shared_facets(self),
        )
        return ReferralRequest(
            mentee=self.identity(self.birth_date),
            guardian=guardian,
            language=self.language,
            door=door,
            prescriber_id=prescriber_id,
            origin_id=origin_id,
            facets=facets,
            ages=ages,
            minutes_a_month=self.minutes_a_month,
            chooses=self.chooses,
            offer_id=self.offer_id,
            texts=self.texts(),
        )


class MentorForm(ProfileForm):
    """An offer to be a mentor in some programmes of one association."""

    birth_date: date
    association_id: UUID
    programme_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=20)]
    axes: Annotated[tuple[Axis, ...], Field(min_length=1)] = (Axis.EDUCATION, Axis.EMPLOYMENT)
    levels: Codes = ()
    settings: Annotated[tuple[Setting, ...], Field(min_length=1)] = (Setting.ADULT, Setting.MINOR)
    modalities: Annotated[tuple[Modality, ...], Field(min_length=1)]
    capacity: Annotated[int, Field(ge=1, le=10)] | None = None
    experienced: bool = False

    def request(self, *, on: date) -> MentorRequest:
        """Understand the form as of a day; raise for the first field that makes no sense."""
        self.check_words()
        ages = mentor_ages(self.birth_date, on=on)
        identity = self.identity(self.birth_date)
        if not identity.reachable:
            raise ContactMissing("email")
        facets = MentorFacets(
            age_band=ages.band,
            settings=self.settings,
            axes=self.axes,
            levels=self.levels,
            capacity=self.capacity or 1,
            experienced=self.experienced,
            place=self.place(),
            reach_km=self.reach(),
            **shared_facets(self),
        )
        return MentorRequest(
            mentor=identity,
            language=self.language,
            association_id=self.association_id,
            programme_ids=tuple(dict.fromkeys(self.programme_ids)),
            facets=facets,
            capacity=self.capacity,
            texts=self.texts(),
        )


def shared_facets(form: ProfileForm) -> dict[str, object]:
    """Name the answers that go into the facets of both sides as they are, each once."""
    lists = (
        "supports",
        "sectors",
        "functions",
        "languages",
        "hobbies",
        "expectations",
        "modalities",
        "slots",
    )
    plain = ("gender", "mother_tongue", "motivation")
    return {name: tuple(dict.fromkeys(getattr(form, name))) for name in lists} | {
        name: getattr(form, name) for name in plain
    }


def place_of(commune: str, *, priority_district: bool | None = None) -> Place:
    """Find the commune that somebody named, by its INSEE code or in words."""
    found = territories.resolve(commune, reading=reading_of(commune))
    return Place(
        commune=found.code,
        department=found.department,
        latitude=found.latitude,
        longitude=found.longitude,
        rural=found.rural,
        priority_district=priority_district,
    )


def reading_of(commune: str) -> territories.Reading:
    """Take a lone number for an INSEE code if it is one: that is what machines send."""
    try:
        territories.find(commune)
    except territories.UnknownCommune:
        return territories.Reading.ANY
    return territories.Reading.INSEE
