"""What codes are called in a table that people read."""

from typing import Literal

Language = Literal["fr", "en"]

COLUMNS: dict[Language, tuple[str, ...]] = {
    "fr": (
        *("indicateur", "version", "definition", "unite", "du", "au", "periode_close"),
        *("calcule_le", "entendu_jusqu_au", "evenements", "associations", "ventilation"),
        *("mesure", "code", "libelle", "masque", "effectif", "mediane", "p90"),
        *("part_6_mois", "part_12_mois"),
    ),
    "en": (
        *("indicator", "version", "definition", "unit", "from", "to", "period_complete"),
        *("computed_at", "heard_until", "events", "associations", "split"),
        *("measure", "code", "label", "hidden", "n", "median", "p90"),
        *("share_6_months", "share_12_months"),
    ),
}

GROUPS: dict[str, tuple[str, str]] = {
    "unknown": ("Non renseigné", "Unknown"),
    "yes": ("Oui", "Yes"),
    "no": ("Non", "No"),
    "rural": ("Commune rurale", "Rural"),
    "not_rural": ("Commune non rurale", "Not rural"),
    "overseas": ("Outre-mer", "Overseas"),
    "mainland": ("Hexagone et Corse", "Mainland France"),
    "remote": ("À distance", "Remote"),
    "in_person": ("En présence", "In person"),
    "female": ("Femme", "Female"),
    "male": ("Homme", "Male"),
    "other": ("Autre", "Other"),
    "not_stated": ("Non précisé", "Not stated"),
    "education": ("Éducation", "Education"),
    "employment": ("Emploi", "Employment"),
    "adult": ("Majeur", "Adult"),
    "minor": ("Mineur", "Minor"),
    "child_protection": ("Protection de l'enfance", "Child protection"),
    "justice": ("Protection judiciaire", "Youth justice"),
    "disability": ("Handicap", "Disability"),
    "refugee": ("Réfugié", "Refugee"),
    "carer": ("Aidant", "Carer"),
    "bursary": ("Boursier", "Bursary holder"),
    "vocational": ("Lycée professionnel ou apprentissage", "Vocational"),
    "dropout": ("Décrochage", "Dropout"),
    "prescriber": ("Prescripteur", "Prescriber"),
    "family": ("Famille", "Family"),
    "self": ("La personne elle-même", "The person"),
    "spreadsheet": ("Tableur", "Spreadsheet"),
    "api": ("Interface", "API"),
    "out_of_territory": ("Hors territoire", "Out of territory"),
    "age": ("Âge", "Age"),
    "public": ("Public", "Public"),
    "no_capacity": ("Plus de place", "No capacity"),
    "modality": ("Modalité", "Modality"),
    "not_mentoring": ("Le besoin n'est pas du mentorat", "Not a need of mentoring"),
    "duplicate": ("Doublon", "Duplicate"),
    "unreachable": ("Injoignable", "Unreachable"),
    "refuses": ("Refuse", "Refuses"),
}
TOTAL = ("Ensemble", "All")


def group_words(group: str | None, language: Language) -> str:
    """Name a group; what has no other word, such as a department, is called by its code."""
    french, english = TOTAL if group is None else GROUPS.get(group, (group, group))
    return french if language == "fr" else english
