"""The programme templates that ship: whole policies as data, one file for each way of mentoring."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from common.contracts.policy import Policy
from intake.domain.programmes import TemplateUnknown, merged, policy_of
from intake.vocabularies import vocabulary

# What holds for a referral that no programme has been asked for yet: the national scheme.
OF_THE_COLLECTIVE = "un_jeune_un_mentor"

_FILES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """A programme that others may start from."""

    code: str
    name: Mapping[str, str]
    # The document of the field that its rules were read in.
    origin: str
    policy: Mapping[str, Any]


@cache
def blueprints() -> Mapping[str, Blueprint]:
    documents = (json.loads(file.read_text(encoding="utf-8")) for file in _FILES.glob("*.json"))
    read = (Blueprint(**document) for document in documents)
    return {each.code: each for each in sorted(read, key=lambda each: each.code)}


def policy_from(template: str, overrides: Mapping[str, Any]) -> Policy:
    """Make the policy of a programme from a template and what the association has of its own."""
    blueprint = blueprints().get(template)
    if blueprint is None:
        raise TemplateUnknown("template")
    levels = frozenset(word.code for word in vocabulary("levels").words)
    document = merged(blueprint.policy, overrides)
    return policy_of(document, levels=levels, texts=frozenset(blueprints()))


@cache
def collective_policy() -> Policy:
    return policy_from(OF_THE_COLLECTIVE, {})
