"""How an event looks on the wire: CloudEvents 1.0, structured JSON."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError, create_model

from common.contracts import Event

SOURCE = "/binome/"
SCHEMAS = "/contracts/"
LARGEST = 256 * 1024


class Malformed(Exception):
    """This message is not an event that we know how to read."""


class Envelope(BaseModel):
    """The attributes that every event carries around its data.

    `partitionkey` is the CloudEvents extension of that name; `subjectversion` counts the
    changes of the thing it names; `association` is the association that the event belongs to.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str
    id: UUID
    source: str
    type: str
    time: AwareDatetime
    datacontenttype: str
    dataschema: str
    partitionkey: str
    subjectversion: int
    association: str | None = None
    traceparent: str | None = None
    data: Event


@cache
def envelope_of(kind: type[Event]) -> type[Envelope]:
    """Describe the envelope around one kind of event, so that a message is read in one pass."""
    return create_model(f"EnvelopeOf{kind.__name__}", __base__=Envelope, data=(kind, ...))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An event as it was heard: what it says, and which message said it."""

    message_id: UUID
    event: Event
    time: datetime
    traceparent: str | None


def wrap(event: Event, message_id: UUID, traceparent: str | None = None) -> str:
    """Write an event down as it will travel; the same bytes whenever it is sent again."""
    association = event.association_id
    attributes = {
        "specversion": "1.0",
        "id": str(message_id),
        "source": SOURCE + event.announcer(),
        "type": event.subject,
        "time": event.occurred_at.isoformat(),
        "datacontenttype": "application/json",
        "dataschema": f"{SCHEMAS}{event.subject}.json",
        "partitionkey": str(event.about()),
        "subjectversion": event.version,
        "association": str(association) if association else None,
        "traceparent": traceparent,
    }
    present = {name: value for name, value in attributes.items() if value is not None}
    written = json.dumps(present, ensure_ascii=False, separators=(",", ":"))
    # The data last, as pydantic writes it: to take it apart and write it again takes twice as long.
    return f'{written[:-1]},"data":{event.model_dump_json()}}}'


def unwrap(body: bytes, kind: type[Event]) -> Heard:
    """Read a message as one kind of event, or say that it is malformed without repeating it."""
    if len(body) > LARGEST:
        raise Malformed("too large")
    try:
        envelope = envelope_of(kind).model_validate_json(body)
    except ValidationError as error:
        places = {".".join(map(str, problem["loc"])) for problem in error.errors()}
        raise Malformed(f"does not fit: {', '.join(sorted(places)[:10])}") from None
    if envelope.type != kind.subject or envelope.specversion != "1.0":
        raise Malformed("of another type or version")
    return Heard(
        message_id=envelope.id,
        event=envelope.data,
        time=envelope.time,
        traceparent=envelope.traceparent,
    )
