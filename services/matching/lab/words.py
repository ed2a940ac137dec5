"""The words of the lab's table and picture, in French and in English."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["fr", "en"]

WORDS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "every": "tous les {days} jours",
        "every_day": "chaque jour",
        "fewer": "{percent} % des mentors",
        "weights": "autres poids",
        "scenario": "Scénario",
        "arrived": "Arrivés",
        "served": "Avec mentor",
        "left": "Partis",
        "waiting": "En attente",
        "invitations": "Propositions",
        "refused": "Refus",
        "median_days": "Attente médiane (jours)",
        "p90_days": "9 sur 10 servis en (jours)",
        "mean_fit": "Accord moyen",
        "title": "Labo des règles : attente et accord",
        "wait_title": "Attente",
        "wait_x": "Jours depuis l’orientation",
        "wait_y": "Part encore sans mentor (%)",
        "fit_title": "Accord",
        "fit_x": "Accord d’un binôme (%)",
        "fit_y": "Part des binômes au-dessus (%)",
        "never": "pas atteint",
        "decimal": ",",
    },
    "en": {
        "every": "every {days} days",
        "every_day": "every day",
        "fewer": "{percent} % of the mentors",
        "weights": "other weights",
        "scenario": "Scenario",
        "arrived": "Arrived",
        "served": "With a mentor",
        "left": "Left",
        "waiting": "Waiting",
        "invitations": "Proposals",
        "refused": "Refusals",
        "median_days": "Median wait (days)",
        "p90_days": "9 of 10 served in (days)",
        "mean_fit": "Mean fit",
        "title": "Policy lab: waiting and fit",
        "wait_title": "Waiting",
        "wait_x": "Days since the referral",
        "wait_y": "Share still without a mentor (%)",
        "fit_title": "Fit",
        "fit_x": "Fit of a pair (%)",
        "fit_y": "Share of pairs above (%)",
        "never": "not reached",
        "decimal": ".",
    },
}
