"""The text of an agreement: the same clauses and parties always give the same bytes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from common.contracts.policy import Per, Signatory
from common.contracts.vocabulary import Modality
from followup.domain.clauses import Terms

SIGNED_BY = {
    "fr": {
        Signatory.MENTOR: "Le mentor",
        Signatory.MENTEE: "Le ou la mentoré·e",
        Signatory.GUARDIAN: "Le responsable légal",
        Signatory.ORGANISATION: "L'association",
        Signatory.CHILD_PROTECTION: "Le service de l'aide sociale à l'enfance",
    },
    "en": {
        Signatory.MENTOR: "The mentor",
        Signatory.MENTEE: "The mentee",
        Signatory.GUARDIAN: "The legal guardian",
        Signatory.ORGANISATION: "The association",
        Signatory.CHILD_PROTECTION: "The child-protection service",
    },
}
PLACES = {
    "fr": {
        Modality.REMOTE: "à distance, par visioconférence",
        Modality.HOME: "au domicile du ou de la mentoré·e",
        Modality.SCHOOL: "dans l'établissement scolaire",
        Modality.ASSOCIATION: "dans les locaux de l'association",
        Modality.COMPANY: "sur le lieu de travail du mentor",
    },
    "en": {
        Modality.REMOTE: "at a distance, by video",
        Modality.HOME: "at the mentee's home",
        Modality.SCHOOL: "at school",
        Modality.ASSOCIATION: "on the premises of the association",
        Modality.COMPANY: "at the mentor's workplace",
    },
}
WORDS = {
    "fr": {
        "often": "au moins {count} fois par {per}",
        "once": "au moins une fois par {per}",
        Per.WEEK: "semaine",
        Per.MONTH: "mois",
        "together": " et {minutes} minutes au total par {per}",
        "months": "{months} mois",
        "or": " ou ",
        "signatures": "Signatures",
        "reference": "Convention {id} · modèle {template} · version {version}",
    },
    "en": {
        "often": "at least {count} times a {per}",
        "once": "at least once a {per}",
        Per.WEEK: "week",
        Per.MONTH: "month",
        "together": " and {minutes} minutes in all a {per}",
        "months": "{months} months",
        "or": " or ",
        "signatures": "Signatures",
        "reference": "Agreement {id} · template {template} · version {version}",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One article of a template: a heading, sentences, and the points of a list."""

    heading: str
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    # Only if this party signs; always if there is none.
    only_with: Signatory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A version of the text that a programme has signed, in one language."""

    code: str
    version: int
    language: str
    title: str
    sections: tuple[Section, ...]
    consent: Mapping[Signatory, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """The names that the text is about; they exist in the clear only while it is written."""

    names: Mapping[Signatory, str]
    organisation: str
    programme: str


def render(template: Template, agreement_id: UUID, terms: Terms, parties: Parties) -> bytes:
    """Write the exact bytes that are shown, hashed and signed."""
    words = WORDS[template.language]
    filled = _filling(template, terms, parties)
    lines = [template.title.format_map(filled), ""]
    reference = words["reference"].format(
        id=agreement_id, template=template.code, version=template.version
    )
    lines += [reference, ""]
    shown = [each for each in template.sections if _is_shown(each, parties)]
    for number, section in enumerate(shown, start=1):
        lines += [*_section(number, section, filled), ""]
    lines += [words["signatures"], ""]
    lines += [
        f"{SIGNED_BY[template.language][capacity]} : {name}"
        for capacity, name in _in_order(parties.names)
    ]
    return ("\n".join(lines) + "\n").encode()


def sha256_of(text: bytes) -> str:
    return sha256(text).hexdigest()


def _is_shown(section: Section, parties: Parties) -> bool:
    return section.only_with is None or section.only_with in parties.names


def _section(number: int, section: Section, filled: Mapping[str, str]) -> Iterator[str]:
    yield f"{number}. {section.heading.format_map(filled)}"
    yield from (sentence.format_map(filled) for sentence in section.sentences)
    yield from (f"- {point.format_map(filled)}" for point in section.points)


def _in_order(names: Mapping[Signatory, str]) -> Iterator[tuple[Signatory, str]]:
    return ((capacity, names[capacity]) for capacity in Signatory if capacity in names)


def _filling(template: Template, terms: Terms, parties: Parties) -> dict[str, str]:
    named = {capacity.value: parties.names.get(capacity, "") for capacity in Signatory}
    return named | {
        "organisation": parties.organisation,
        "programme": parties.programme,
        "frequency": frequency(terms, template.language),
        "duration": WORDS[template.language]["months"].format(months=terms.months),
        "places": places(terms.modalities, template.language),
    }


def frequency(terms: Terms, language: str) -> str:
    words = WORDS[language]
    meetings = terms.meetings
    per = words[meetings.per]
    often = words["once" if meetings.count == 1 else "often"]
    together = words["together"].format(minutes=meetings.minutes, per=per)
    return often.format(count=meetings.count, per=per) + together


def places(modalities: Sequence[Modality], language: str) -> str:
    return WORDS[language]["or"].join(PLACES[language][each] for each in modalities)
