"""The ways in which the answer can be no; anything else that is raised is a fault.

DomainError            understood, and the answer is no: asking again changes nothing
├── NotFound      404  there is no such thing
│   └── NotYetKnown    an event speaks of something that has not been heard of yet: retried
├── Forbidden     403  it exists, but it is not yours
│   └── NotYours       it belongs to another association
├── Conflict      409  it is yours, but not in a state that allows this
├── Invalid       422  one field of what was sent cannot be accepted
└── TooOften      429  allowed, but not so often: the one no that time changes

The docstring of a class is its title in English and `fr` its title in French:
both are read by people, and neither ever repeats what was sent.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar


class DomainError(Exception):
    """The request was understood and the answer is no."""

    fr: ClassVar[str] = "La demande a été comprise et la réponse est non."
    # What more there is to say about this very no, in each language.
    details: Mapping[str, str] = MappingProxyType({})


class NotFound(DomainError):
    """There is no such thing."""

    fr = "Cela n'existe pas."


class NotYetKnown(NotFound):
    """This has not been heard of yet."""

    fr = "On n'en a pas encore entendu parler."


class Forbidden(DomainError):
    """It exists, but it is not yours to see or to change."""

    fr = "Cela existe, mais vous n'y avez pas droit."


class NotYours(Forbidden):
    """It belongs to another association."""

    fr = "Cela appartient à une autre association."


class Conflict(DomainError):
    """It is not in a state that allows this."""

    fr = "Son état actuel ne le permet pas."


class Invalid(DomainError):
    """This value cannot be accepted."""

    fr = "Cette valeur ne peut pas être acceptée."

    def __init__(self, field: str, *, fr: str | None = None, en: str | None = None) -> None:
        """Name the field; the sentence is the title of the class unless a better one is given."""
        super().__init__(field)
        self.field = field
        self.sentences = {"fr": fr or self.fr, "en": en or title(type(self), "en")}


class TooOften(DomainError):
    """This was asked too often; try again later."""

    fr = "La demande a été faite trop souvent ; réessayez plus tard."
    retry_after_seconds: ClassVar[int] = 60


def title(kind: type[DomainError], language: str) -> str:
    """Say in one sentence, to a person, what this kind of no means."""
    if language == "fr":
        return kind.fr
    # A subclass without a docstring speaks as the kind that it belongs to.
    return next(parent.__doc__ for parent in kind.__mro__ if parent.__doc__)
