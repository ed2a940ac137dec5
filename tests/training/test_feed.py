"""The calendar feed, byte by byte where the standard counts bytes."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from common.contracts.training import SessionKind
from training.domain.feed import Entry, escaped, feed, folded
from training.domain.sessions import Session, SessionState

SESSION = Session(
    id=UUID(int=31),
    association_id=UUID(int=1),
    programme_id=None,
    kind=SessionKind.EXCHANGE,
    modules=("posture",),
    starts_at=datetime(2026, 10, 14, 16, 30, tzinfo=UTC),
    minutes=90,
    places=40,
    remote=True,
    changed_at=datetime(2026, 9, 1, 9, tzinfo=UTC),
)
ENTRY = Entry(session=SESSION, name="Collège, lycée", titles=("Rôle; posture",))


def test_a_session_is_one_event_of_the_calendar():
    assert feed([ENTRY], "fr").decode() == (
        "BEGIN:VCALENDAR\r\n"
        "VERSION:2.0\r\n"
        "PRODID:-//Binome//Training//FR\r\n"
        "CALSCALE:GREGORIAN\r\n"
        "X-WR-CALNAME:Séances du mentorat\r\n"
        "BEGIN:VEVENT\r\n"
        "UID:00000000-0000-0000-0000-00000000001f@binome\r\n"
        "DTSTAMP:20260901T090000Z\r\n"
        "SEQUENCE:0\r\n"
        "DTSTART:20261014T163000Z\r\n"
        "DTEND:20261014T180000Z\r\n"
        "SUMMARY:Échange de pratiques · Collège\\, lycée\r\n"
        "DESCRIPTION:Rôle\\; posture\r\n"
        "LOCATION:À distance\r\n"
        "STATUS:CONFIRMED\r\n"
        "END:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )


def test_a_cancelled_session_stays_in_the_calendar_so_that_clients_strike_it_out():
    cancelled = replace(SESSION, state=SessionState.CANCELLED, version=2)

    text = feed([replace(ENTRY, session=cancelled)], "en").decode()

    assert "STATUS:CANCELLED\r\n" in text
    assert "SEQUENCE:1\r\n" in text


def test_an_empty_calendar_is_a_calendar():
    assert feed([], "fr").endswith(b"END:VCALENDAR\r\n")


@given(st.text(max_size=300))
def test_no_text_can_add_a_line_or_a_property(text):
    written = escaped(text)

    assert not re.search(r"[\r\n]", written)
    assert re.fullmatch(r"(\\[\\;,n]|[^\\;,])*", written)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
def test_long_lines_are_folded_by_bytes_and_unfold_to_what_was_written(text):
    written = folded(text)

    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert all(line.decode() is not None for line in written.split(b"\r\n"))
    assert written.replace(b"\r\n ", b"").decode() == text + "\r\n"
