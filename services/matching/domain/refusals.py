"""The ways in which matching says no, each in words for the person who asked."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from common.contracts.policy import Constraint
from common.errors import Conflict, Forbidden, NotFound


class ReferralNotFound(NotFound):
    """No referral that was accepted here has this id."""

    fr = "Aucune orientation acceptée ici ne porte cet identifiant."


class MentorNotFound(NotFound):
    """No mentor of the pool has this id."""

    fr = "Aucun mentor du vivier ne porte cet identifiant."


class PolicyUnknown(Conflict):
    """The rules of this programme are not known here yet."""

    fr = "Les règles de ce programme ne sont pas encore connues ici."


class ProposalNotFound(NotFound):
    """No proposal has this id."""

    fr = "Aucune proposition ne porte cet identifiant."


class NotTheInvitedMentor(Forbidden):
    """Only the mentor who was invited may answer a proposal."""

    fr = "Seul le mentor invité peut répondre à une proposition."


class ProposalClosed(Conflict):
    """The proposal has already been answered, or its time is up."""

    fr = "La proposition a déjà reçu une réponse, ou son délai est passé."


class AlreadyProposed(Conflict):
    """A mentor is already invited for this young person."""

    fr = "Un mentor est déjà invité pour ce jeune."


class NotWaiting(Conflict):
    """This young person does not wait for a mentor, or not any more."""

    fr = "Ce jeune n'attend pas, ou n'attend plus, de mentor."


class MentorUnavailable(Conflict):
    """The mentor cannot take on anybody now."""

    fr = "Le mentor ne peut prendre personne pour le moment."


class CannotBeMatched(Conflict):
    """A rule stands between this mentor and this young person."""

    fr = "Une règle empêche ce binôme."

    def __init__(self, blocking: tuple[Constraint, ...]) -> None:
        """Name the rules; of another association's mentor no more than that they are."""
        super().__init__(", ".join(blocking))
        self.blocking = blocking
        named = (Constraint.ASSOCIATION,) if Constraint.ASSOCIATION in blocking else blocking
        french, english = zip(*(IN_THE_WAY[each] for each in named), strict=True)
        self.details = {"fr": said(french, " ; "), "en": said(english, "; ")}


# What each rule means where it stands in the way, in French and in English.
IN_THE_WAY: Mapping[Constraint, tuple[str, str]] = MappingProxyType(
    {
        Constraint.GEOGRAPHY: (
            "ils sont trop loin l'un de l'autre, ou sans lieu de rencontre commun",
            "they are too far apart, or have no place to meet in common",
        ),
        Constraint.SLOT: ("ils n'ont aucun créneau commun", "they have no common slot"),
        Constraint.CAPACITY: ("le mentor n'a plus de place", "the mentor has no place left"),
        Constraint.READINESS: (
            "le mentor n'est pas disponible, ou pas formé pour ce programme",
            "the mentor is not available, or not trained for this programme",
        ),
        Constraint.LANGUAGE: ("ils n'ont aucune langue commune", "they have no common language"),
        Constraint.AGE: (
            "le mentor est trop jeune pour la règle du programme",
            "the mentor is too young for the rule of the programme",
        ),
        Constraint.AXIS_AND_LEVEL: (
            "le mentor n'accompagne pas cet axe, ou ce niveau",
            "the mentor does not serve this axis, or this level",
        ),
        Constraint.EXPERIENCE: (
            "un mentor expérimenté est demandé",
            "an experienced mentor is asked for",
        ),
        Constraint.SCREENING: (
            "les vérifications du mentor ne suffisent pas",
            "the mentor's checks are not sufficient",
        ),
        Constraint.EXCLUDED: (
            "un refus, un binôme rompu ou un conflit d'intérêts les sépare",
            "a no, an earlier pair or a conflict of interest stands between them",
        ),
        Constraint.ASSOCIATION: (
            "le mentor est d'une autre association",
            "the mentor belongs to another association",
        ),
    }
)


def said(reasons: Iterable[str], between: str) -> str:
    told = between.join(reasons)
    return f"{told[:1].upper()}{told[1:]}."
