"""Sessions as a calendar that phones and mail programs subscribe to (iCalendar, RFC 5545)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from common.contracts.training import SessionKind
from training.domain.sessions import Session, SessionState

Language = Literal["fr", "en"]

LONGEST_LINE = 75
ESCAPED = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})
KINDS: dict[SessionKind, dict[Language, str]] = {
    SessionKind.TRAINING: {"fr": "Formation", "en": "Training"},
    SessionKind.EXCHANGE: {"fr": "Échange de pratiques", "en": "Exchange of practice"},
    SessionKind.OUTING: {"fr": "Sortie collective", "en": "Collective outing"},
    SessionKind.STEERING: {"fr": "Comité de pilotage", "en": "Steering meeting"},
}
CALENDAR_NAME: dict[Language, str] = {"fr": "Séances du mentorat", "en": "Mentoring sessions"}
REMOTE: dict[Language, str] = {"fr": "À distance", "en": "Remote"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A session with the names of what it belongs to."""

    session: Session
    # Of the programme, or of the association where it is for all.
    name: str
    titles: tuple[str, ...]


def feed(entries: Iterable[Entry], language: Language) -> bytes:
    """Write a calendar; the same sessions always give the same bytes."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Binome//Training//FR",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(CALENDAR_NAME[language])}",
        *(line for entry in entries for line in event_lines(entry, language)),
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def event_lines(entry: Entry, language: Language) -> Iterator[str]:
    session = entry.session
    cancelled = session.state is SessionState.CANCELLED
    yield "BEGIN:VEVENT"
    yield f"UID:{session.id}@binome"
    # The moment of the last change, not of the download: a client must see what is new.
    yield f"DTSTAMP:{moment(session.changed_at)}"
    yield f"SEQUENCE:{session.version - 1}"
    yield f"DTSTART:{moment(session.starts_at)}"
    yield f"DTEND:{moment(session.ends_at)}"
    yield f"SUMMARY:{escaped(f'{KINDS[session.kind][language]} · {entry.name}')}"
    if entry.titles:
        yield f"DESCRIPTION:{escaped(chr(10).join(entry.titles))}"
    if session.remote:
        yield f"LOCATION:{escaped(REMOTE[language])}"
    yield f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}"
    yield "END:VEVENT"


def moment(at: datetime) -> str:
    """Write a moment in UTC, which needs no description of time zones."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    # A pair of characters is no key of a translation: line ends are made one character first.
    one_line_end = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in one_line_end if allowed(letter)).translate(ESCAPED)


def allowed(letter: str) -> bool:
    """Tell whether the standard lets this character stand in a text: no control but these two."""
    return letter in "\t\n" or (letter >= " " and letter != "\x7f")


def folded(line: str) -> bytes:
    """End a line as the standard asks, cut after 75 bytes but never inside a character."""
    parts: list[bytes] = []
    part = b""
    for letter in line:
        encoded = letter.encode()
        # A continuation starts with a space, which counts.
        if len(part) + len(encoded) > LONGEST_LINE - bool(parts):
            parts.append(part)
            part = b""
        part += encoded
    return b"\r\n ".join([*parts, part]) + b"\r\n"
