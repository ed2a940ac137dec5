"""The ways in which matching says no, each in words for the person who asked."""

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
        """Name the rules, by their codes."""
        super().__init__(", ".join(blocking))
        self.blocking = blocking
