"""Referrals as matching knows them: whom it looks for a mentor for."""

from common.errors import Conflict, NotFound


class ReferralNotFound(NotFound):
    """No referral that was accepted here has this id."""

    fr = "Aucune orientation acceptée ici ne porte cet identifiant."


class MentorNotFound(NotFound):
    """No mentor of the pool has this id."""

    fr = "Aucun mentor du vivier ne porte cet identifiant."


class PolicyUnknown(Conflict):
    """The rules of this programme are not known here yet."""

    fr = "Les règles de ce programme ne sont pas encore connues ici."
