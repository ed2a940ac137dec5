"""The audit: what every service holds, against the ledger and against one another."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from uuid import UUID

from nats.aio.msg import Msg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common import database
from common.broker import Connection, connect
from common.contracts.generate import every_event
from common.history import history
from common.server import OPERATOR
from common.streams import EVENTS_STREAM
from local.platform import Platform
from local.ports import SERVICES
from tests.faults.ledger import Ledger

BY_HAND = "by-hand-"

# By which id the ledger knows an event, where that is not the id that has the version.
KNOWN_BY = {
    "intake.role_granted": "person_id",
    "intake.guardian_named": "mentee_id",
    "intake.adherence_given": "mentee_id",
    "training.mentor_ready": "mentor_id",
}
# What a thing is called, of which an event of this subject tells a version.
KEYS = {kind.subject: kind.key for kind in every_event()}

# What one service decided and another must hold: pairs of questions with one answer. After a
# restore the versions leap ahead (common.rejoin), of which nobody hears before something changes.
AGREE = {
    "every association is known everywhere": (
        ("intake", "select id, version % 10000 from associations"),
        ("matching", "select association_id, version % 10000 from associations"),
        ("training", "select id, version % 10000 from associations"),
        ("reporting", "select id, version % 10000 from associations"),
    ),
    "every approved mentor is in the pool and on a path": (
        ("intake", "select id from mentors where status = 'available'"),
        ("matching", "select mentor_id from mentors where state = 'available'"),
        ("matching", "select mentor_id from readiness"),
        ("training", "select id from mentors where state = 'approved'"),
        ("training", "select mentor_id from readiness"),
    ),
    "every accepted proposal is one pair": (
        ("matching", "select id from proposals where status = 'accepted'"),
        ("followup", "select id from pairs"),
        ("reporting", "select id from pairs"),
    ),
    "every referral is counted": (
        ("intake", "select count(*) from referrals"),
        ("reporting", "select count(*) from referrals"),
    ),
    "every accepted referral is in the pool": (
        ("intake", "select id from referrals where accepted_at is not null"),
        ("matching", "select referral_id from referrals where facets is not null"),
    ),
}


@dataclass(slots=True)
class Findings:
    """What is wrong, in words; nothing, if all is well."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.others]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One event, as its announcer keeps it."""

    message_id: UUID
    subject: str
    about: str
    version: int
    data: dict[str, Any]
    sequence: int | None

    @property
    def name(self) -> str:
        """The subject without its first and last word."""
        return self.subject.removeprefix("events.").rpartition(".")[0]


async def audit(platform: Platform, ledger: Ledger) -> Findings:
    """Compare the ledger, the event tables, the stream, the inboxes and the projections."""
    findings = Findings()
    said = {name: await _said_by(platform, name) for name in platform.services}
    everything = [each for events in said.values() for each in events]
    stream = [each for each in await stream_of(platform) if is_ours(each)]
    _compare_with_ledger(findings, ledger, everything)
    _compare_with_stream(findings, everything, stream)
    _look_at_versions(findings, everything)
    for name in platform.services:
        await _compare_inbox(findings, platform, name, stream)
    for what, questions in AGREE.items():
        await _compare_answers(findings, platform, what, questions)
    return findings


@asynccontextmanager
async def opened(platform: Platform, service: str) -> Any:
    # All that a long season left is read at once: more than a statement of a service may take.
    engine: AsyncEngine = database.connect_patiently(platform.surroundings.database_url(service))
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


async def rows(platform: Platform, service: str, query: str) -> list[tuple[Any, ...]]:
    async with opened(platform, service) as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


async def _said_by(platform: Platform, service: str) -> list[Said]:
    query = "select message_id, subject, body::jsonb, stream_sequence from events"
    return [
        Said(
            message_id=message_id,
            subject=subject,
            about=body["partitionkey"],
            version=body["subjectversion"],
            data=body["data"],
            sequence=sequence,
        )
        for message_id, subject, body, sequence in await rows(platform, service, query)
    ]


async def stream_of(platform: Platform) -> list[Msg]:
    """Read the headers of every message that the stream holds, in its order."""
    connection = await connect(platform.surroundings.nats_url(OPERATOR), OPERATOR)
    try:
        return await everything_in(connection, headers_only=True)
    finally:
        await connection.close()


async def everything_in(connection: Connection, *, headers_only: bool = False) -> list[Msg]:
    said = history(connection, [f"{EVENTS_STREAM}.>"], headers_only=headers_only)
    return [message async for batch in said for message in batch]


def is_ours(message: Msg) -> bool:
    """Tell what a service said from what the tests put in by hand."""
    return not (message.headers or {})["Nats-Msg-Id"].startswith(BY_HAND)


def message_id_of(message: Msg) -> UUID:
    return UUID((message.headers or {})["message_id"])


def _compare_with_ledger(findings: Findings, ledger: Ledger, everything: Sequence[Said]) -> None:
    subjects = {subject for subject, _ in ledger.effects}
    announced = Counter(
        (each.name, str(each.data[KNOWN_BY[each.name]]) if each.name in KNOWN_BY else each.about)
        for each in everything
        # Exchange sessions are planned by the clock, and nobody's command.
        if each.name in subjects and each.data.get("kind") != "exchange"
    )
    findings.lost += [f"lost: {each}" for each in (ledger.effects - announced).elements()]
    findings.doubled += [f"not asked: {each}" for each in (announced - ledger.effects).elements()]


def _compare_with_stream(
    findings: Findings, everything: Sequence[Said], stream: Sequence[Msg]
) -> None:
    promised = Counter(each.message_id for each in everything)
    published = Counter(message_id_of(each) for each in stream)
    findings.lost += [f"not in the stream: {each}" for each in (promised - published)]
    findings.doubled += [f"in the stream, too often: {each}" for each in (published - promised)]
    places = {message_id_of(each): each.metadata.sequence.stream for each in stream}
    findings.others += [
        f"{each.name}: is at {places.get(each.message_id)}, not at {each.sequence}"
        for each in everything
        if places.get(each.message_id) != each.sequence
    ]


def _look_at_versions(findings: Findings, everything: Sequence[Said]) -> None:
    """One change of a thing has one version."""
    versions: dict[tuple[str, str, str], list[int]] = {}
    for each in everything:
        thing = each.name.partition(".")[0], KEYS[each.subject], each.about
        versions.setdefault(thing, []).append(each.version)
    for thing, found in versions.items():
        if len(set(found)) < len(found):
            findings.doubled.append(f"a version came twice: {thing} {sorted(found)}")


async def _compare_inbox(
    findings: Findings, platform: Platform, service: str, stream: Sequence[Msg]
) -> None:
    subjects = set(import_module(f"{service}.consumers").router.subjects)
    heard = {
        message_id
        for (message_id,) in await rows(platform, service, "select message_id from inbox")
    }
    published = {message_id_of(each) for each in stream if each.subject in subjects}
    findings.lost += [f"{service} never heard {each}" for each in published - heard]
    findings.others += [f"{service} heard what nobody said: {each}" for each in heard - published]
    query = "select published_as, subject, kind, reason from quarantine"
    aside = [row for row in await rows(platform, service, query) if not row[0].startswith(BY_HAND)]
    findings.others += [f"{service} put aside: {each}" for each in aside]


async def _compare_answers(
    findings: Findings, platform: Platform, what: str, questions: Sequence[tuple[str, str]]
) -> None:
    (first, query), *others = questions
    expected = Counter(await rows(platform, first, query))
    for service, other in others:
        found = Counter(await rows(platform, service, other))
        if lost := expected - found:
            findings.lost.append(f"{what}: not in {service}: {lost}")
        if doubled := found - expected:
            findings.doubled.append(f"{what}: not in {first}, but in {service}: {doubled}")


async def fingerprints(platform: Platform) -> dict[str, str]:
    """Give one hash for each projected table: of all its rows, in the order of their text."""
    found = {}
    for service in SERVICES:
        async with opened(platform, service) as connection:
            for table in projections_of(service):
                found[f"{service}.{table}"] = await _fingerprint(connection, table)
    return found


def projections_of(service: str) -> Iterator[str]:
    projections = getattr(import_module(f"{service}.store"), "PROJECTIONS", ())
    return (table.name for table in projections)


async def _fingerprint(connection: AsyncConnection, table: str) -> str:
    hashed = f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {table} t"
    return str(await connection.scalar(text(hashed)))
