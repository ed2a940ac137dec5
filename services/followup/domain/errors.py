"""Why followup says no, in words for people."""

from collections.abc import Iterable

from common.errors import Conflict, Forbidden, Invalid, NotFound, NotYetKnown, TooOften
from followup.domain.gates import Gate


class PairNotFound(NotFound):
    """No pair has this id."""

    fr = "Aucun binôme n'a cet identifiant."


class PairNotYetKnown(NotYetKnown):
    """Nothing has been heard of this pair yet."""

    fr = "On n'a pas encore entendu parler de ce binôme."


class ProgrammeNotYetKnown(NotYetKnown):
    """Nothing has been heard of this programme, or of this version of it, yet."""

    fr = "On n'a pas encore entendu parler de ce programme, ou de cette version."


class NotOfThisPair(Forbidden):
    """Only the people of this pair and its association may do this."""

    fr = "Seules les personnes de ce binôme et son association y ont droit."


class NotWhileSo(Conflict):
    """The pair is not at a point where this can happen."""

    fr = "Le binôme n'en est pas là."


class GatesShut(Conflict):
    """Something is still missing before mentor and mentee may meet; the pair says what."""

    fr = "Il manque encore quelque chose pour que le binôme se rencontre ; sa fiche dit quoi."

    def __init__(self, missing: Iterable[Gate]) -> None:
        self.missing = tuple(missing)
        super().__init__(", ".join(self.missing))


class MatchedAgain(Conflict):
    """The mentee has another mentor by now: that pair would have to end first."""

    fr = "La personne a un autre mentor depuis : ce binôme devrait d'abord prendre fin."


class PersonErased(Conflict):
    """A person of this pair was erased: it cannot go on."""

    fr = "Une personne de ce binôme a été effacée : il ne peut pas continuer."


class NamesNotYetKnown(Conflict):
    """The names for the agreement have not arrived yet; try again in a moment."""

    fr = "Les noms pour la convention ne sont pas encore arrivés ; réessayez dans un instant."


class TemplateUnknown(Conflict):
    """The programme names a template of agreement that does not exist here."""

    fr = "Le programme nomme un modèle de convention qui n'existe pas ici."


class AgreementNotFound(NotFound):
    """No agreement has this id."""

    fr = "Aucune convention n'a cet identifiant."


class TextForgotten(Conflict):
    """The text of this agreement is not kept any more."""

    fr = "Le texte de cette convention n'est plus conservé."


class NotASignatory(Forbidden):
    """You do not sign this agreement in this capacity."""

    fr = "Vous ne signez pas cette convention à ce titre."


class AlreadySigned(Conflict):
    """This agreement is already signed in this capacity."""

    fr = "Cette convention est déjà signée à ce titre."


class NotToBeSigned(Conflict):
    """This agreement is not, or no longer, to be signed."""

    fr = "Cette convention n'est pas, ou plus, à signer."


class NotRead(Conflict):
    """Open the text of the agreement before you sign it."""

    fr = "Ouvrez le texte de la convention avant de la signer."


class NoCode(Conflict):
    """There is no valid code: ask for a new one."""

    fr = "Il n'y a pas de code valable : demandez-en un nouveau."


class WrongCode(Conflict):
    """This is not the code that was sent."""

    fr = "Ce n'est pas le code qui a été envoyé."


class TooManyCodes(TooOften):
    """Too many codes were asked for today; try again tomorrow, or sign on paper."""

    fr = "Trop de codes ont été demandés aujourd'hui ; réessayez demain ou signez sur papier."
    retry_after_seconds = 24 * 3600


class NoChannel(Conflict):
    """This person has no e-mail address to which a code could be sent: sign on paper."""

    fr = "Cette personne n'a pas d'adresse où envoyer un code : signez sur papier."


class OtherText(Conflict):
    """The text that you agree to is not the text of this agreement: read it again."""

    fr = "Le texte que vous acceptez n'est pas celui de cette convention : relisez-la."


class ConsentMissing(Invalid):
    """The sentence of consent must be accepted to sign."""

    fr = "Il faut accepter la phrase de consentement pour signer."


class InTheFuture(Invalid):
    """This cannot be in the future."""

    fr = "Ceci ne peut pas être dans le futur."


class InThePast(Invalid):
    """This cannot be in the past."""

    fr = "Ceci ne peut pas être dans le passé."


class TooFarAhead(Invalid):
    """A meeting is planned within two years."""

    fr = "Une rencontre se planifie dans les deux ans."


class BeforeThePair(Invalid):
    """This is before the pair was formed."""

    fr = "C'est avant la formation du binôme."


class BeforeTheText(Invalid):
    """This is before the text was ready to be signed."""

    fr = "C'est avant que le texte soit prêt à signer."


class ModalityNotAllowed(Invalid):
    """The programme does not allow to meet in this way."""

    fr = "Le programme ne prévoit pas cette modalité de rencontre."


class GoalNotFound(NotFound):
    """No goal of this pair has this id."""

    fr = "Aucun objectif de ce binôme n'a cet identifiant."


class AlertNotFound(NotFound):
    """No alert has this id."""

    fr = "Aucune alerte n'a cet identifiant."


class AlreadyHandled(Conflict):
    """This alert was already handled."""

    fr = "Cette alerte est déjà traitée."


class InterviewsMissing(Conflict):
    """Hear both sides (and the guardian of a minor) first, or say why that is impossible."""

    fr = "Entendez d'abord chacun (et le responsable légal d'un mineur), ou dites l'empêchement."


class FourEyes(Forbidden):
    """A second person of the association reads reports: not who made the pair."""

    fr = "Une deuxième personne de l'association lit les signalements : pas qui a formé le binôme."
