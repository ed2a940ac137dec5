"""Programmes, offers, and the shelves of the catalogue with the places left."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    Integer,
    RowMapping,
    Select,
    Uuid,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.policy import Policy
from common.contracts.vocabulary import Place
from common.identity import new_id
from common.statements import among, any_of, finding, locking
from intake.domain.programmes import Offer, OfferNotFound, Programme, ProgrammeNotFound
from intake.domain.referrals import PLACED, Status
from intake.domain.routing import Shelf
from intake.store.tables import (
    HOLDING,
    associations,
    offers,
    openings,
    policies,
    programmes,
    referrals,
)

Row: TypeAlias = dict[str, Any]

PROGRAMMES = select(programmes).where(any_of(programmes.c.id, "ids"))
# The policies of (programme, version), handed over as two arrays.
IN_FORCE = select(policies).where(
    func.row(policies.c.programme_id, policies.c.version).in_(
        select(
            func.unnest(bindparam("ids", type_=ARRAY(Uuid))),
            func.unnest(bindparam("versions", type_=ARRAY(Integer))),
        )
    )
)
HOLD_OFFER = finding(offers).with_for_update(key_share=True)


def programme_row(programme: Programme) -> Row:
    return {
        "id": programme.id,
        "association_id": programme.association_id,
        "name": programme.name,
        "template": programme.template,
        "policy": programme.policy.model_dump(mode="json"),
        "version": programme.version,
    }


def as_programme(row: RowMapping) -> Programme:
    return Programme(**{**row, "policy": Policy.model_validate(row["policy"])})


async def add_programme(tx: AsyncConnection, programme: Programme, *, at: datetime) -> None:
    await tx.execute(insert(programmes).values(programme_row(programme)))
    await keep_policy(tx, programme, at=at)


async def save_programme(tx: AsyncConnection, changed: Programme, *, at: datetime) -> None:
    where = programmes.c.id == changed.id
    await tx.execute(update(programmes).where(where).values(programme_row(changed)))
    await keep_policy(tx, changed, at=at)


async def keep_policy(tx: AsyncConnection, programme: Programme, *, at: datetime) -> None:
    """Keep each version that was ever in force."""
    kept = insert(policies).values(
        programme_id=programme.id,
        version=programme.version,
        policy=programme.policy.model_dump(mode="json"),
        published_at=at,
    )
    await tx.execute(kept)


async def lock_programme(tx: AsyncConnection, programme_id: UUID) -> Programme:
    found = await tx.execute(locking(programmes), {"of_id": programme_id})
    row = found.mappings().one_or_none()
    if row is None:
        raise ProgrammeNotFound(programme_id)
    return as_programme(row)


async def programmes_by_id(tx: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, Programme]:
    rows = (await tx.execute(PROGRAMMES, {"ids": list(ids)})).mappings()
    return {row["id"]: as_programme(row) for row in rows}


async def all_programmes(tx: AsyncConnection) -> list[Programme]:
    query = select(programmes).order_by(programmes.c.association_id, programmes.c.id)
    return [as_programme(row) for row in (await tx.execute(query)).mappings()]


async def policies_in_force(
    tx: AsyncConnection, asked: Collection[tuple[UUID, int]]
) -> dict[tuple[UUID, int], Policy]:
    """Give the policies by programme and version, as they were when somebody was asked."""
    wanted = {"ids": [each for each, _ in asked], "versions": [version for _, version in asked]}
    return {
        (row.programme_id, row.version): Policy.model_validate(row.policy)
        for row in await tx.execute(IN_FORCE, wanted)
    }


def offer_row(offer: Offer) -> Row:
    return {name: getattr(offer, name) for name in Offer.__slots__} | {
        "place": offer.place.model_dump(mode="json")
    }


def as_offer(row: Mapping[Any, Any]) -> Offer:
    return Offer(**{**row, "place": Place.model_validate(row["place"])})


async def add_offer(tx: AsyncConnection, offer: Offer) -> None:
    await tx.execute(insert(offers).values(offer_row(offer)))


async def lock_offer(tx: AsyncConnection, offer_id: UUID) -> Offer:
    """Hold an offer while a place of it is given away; always after the referral, never before."""
    row = (await tx.execute(HOLD_OFFER, {"of_id": offer_id})).mappings().one_or_none()
    if row is None:
        raise OfferNotFound(offer_id)
    return as_offer(row)


async def save_offer(tx: AsyncConnection, changed: Offer) -> None:
    await tx.execute(update(offers).where(offers.c.id == changed.id).values(offer_row(changed)))


async def note_opening(tx: AsyncConnection, offer_id: UUID, *, at: datetime) -> None:
    """Say that a place came up, for those who wait."""
    await tx.execute(insert(openings).values(offer_id=offer_id, at=at))


async def note_return(tx: AsyncConnection, offer_id: UUID) -> None:
    """Say that a place which was asked for is there for others: no new one, so as old as it was."""
    as_it_was = select(offers.c.id, offers.c.opened_at).where(offers.c.id == offer_id)
    await tx.execute(insert(openings).from_select(["offer_id", "at"], as_it_was))


async def sweep(tx: AsyncConnection) -> UUID | None:
    """Go on with the look at those who wait, or begin one for exactly the places seen here.

    Which openings it counts with is written down: moments do not tell, as a place may be heard of
    long after it came up.
    """
    new = ~openings.c.looked_into
    going_on: UUID | None = await tx.scalar(
        select(openings.c.sweep_id).where(new, openings.c.sweep_id.is_not(None)).limit(1)
    )
    if going_on:
        return going_on
    begun = new_id()
    marked = await tx.execute(update(openings).where(new).values(sweep_id=begun))
    return begun if marked.rowcount else None


async def end_sweep(tx: AsyncConnection, sweep_id: UUID) -> None:
    """Everybody who waits was looked at; keep of each offer when it had a new place last."""
    done = update(openings).where(openings.c.sweep_id == sweep_id)
    await tx.execute(done.values(looked_into=True))
    last = (
        select(openings.c.id)
        .ext(distinct_on(openings.c.offer_id))
        .where(openings.c.looked_into)
        .order_by(openings.c.offer_id, openings.c.at.desc(), openings.c.id)
    )
    await tx.execute(delete(openings).where(openings.c.looked_into, openings.c.id.not_in(last)))


def held_places() -> CTE:
    """Count, per offer, the places taken and the referrals that wait for an answer."""
    placed = among(referrals.c.status, sorted(PLACED))
    return (
        select(
            referrals.c.offer_id,
            func.count().filter(placed).label("taken"),
            func.count().filter(referrals.c.status == Status.OFFERED).label("asked"),
        )
        .where(among(referrals.c.status, HOLDING))
        .group_by(referrals.c.offer_id)
        .cte("held")
    )


def catalogue() -> Select[Any]:
    """Read every offer with its programme and association, and how many have a place or wait."""
    held = held_places()
    opened = (
        select(openings.c.offer_id, func.max(openings.c.at).label("at"))
        .group_by(openings.c.offer_id)
        .cte("opened")
    )
    return (
        select(
            offers,
            associations.c.name.label("association_name"),
            programmes.c.name.label("programme_name"),
            programmes.c.version.label("policy_version"),
            programmes.c.policy,
            func.coalesce(held.c.taken, literal_column("0")).label("taken"),
            func.coalesce(held.c.asked, literal_column("0")).label("asked"),
            func.greatest(offers.c.opened_at, opened.c.at).label("last_opened_at"),
        )
        .join(programmes, programmes.c.id == offers.c.programme_id)
        .join(associations, associations.c.id == offers.c.association_id)
        .outerjoin(held, held.c.offer_id == offers.c.id)
        .outerjoin(opened, opened.c.offer_id == offers.c.id)
        .order_by(offers.c.id)
    )


SHELVES = catalogue()
SHELF = SHELVES.where(offers.c.id == bindparam("of_id"))


async def shelves(tx: AsyncConnection) -> list[Shelf]:
    """Load the catalogue as it is now, with the places taken counted."""
    return [as_shelf(row) for row in (await tx.execute(SHELVES)).mappings()]


async def shelf(tx: AsyncConnection, offer_id: UUID) -> Shelf | None:
    row = (await tx.execute(SHELF, {"of_id": offer_id})).mappings().one_or_none()
    return as_shelf(row) if row else None


def as_shelf(row: RowMapping) -> Shelf:
    return Shelf(
        offer_id=row["id"],
        title=row["title"],
        association_id=row["association_id"],
        association_name=row["association_name"],
        programme_id=row["programme_id"],
        programme_name=row["programme_name"],
        policy_version=row["policy_version"],
        policy=Policy.model_validate(row["policy"]),
        place=Place.model_validate(row["place"]),
        reach_km=row["reach_km"],
        capacity=row["capacity"],
        taken=row["taken"],
        asked=row["asked"],
        open=row["open"],
        opened_at=row["last_opened_at"],
    )


async def miscounted_offers(tx: AsyncConnection, limit: int) -> list[tuple[Offer, int]]:
    """Lock the offers whose announced figure is no longer true, with the true one."""
    held = held_places()
    taken = func.coalesce(held.c.taken, literal_column("0"))
    query: Select[Any] = (
        select(offers, taken.label("taken"))
        .outerjoin(held, held.c.offer_id == offers.c.id)
        .where(or_(offers.c.announced_taken != taken))
        .order_by(offers.c.id)
        .limit(limit)
        .with_for_update(of=offers, key_share=True)
    )
    rows = (await tx.execute(query)).mappings().all()
    columns = offers.c.keys()
    return [(as_offer({name: row[name] for name in columns}), row["taken"]) for row in rows]
