"""What is wrong with a field, in the reader's language and without repeating what was sent."""

from collections.abc import Mapping
from typing import Any, Literal

Language = Literal["fr", "en"]

# By pydantic's own name of the error; {…} are limits that we set, never what was sent.
SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("Ce champ est obligatoire.", "This field is required."),
    "extra_forbidden": ("Ce champ n'est pas attendu ici.", "This field is not expected here."),
    "string_type": ("Il faut un texte.", "This must be text."),
    "string_unicode": (
        "Ce texte contient un caractère qui n'existe pas.",
        "This text holds a character that does not exist.",
    ),
    "nul_character": (
        "Ce texte contient un caractère nul, qui est interdit.",
        "This text holds a NUL character, which is not allowed.",
    ),
    "string_too_long": (
        "Ce texte est trop long : {max_length} caractères au plus.",
        "This text is too long: {max_length} characters at most.",
    ),
    "string_too_short": (
        "Ce texte est trop court : {min_length} caractères au moins.",
        "This text is too short: {min_length} characters at least.",
    ),
    "string_pattern_mismatch": (
        "Ce texte n'a pas la forme attendue.",
        "This text does not have the expected form.",
    ),
    "int_type": ("Il faut un nombre entier.", "This must be a whole number."),
    "int_parsing": ("Il faut un nombre entier.", "This must be a whole number."),
    "int_parsing_size": ("Ce nombre est trop grand.", "This number is too large."),
    "int_from_float": ("Il faut un nombre entier.", "This must be a whole number."),
    "float_type": ("Il faut un nombre.", "This must be a number."),
    "float_parsing": ("Il faut un nombre.", "This must be a number."),
    "decimal_type": ("Il faut un nombre.", "This must be a number."),
    "decimal_parsing": ("Il faut un nombre.", "This must be a number."),
    "finite_number": ("Il faut un nombre fini.", "This must be a finite number."),
    "number_not_text": ("Il faut un nombre.", "This must be a number."),
    "bool_type": ("Il faut vrai ou faux.", "This must be true or false."),
    "bool_parsing": ("Il faut vrai ou faux.", "This must be true or false."),
    "greater_than": ("Il faut plus de {gt}.", "This must be more than {gt}."),
    "greater_than_equal": ("Il faut au moins {ge}.", "This must be at least {ge}."),
    "less_than": ("Il faut moins de {lt}.", "This must be less than {lt}."),
    "less_than_equal": ("Il faut au plus {le}.", "This must be at most {le}."),
    "too_long": (
        "Il y en a trop : {max_length} au plus.",
        "There are too many: {max_length} at most.",
    ),
    "too_short": (
        "Il n'y en a pas assez : {min_length} au moins.",
        "There are too few: {min_length} at least.",
    ),
    "list_type": ("Il faut une liste.", "This must be a list."),
    "tuple_type": ("Il faut une liste.", "This must be a list."),
    "set_type": ("Il faut une liste.", "This must be a list."),
    "frozen_set_type": ("Il faut une liste.", "This must be a list."),
    "dict_type": ("Il faut un objet.", "This must be an object."),
    "model_type": ("Il faut un objet.", "This must be an object."),
    "model_attributes_type": ("Il faut un objet.", "This must be an object."),
    "enum": ("Il faut une de ces valeurs : {expected}.", "This must be one of: {expected}."),
    "literal_error": (
        "Il faut une de ces valeurs : {expected}.",
        "This must be one of: {expected}.",
    ),
    "uuid_type": ("Il faut un identifiant (UUID).", "This must be an id (UUID)."),
    "uuid_parsing": ("Il faut un identifiant (UUID).", "This must be an id (UUID)."),
    "date_type": ("Il faut une date (AAAA-MM-JJ).", "This must be a date (YYYY-MM-DD)."),
    "date_parsing": ("Il faut une date (AAAA-MM-JJ).", "This must be a date (YYYY-MM-DD)."),
    "date_from_datetime_parsing": (
        "Il faut une date qui existe (AAAA-MM-JJ).",
        "This must be a date that exists (YYYY-MM-DD).",
    ),
    "date_from_datetime_inexact": (
        "Il faut une date sans heure.",
        "This must be a date without a time.",
    ),
    "date_past": ("Il faut une date passée.", "This must be a date in the past."),
    "date_future": ("Il faut une date à venir.", "This must be a date in the future."),
    "moment_not_number": (
        "Il faut une date ou une heure écrite en texte (ISO 8601).",
        "This must be a date or a time written as text (ISO 8601).",
    ),
    "datetime_type": (
        "Il faut une date et une heure (ISO 8601).",
        "This must be a date and a time (ISO 8601).",
    ),
    "datetime_parsing": (
        "Il faut une date et une heure (ISO 8601).",
        "This must be a date and a time (ISO 8601).",
    ),
    "datetime_from_date_parsing": (
        "Il faut une date et une heure qui existent (ISO 8601).",
        "This must be a date and a time that exist (ISO 8601).",
    ),
    "timezone_aware": (
        "Il manque le fuseau horaire.",
        "The time zone is missing.",
    ),
    "time_parsing": ("Il faut une heure (HH:MM).", "This must be a time (HH:MM)."),
    "weights_not_one": (
        "Les poids doivent faire 1 en tout.",
        "Weights must sum to 1.",
    ),
    "url_parsing": ("Il faut une adresse web.", "This must be a web address."),
}

OTHERWISE = ("Cette valeur ne peut pas être acceptée.", "This value cannot be accepted.")


def sentence(kind: str, limits: Mapping[str, Any], language: Language) -> str:
    """Say it in one sentence; an error that the catalogue does not know is still told."""
    french, english = SENTENCES.get(kind, OTHERWISE)
    if language == "en":
        return english.format_map(limits)
    if "expected" in limits:
        # Pydantic lists it in English: 'a', 'b' or 'c'.
        limits = {**limits, "expected": str(limits["expected"]).replace(" or ", " ou ")}
    return french.format_map(limits)
