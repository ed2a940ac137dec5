"""Referrals as they are kept, locked and looked for."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    bindparam,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.vocabulary import MenteeFacets
from common.statements import among, any_of, finding, locking
from intake.domain.people import Ages
from intake.domain.referrals import (
    PLACED,
    Ask,
    Referral,
    ReferralNotFound,
    Refusal,
    Status,
    Waiting,
)
from intake.domain.sight import Reader
from intake.store.pages import Page
from intake.store.tables import answers, referrals

Row: TypeAlias = dict[str, Any]

ASKED = TypeAdapter(Ask | None)
REFUSALS = TypeAdapter(tuple[Refusal, ...])
WAITING = TypeAdapter(Waiting | None)
PLAIN = (
    "id",
    "mentee_id",
    "guardian_id",
    "door",
    "prescriber_id",
    "origin_id",
    "minutes_a_month",
    "reachable",
    "chooses",
    "submitted_at",
    "last_contact_at",
    "sealed",
    "status",
    "version",
    "rank",
    "accepted_at",
    "choose_by",
    "looked_in",
    "forget_at",
    "pair_id",
    "ended_at",
)

PARSED = (
    "facets",
    "youngest",
    "oldest",
    "asked",
    "refusals",
    "waiting",
    "custodian_id",
    "offer_id",
    "due_at",
)
COLUMNS = (*PLAIN, *PARSED)
ADD = insert(referrals)


def to_row(referral: Referral) -> Row:
    plain = {name: getattr(referral, name) for name in PLAIN}
    facets = referral.facets
    return plain | {
        "facets": facets.model_dump(mode="json") if facets else None,
        "youngest": referral.ages.youngest,
        "oldest": referral.ages.oldest,
        "asked": ASKED.dump_python(referral.asked, mode="json"),
        "refusals": REFUSALS.dump_python(referral.refusals, mode="json"),
        "waiting": WAITING.dump_python(referral.waiting, mode="json"),
        "custodian_id": referral.custodian_id,
        "offer_id": referral.asked.offer_id if referral.asked else None,
        "due_at": referral.due_at,
    }


def statistics_of(facets: MenteeFacets) -> Row:
    """Keep what is counted even when the rest is forgotten."""
    return {
        "age_band": facets.age_band,
        "axis": facets.axis,
        "department": facets.place.department,
    }


def from_row(row: RowMapping) -> Referral:
    facets = row["facets"]
    return Referral(
        **{name: row[name] for name in PLAIN},
        facets=MenteeFacets.model_validate(facets) if facets else None,
        ages=Ages(youngest=row["youngest"], oldest=row["oldest"]),
        asked=ASKED.validate_python(row["asked"]),
        refusals=REFUSALS.validate_python(row["refusals"]),
        waiting=WAITING.validate_python(row["waiting"]),
    )


async def add_referrals(tx: AsyncConnection, submitted: Iterable[Referral]) -> None:
    rows = [
        to_row(referral) | statistics_of(referral.facets)
        for referral in submitted
        if referral.facets
    ]
    if rows:
        await tx.execute(ADD, rows)


async def referral(tx: AsyncConnection, referral_id: UUID) -> Referral:
    return await _one(tx, finding(referrals), referral_id)


async def lock_referral(tx: AsyncConnection, referral_id: UUID) -> Referral:
    """Load a referral in order to change it; other writers wait for this transaction."""
    return await _one(tx, locking(referrals), referral_id)


async def lock_referrals_of(tx: AsyncConnection, person_id: UUID) -> list[Referral]:
    query = select(referrals).where(referrals.c.mentee_id == person_id)
    return await _many(tx, query.order_by(referrals.c.id).with_for_update())


async def save_referrals(tx: AsyncConnection, changed: Iterable[Referral]) -> None:
    if rows := [{f"new_{name}": value for name, value in to_row(each).items()} for each in changed]:
        await tx.execute(SAVE, rows)


SAVE = (
    update(referrals)
    .where(referrals.c.id == bindparam("new_id"))
    .values({name: bindparam(f"new_{name}") for name in COLUMNS if name != "id"})
)


async def referrals_concerning(tx: AsyncConnection, person_id: UUID) -> list[Referral]:
    concerns = or_(referrals.c.mentee_id == person_id, referrals.c.guardian_id == person_id)
    return await _many(tx, select(referrals).where(concerns).order_by(referrals.c.id))


LIVE_OF = select(referrals).where(
    any_of(referrals.c.mentee_id, "mentee_ids"), referrals.c.ended_at.is_(None)
)


async def live_referrals_of(
    tx: AsyncConnection, mentee_ids: Collection[UUID]
) -> dict[UUID, Referral]:
    found = await tx.execute(LIVE_OF, {"mentee_ids": list(mentee_ids)})
    return {each.mentee_id: each for each in map(from_row, found.mappings())}


async def due_referrals(tx: AsyncConnection, now: datetime, limit: int) -> list[Referral]:
    """Lock the referrals that time must look at, the most overdue first."""
    query = select(referrals).where(referrals.c.due_at <= now)
    ordered = query.order_by(referrals.c.due_at, referrals.c.id).limit(limit)
    return await _many(tx, ordered.with_for_update(skip_locked=True))


async def referrals_to_forget(tx: AsyncConnection, now: datetime, limit: int) -> list[Referral]:
    old = select(referrals).where(referrals.c.forget_at <= now, referrals.c.facets.is_not(None))
    return await _many(tx, old.order_by(referrals.c.forget_at, referrals.c.id).limit(limit))


async def waiting_referrals(tx: AsyncConnection, sweep: UUID | None, limit: int) -> list[Referral]:
    """Lock those for whom this sweep did not look, or none ever did; the longest waiting first."""
    looked_in = referrals.c.looked_in
    by_none = looked_in.is_(None)
    waiting = select(referrals).where(
        referrals.c.status == Status.WAITING_LIST,
        or_(by_none, looked_in != sweep) if sweep else by_none,
    )
    ordered = waiting.order_by(referrals.c.submitted_at, referrals.c.id).limit(limit)
    return await _many(tx, ordered.with_for_update())


TAKEN = select(func.count()).where(
    referrals.c.offer_id == bindparam("of_offer"), among(referrals.c.status, sorted(PLACED))
)


async def places_taken(tx: AsyncConnection, offer_id: UUID) -> int:
    """Count who holds a place: from the association's yes until the referral's end."""
    return int(await tx.scalar(TAKEN, {"of_offer": offer_id}) or 0)


async def cases(
    tx: AsyncConnection,
    reader: Reader,
    *,
    status: Status | None,
    page: Page,
) -> list[Referral]:
    """List a page of what concerns a reader."""
    query = select(referrals).where(concerning(reader))
    if status is not None:
        query = query.where(referrals.c.status == status)
    return await _many(tx, page.of(query, referrals.c.id))


def concerning(reader: Reader) -> ColumnElement[bool]:
    """Match a reader's cases, what they brought, and the requests for themself or their child."""
    if reader.collective:
        return true()
    whose: list[ColumnElement[bool]] = [
        referrals.c.mentee_id == reader.person_id,
        referrals.c.guardian_id == reader.person_id,
        among(referrals.c.custodian_id, reader.staff_of),
        among(referrals.c.origin_id, reader.staff_of),
    ]
    if reader.prescriber:
        whose.append(referrals.c.prescriber_id == reader.person_id)
    return or_(*whose)


async def note_answer(
    tx: AsyncConnection, asked: Ask, refusal: Refusal | None, *, at: datetime
) -> None:
    """Count how an association answered, without naming whom it answered about."""
    if refusal is None:
        answer = Status.ACCEPTED
    else:
        answer = Status.DECLINED if refusal.reason else Status.EXPIRED
    noted = insert(answers).values(
        association_id=asked.association_id,
        offer_id=asked.offer_id,
        asked_at=asked.asked_at,
        answered_at=at,
        answer=answer,
        reason=refusal.reason if refusal else None,
    )
    await tx.execute(noted)


async def _one(tx: AsyncConnection, query: Select[Any], referral_id: UUID) -> Referral:
    row = (await tx.execute(query, {"of_id": referral_id})).mappings().one_or_none()
    if row is None:
        raise ReferralNotFound(referral_id)
    return from_row(row)


async def _many(tx: AsyncConnection, query: Select[Any]) -> list[Referral]:
    return [from_row(row) for row in (await tx.execute(query)).mappings()]
