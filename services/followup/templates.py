"""The texts that programmes have signed: files of data, one for each version, in each language."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from common.contracts.policy import Signatory
from followup.domain.errors import TemplateUnknown
from followup.domain.rendering import Section, Template


def newest_template(code: str, language: str) -> Template:
    """Find the newest version of a text; older ones stay for what was signed with them."""
    versions = [version for known, version in _all() if known == code]
    if not versions:
        raise TemplateUnknown(code)
    return template(code, max(versions), language)


def template(code: str, version: int, language: str) -> Template:
    document = _all().get((code, version))
    if document is None:
        raise TemplateUnknown(code)
    return _read(document, language)


@cache
def _all() -> dict[tuple[str, int], Any]:
    folder = files("followup") / "agreements"
    documents = [
        json.loads(each.read_text("utf-8"))
        for each in folder.iterdir()
        if each.name.endswith(".json")
    ]
    return {(each["code"], each["version"]): each for each in documents}


def _read(document: Any, language: str) -> Template:
    text = document["text"][language]
    return Template(
        code=document["code"],
        version=document["version"],
        language=language,
        title=text["title"],
        sections=tuple(_section(each) for each in text["sections"]),
        consent={Signatory(name): said for name, said in text["consent"].items()},
    )


def _section(section: Any) -> Section:
    only_with = section.get("only_with")
    return Section(
        heading=section["heading"],
        sentences=tuple(section.get("sentences", ())),
        points=tuple(section.get("points", ())),
        only_with=Signatory(only_with) if only_with else None,
    )
