"""What is wrong with a row, where, and how to mend it, in words; never what the cell holds."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from dataclasses import field as made
from functools import cache
from typing import Any

from common.errors import DomainError, title
from common.sentences import SENTENCES, Language, sentence
from intake.imports.cells import LISTS, WORDS
from intake.imports.fields import headings
from intake.vocabularies import vocabulary

# Words of a list that are named in a mend; a longer list is in the template.
NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a row; it holds codes alone, and nothing about a person."""

    code: str
    field: str | None = None
    # Counted from 0; none if no column of the file answers.
    column: int | None = None
    limits: Mapping[str, int | str] = made(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


WHAT: dict[str, tuple[str, str]] = {
    "formula": ("La cellule contient une formule.", "The cell holds a formula."),
    "formula_failed": ("La formule de la cellule a échoué.", "The formula of the cell failed."),
    "unreadable": (
        "La cellule contient un caractère illisible.",
        "The cell holds a character that cannot be read.",
    ),
    "merged": (
        "La cellule est fusionnée avec une autre.",
        "The cell is merged with another one.",
    ),
    "surplus": (
        "La ligne a plus de cellules qu'il n'y a de colonnes.",
        "The row has more cells than there are columns.",
    ),
    "cell_too_long": ("La cellule est trop longue.", "The cell is too long."),
    "row_too_long": ("La ligne est trop longue.", "The row is too long."),
    "not_a_date": ("Ce n'est pas une date qui existe.", "This is not a date that exists."),
    "not_yes_or_no": ("Ce n'est ni oui ni non.", "This is neither yes nor no."),
    "not_a_number": (
        "Ce n'est pas un nombre entier, ou l'unité n'est pas comprise.",
        "This is not a whole number, or its unit is not understood.",
    ),
    "not_hours": (
        "Ces disponibilités ne sont pas comprises, ou pas tout entières.",
        "These hours are not understood, or not all of them.",
    ),
    "not_an_age_band": (
        "Ce n'est pas un âge, ou pas l'une des tranches d'âge.",
        "This is no age, or none of the age bands.",
    ),
    "unknown_word": (
        "Un mot n'est pas l'un des choix proposés.",
        "A word is not one of the choices.",
    ),
    "which_name": (
        "On ne sait pas où finit le prénom et où commence le nom.",
        "Nobody can tell the first name from the family name.",
    ),
    "which_programme": (
        "Il manque le programme.",
        "The programme is missing.",
    ),
    "unknown_programme": (
        "L'association n'a pas de programme de ce nom.",
        "The association has no programme of this name.",
    ),
    "fault": (
        "Cette ligne n'a pas pu être enregistrée : l'erreur est de notre côté.",
        "This row could not be entered: the fault is ours.",
    ),
    "same_in_file": (
        "Une ligne plus haut semble parler de la même personne.",
        "A row above seems to be about the same person.",
    ),
    "known_person": (
        "Cette personne semble déjà connue.",
        "This person seems to be known already.",
    ),
}

SPLIT = (
    "Écrivez le nom de famille en MAJUSCULES, ou mettez prénom et nom dans deux colonnes.",
    "Write the family name in CAPITALS, or put first and last name into two columns.",
)
DATE = (
    "Écrivez jour/mois/année, par exemple 03/09/2012.",
    "Write day/month/year, such as 03/09/2012.",
)
MEND_BY_CODE: dict[str, tuple[str, str]] = {
    "missing": ("Remplissez cette cellule.", "Fill in this cell."),
    "formula": (
        "Remplacez la formule par sa valeur (copier, puis collage spécial « valeurs »).",
        "Replace the formula by its value (copy, then paste special “values”).",
    ),
    "formula_failed": ("Écrivez la valeur elle-même.", "Write the value itself."),
    "unreadable": (
        "Tapez à nouveau cette cellule, ou enregistrez le fichier en UTF-8.",
        "Type this cell again, or save the file as UTF-8.",
    ),
    "merged": (
        "Défusionnez les cellules et écrivez la valeur dans chacune.",
        "Unmerge the cells and write the value into each.",
    ),
    "surplus": (
        "Vérifiez les séparateurs et les guillemets de cette ligne.",
        "Check the separators and the quotes of this row.",
    ),
    "cell_too_long": (
        "Raccourcissez-la ; un guillemet n'est peut-être pas fermé.",
        "Shorten it; perhaps a quote is not closed.",
    ),
    "row_too_long": ("Raccourcissez les textes de la ligne.", "Shorten the texts of the row."),
    "not_a_date": DATE,
    "not_yes_or_no": ("Écrivez oui ou non.", "Write yes or no."),
    "not_a_number": (
        "Écrivez un nombre, en chiffres et sans unité.",
        "Write a number, in digits and without a unit.",
    ),
    "not_hours": (
        "Écrivez quand la personne est libre : « mercredi 14h-18h ; samedi matin ».",
        "Write when the person is free: “wednesday 14h-18h; saturday morning”.",
    ),
    "not_an_age_band": ("Écrivez l'âge, en chiffres.", "Write the age, in digits."),
    "which_name": SPLIT,
    "which_programme": (
        "Écrivez le nom du programme, ou choisissez-le au moment d'envoyer le fichier.",
        "Write the name of the programme, or choose it when you send the file.",
    ),
    "unknown_programme": (
        "Écrivez le nom du programme comme dans le catalogue.",
        "Write the name of the programme as in the catalogue.",
    ),
    "fault": (
        "Renvoyez cette ligne plus tard ; si cela se répète, prévenez l'administration.",
        "Send this row again later; if it fails again, tell whoever runs the platform.",
    ),
    "same_in_file": (
        "Si c'est la même personne, laissez cette ligne de côté.",
        "If it is the same person, leave this row out.",
    ),
    "known_person": (
        "Si c'est la même personne, laissez cette ligne de côté ; sinon, rien à faire.",
        "If it is the same person, leave this row out; otherwise there is nothing to do.",
    ),
    "AmbiguousCommune": (
        "Ajoutez le code postal ou le code INSEE dans une colonne.",
        "Add the postcode or the INSEE code in a column.",
    ),
    "GuardianMissing": (
        "Ajoutez le prénom, le nom et un contact du responsable légal.",
        "Add first name, last name and a contact of the guardian.",
    ),
    "ProgrammeUnknown": (
        "Choisissez un programme de votre association.",
        "Choose a programme of your association.",
    ),
}
PHONE = (
    "Écrivez un seul numéro, à dix chiffres ou avec l'indicatif du pays.",
    "Write one number only, of ten digits or with the code of the country.",
)
MAIL = ("Écrivez une adresse comme prenom@exemple.fr.", "Write an address like name@example.org.")
MEND_BY_FIELD: dict[str, tuple[str, str]] = {
    "email": MAIL,
    "guardian.email": MAIL,
    "phone": PHONE,
    "guardian.phone": PHONE,
    "birth_date": DATE,
    "commune": (
        "Écrivez le nom de la commune et son code postal.",
        "Write the name of the town and its postcode.",
    ),
}
OTHERWISE = ("Corrigez cette cellule.", "Correct this cell.")


@cache
def domain_titles() -> Mapping[str, type[DomainError]]:
    """Index every no of the domain by its name, to say it in words later."""
    return {kind.__name__: kind for kind in _kinds(DomainError)}


def _kinds(parent: type[DomainError]) -> Iterator[type[DomainError]]:
    for kind in parent.__subclasses__():
        yield kind
        yield from _kinds(kind)


def what(problem: Problem, language: Language) -> str:
    """Say what is wrong."""
    if problem.code in WHAT:
        return WHAT[problem.code][language == "en"]
    if problem.code not in SENTENCES and problem.code in domain_titles():
        return title(domain_titles()[problem.code], language)
    return sentence(problem.code, problem.limits, language)


def mend(problem: Problem, language: Language) -> str:
    """Say what to do about it."""
    words = (WORDS | LISTS).get(problem.field or "")
    if problem.code in {"unknown_word", "UnknownWord"} and words:
        return choices(words, language)
    by_field = MEND_BY_FIELD.get(problem.field or "", OTHERWISE)
    return MEND_BY_CODE.get(problem.code, by_field)[language == "en"]


def choices(words: str, language: Language) -> str:
    labels = [label for _, label in vocabulary(words).options(language)]
    more = "…" if len(labels) > NAMED else "."
    start = "Choisissez parmi : " if language == "fr" else "Choose among: "
    return start + " | ".join(labels[:NAMED]) + more


def label_of(field_name: str | None, language: Language) -> str | None:
    heading = headings().get(field_name or "")
    return heading.label(language) if heading else None
